//===- Schedule.h - how a kernel runs on a GPU ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that is chosen for a kernel is chosen here, from the extents that are known when it
// is compiled. What the extents of a call decide is in LaunchPlan.h.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_SCHEDULE_H
#define NORMC_COMPILER_BACKENDS_PTX_SCHEDULE_H

#include "compiler/Backends/Ptx/Held.h"
#include "compiler/Backends/Ptx/Target.h"
#include "dialects/Kernel/Order.h"

#include "llvm/ADT/DenseMap.h"
#include <string>

namespace normc::ptx {

/// How the points of a kernel lie.
enum class Layout {
  points,  ///< no sweeps: a thread for each point
  runs,    ///< the last axis is swept: lanes along a run
  columns, ///< the last axis is parallel: lanes along the columns
};

/// How a run lies in the lanes of a team: point (b * lanes + l) * vector + e is in lane l, slot b * vector + e.
struct Lanes {
  unsigned vector = 1; ///< adjacent points of a lane, read at once
  unsigned lanes = 32; ///< a power of two
  unsigned banks = 4;
  unsigned width() const { return vector * lanes * banks; }
  unsigned slots() const { return vector * banks; }
};

/// The blocks that share a group and hold its elements in their shared memory.
enum class Sharing {
  none,    ///< nothing is held in shared memory
  cluster, ///< a cluster, of one block or several, which read each other's shared memory
  grid,    ///< some blocks of a grid that is resident as a whole, which leave their results in global memory
};

/// Where the sums that ride along are while a block goes through its rows.
enum class RiderSums { global, shared, registers };

/// How one kernel runs.
struct Schedule {
  Layout layout = Layout::points;
  int64_t length = -1;   ///< of a run, -1 where it is not known now
  int64_t runs = -1;     ///< of a group, likewise
  int64_t chunks = -1;   ///< of a group, likewise
  Lanes lanes;           ///< of runs
  Lanes vectorLanes;     ///< of runs whose operands are all aligned; vector is 1 where there are none
  unsigned teams = 1;    ///< that share a group's chunks in a block
  unsigned crews = 1;    ///< groups that a block has at once
  bool hasTree = false;    ///< a team may have more than one chunk, and merges them
  bool isResident = false; ///< what sweeps read again is held in registers
  Sharing sharing = Sharing::none;
  HeldElements held;       ///< in shared memory
  bool hasStages = false;  ///< a launch for each sweep, several blocks a group
  bool hasRiders = false;
  unsigned partsOfGroup = 0; ///< what all its sweeps come to, where blocks leave that in global memory
  unsigned riders = 0;     ///< sums over the groups that ride along
  unsigned rowsInFlight = 1;   ///< of columns: that a lane reads before it uses the first
  unsigned laneRows = 0;       ///< of columns that are held: those of a chunk that a lane has
  RiderSums ridersIn = RiderSums::global;
  int64_t riderElement = 4; ///< bytes of the largest

  // Places among the buffers of the functions.
  unsigned partsBuffer = 0, valuesBuffer = 0, barriersBuffer = 0, ridersBuffer = 0;
  /// By value that segments hand on: its place among them.
  llvm::DenseMap<mlir::Value, unsigned> handedPlace;

  bool isHeld() const { return sharing != Sharing::none; }
  /// Bytes that a block holds for a round of all its teams.
  int64_t roundBytes() const;
  /// Rounds that a chunk has at most; of runs whose length nobody knows, those of full pieces.
  int64_t roundsOfChunk() const;
  /// Shared memory for sums that ride along.
  int64_t riderBytes() const { return int64_t(riders) * roundsOfChunk() * lanes.slots() * wholeThreads() * riderElement; }
  int64_t wholeThreads() const;
  int64_t stageThreads() const;
  /// What was chosen, and why, for a reader.
  std::string describe() const;
};

/// Adjacent groups for which a block merges what has been left for it, and the threads that share them; in shared memory these meet
/// with `parts` numbers each.
inline constexpr int64_t mergedGroups = 8;
inline int64_t mergeThreads(int64_t parts) {
  int64_t threads = 256;
  while (threads > 32 && threads / 2 * parts * 8 > sharedPerBlock)
    threads /= 2;
  return threads;
}
/// Threads of a block that has one for each group, or point.
inline constexpr int64_t groupThreads = 128, pointThreads = 256;
/// Scalars that the launch plan computes for all functions of a kernel with sweeps.
enum ScheduleScalar : unsigned { chunkShift = 0, blocksPerGroup = 1, scheduleScalars = 2 };

/// Registers of 32 bits that a lane may hold elements in, those that it needs besides, and those of a multiprocessor.
inline constexpr int64_t heldRegisters = 128, otherRegisters = 64, allRegisters = 65536;
/// Shared memory that a block needs for other things than elements.
inline constexpr int64_t otherShared = 4 << 10;
/// Blocks of a cluster, where it is to run on every GPU that has clusters.
inline constexpr int64_t clusterBlocks = 8;

/// The cost model: see README.md.
Schedule chooseSchedule(kernel::KernelOp kernel, const Target &target);
/// Its part for kernels whose last axis is parallel.
void chooseColumns(kernel::KernelOp kernel, llvm::ArrayRef<kernel::JoinedAxis> joined, Schedule &schedule);

/// Bytes of what is loaded in more than one sweep, and of what is kept, at a point.
int64_t heldBytes(kernel::KernelOp kernel);
/// The product of the extents of some joined axes, or -1.
int64_t productOf(kernel::KernelOp kernel, llvm::ArrayRef<kernel::JoinedAxis> axes);
/// Ways to hold in shared memory what `chosen` would read again; the launch plan says of a call whether one of them is taken.
llvm::SmallVector<Schedule> chooseHeld(kernel::KernelOp kernel, const Schedule &chosen, const Target &target);
/// Chunks of a group of runs, as dialects/Kernel/README.md counts them; -1 where that is not known.
int64_t chunksOfRuns(int64_t runs, int64_t length);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_SCHEDULE_H
