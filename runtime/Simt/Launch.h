//===- Launch.h - one launch of a kernel ------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_LAUNCH_H
#define NORMC_RUNTIME_SIMT_LAUNCH_H

#include "runtime/Simt/Block.h"
#include "runtime/Simt/Machine.h"
#include "runtime/Simt/Memory.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace normc::runtime::simt {

/// What launches of one machine share.
struct World {
  Memory memory;
  Stacks stacks;
  Time time = 2;                ///< 1 is the host's, before all launches
  std::vector<Readers> readers; ///< by the numbers of their sets, in this launch
};

struct Shape {
  int64_t grid;
  int32_t block, shared, cluster;
  bool cooperative;
};

/// One launch: schedules the fibers (Schedule.cpp) and answers their hooks (Hooks.cpp). A check that finds a fault
/// reports it and returns false; the fiber is then left for good, and so is the launch.
class Launch {
public:
  Launch(World &world, const Settings &settings, const normc_simt_kernel &kernel, const Shape &shape,
         const void *const *parameters);
  ~Launch();

  Status run();
  /// How often each access of the kernel ran.
  const std::vector<int64_t> &accessCounts() const { return counts; }

  // Accesses.cpp
  bool access(Thread &thread, const void *address, int32_t index);
  bool checkAtomic(Thread &thread, const void *address, int32_t index);
  // Atomics.cpp
  uint64_t update(Thread &thread, void *address, const normc_simt_access &access, int32_t operation, uint64_t value,
                  uint64_t compare);
  void acquire(Thread &thread, const void *address);
  void release(Thread &thread, const void *address, bool keep);
  void fence(Thread &thread);
  // Barriers.cpp
  bool arriveAtBarrier(Thread &thread, int32_t place, int32_t id, int32_t count);
  bool arriveAtCluster(Thread &thread, int32_t place, bool relaxed);
  bool waitForCluster(Thread &thread, int32_t place);
  void passCluster(Thread &thread);
  char *mapShared(Thread &thread, int32_t place, void *address, int32_t rank);
  // Warps.cpp
  bool meetWarp(Thread &thread, int32_t place, Meeting meeting, int32_t mode, uint32_t mask);
  // Schedule.cpp
  void wait(Thread &thread, State state); ///< lets others run until the thread is ready again
  bool exit(Thread &thread);
  [[noreturn]] void abandon(Thread &thread);

  // Faults.cpp: the first fault of a launch is its result. All return false.
  bool report(const Thread &thread, const std::string &fault);
  bool reportAccess(const Thread &thread, int32_t index, const char *fault, const std::string &detail);
  bool reportOutOfMemory(const Thread &thread);
  bool diagnose();
  std::string placeName(int32_t place) const;
  std::string threadName(uint32_t number) const;
  static std::string maskName(uint32_t mask);

  const normc_simt_kernel &kernel;
  const void *const *const parameters;

private:
  // Schedule.cpp
  bool prepare();
  void start(Block &block, int64_t index, Time now);
  bool runResident(int64_t first, int64_t count);
  bool runWarp(Warp &warp);
  static void enter(void *thread);
  void makeReady(Thread &thread);
  uint64_t random();
  template <typename T>
  void arrange(std::vector<T> &items);

  // Knowledge.cpp
  bool knows(const Thread &thread, uint32_t other, Time time) const;
  bool knowsWarp(const Thread &thread, const Readers::Warp &readers) const;
  SharedOthers deedsOf(Thread &thread);
  static SharedOthers join(const SharedOthers &a, const SharedOthers &b);
  void joinOthers(Thread *const *threads, size_t count);
  Block *residentBlock(int64_t index) const;

  // Accesses.cpp
  Region *locate(Thread &thread, const void *address, const normc_simt_access &access, int32_t index, bool &checked);
  Region *enter(Thread &thread, const void *address, int32_t index, size_t &offset, bool &checked);
  bool reportPlace(const Thread &thread, const void *address, const normc_simt_access &access, int32_t index);

  // Races.cpp
  bool read(Thread &thread, Region &region, size_t offset, int32_t index, bool atomic);
  bool write(Thread &thread, Region &region, size_t offset, int32_t index, bool atomic);
  void addReader(Thread &thread, Cell &cell);
  void dropReaders(Cell &cell);
  bool afterReaders(const Thread &thread, const Cell &cell, uint32_t &other) const;
  bool reportRace(const Thread &thread, const Region &region, size_t offset, int32_t index, bool wrote, uint32_t other);

  void completeBarrier(Thread &last, int32_t id);
  bool shuffle(Warp &warp, uint32_t mask, int32_t mode);
  void vote(Warp &warp, uint32_t mask, int32_t mode);
  void synchronize(Warp &warp, uint32_t mask);

  World &world;
  const Settings &settings;
  const Shape shape;
  const Time began;
  int64_t resident; ///< blocks at once
  int32_t warpsPerBlock;
  int64_t startedBlocks = 0;
  std::vector<Block> blocks;
  std::vector<Thread> threads;
  std::vector<Cluster> clusters;
  std::vector<uint32_t> freeStacks;
  std::vector<char *> arenas;
  size_t arenaBytes = 0;
  std::unordered_map<const void *, SharedOthers> locations; ///< what atomics on them hand on
  std::vector<uint32_t> freeReaders;                        ///< sets that no cell has
  std::vector<int64_t> counts;
  std::vector<Region *> lastRegion; ///< that an access went to
  std::vector<int32_t> lastShared;  ///< likewise, among a block's arrays
  uint64_t progress = 0;            ///< grows with all that a polling thread could wait for
  uint64_t randomState;
  Status failed;
};

/// What kernels call.
const normc_simt_hooks &engineHooks();

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_LAUNCH_H
