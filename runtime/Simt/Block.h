//===- Block.h - threads, warps, blocks and clusters ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is resident. What a thread knows of the others, that is, which of their deeds happened before what it does next, is
// kept where threads learn it together: of its block since the last barrier, of its warp since the last barrier of the warp,
// of other blocks, through fences and atomics, in a map that hardly any thread has.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_BLOCK_H
#define NORMC_RUNTIME_SIMT_BLOCK_H

#include "runtime/Simt/Fiber.h"
#include "runtime/Simt/Region.h"
#include "runtime/simt_hooks.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace normc::runtime::simt {

constexpr int32_t warpSize = 32;

/// What was done before a time: by a thread, or by all threads of a block (`blockKey`).
using Others = std::unordered_map<uint64_t, Time>;
using SharedOthers = std::shared_ptr<const Others>;
inline uint64_t blockKey(int64_t block) { return (uint64_t(1) << 63) | uint64_t(block); }

enum class State : uint8_t { ready, running, polling, atWarp, atBarrier, atCluster, exited };
enum class Meeting : uint8_t { barrier, shuffle, vote };

struct Block;
class Launch;

struct Thread : normc_simt_thread {
  Launch *launch;
  Block *block;
  Fiber fiber;
  uint32_t number; ///< within the launch
  State state;

  // Where it waits, and for what.
  int32_t place;
  int32_t barrier; ///< of its block
  Meeting meeting; ///< of its warp
  int32_t mode;
  uint32_t mask, value, lane, clamp;
  uint64_t result;

  // What it knows.
  Time now;                        ///< of its last meeting
  Time warpKnown;                  ///< what its warp did before
  Time lanesKnown[warpSize] = {};  ///< what a lane did before, where it met some of the warp
  SharedOthers others;             ///< of other blocks, and of some threads of its own
  SharedOthers acquiring;          ///< read by atomics, to be known after the next fence
  SharedOthers releasing;          ///< known at the last fence, handed on by atomics
  uint32_t clusterPhase;           ///< the barriers of its cluster that it has been through
  bool clusterArrived;             ///< at the next
  Time clusterArrivals[2];         ///< when, at even and at odd ones

  static Thread &of(normc_simt_thread *thread) { return *static_cast<Thread *>(thread); }
  Time knownOfLane(int32_t index) const { return lanesKnown[index] > warpKnown ? lanesKnown[index] : warpKnown; }
};

/// Lanes, one bit each.
struct Warp {
  Thread *threads; ///< of its first lane
  uint32_t all, ready, waiting, polling, exited;
};

struct Barrier {
  int32_t arrived = 0, expected = 0, place = 0;
  Thread *first = nullptr; ///< who has arrived
};

struct Cluster {
  int32_t live = 0;    ///< threads that have not exited
  int32_t arrived = 0; ///< at the barrier of phase `phase`
  uint32_t phase = 0;
  SharedOthers learnt[2]; ///< what threads knew of other blocks when they arrived at even and at odd barriers
};

struct Block {
  static constexpr int32_t barrierCount = 16;

  int64_t index;         ///< in the grid
  uint32_t first;        ///< the number of its first thread
  int32_t size;
  Thread *threads;
  Cluster *cluster;
  std::vector<Warp> warps;
  Barrier barriers[barrierCount];
  int32_t exited;
  Time known;            ///< all its threads know what they did before
  bool anyOthers;        ///< some thread knows of other blocks
  char *arena;           ///< its shared memory
  std::vector<Region> shared;
};

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_BLOCK_H
