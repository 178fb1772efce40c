//===- Hooks.cpp - what kernels call ----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <new>

namespace normc::runtime::simt {

/// Runs a hook. Where it finds a fault the thread ends here: its stack is not unwound, as twins have nothing to clean up.
template <typename Body>
static void guarded(Thread &thread, Body body) {
  bool sound = false;
  try {
    sound = body(*thread.launch);
  } catch (const std::bad_alloc &) {
    thread.launch->reportOutOfMemory(thread);
  }
  if (!sound)
    thread.launch->abandon(thread);
}

static void hookAccess(normc_simt_thread *caller, const void *address, int32_t index) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) {
    const int32_t kind = launch.kernel.accesses[index].kind;
    if (kind == NORMC_SIMT_VOLATILE_LOAD) {
      launch.wait(thread, State::polling);
      if (!launch.access(thread, address, index))
        return false;
      launch.acquire(thread, address);
      return true;
    }
    if (!launch.access(thread, address, index))
      return false;
    if (kind == NORMC_SIMT_VOLATILE_STORE)
      launch.release(thread, address, /*keep=*/false);
    return true;
  });
}

static uint64_t hookAtomic(normc_simt_thread *caller, void *address, int32_t index, int32_t operation, uint64_t value,
                           uint64_t compare) {
  Thread &thread = Thread::of(caller);
  uint64_t old = 0;
  guarded(thread, [&](Launch &launch) {
    launch.wait(thread, State::polling);
    if (!launch.checkAtomic(thread, address, index))
      return false;
    old = launch.update(thread, address, launch.kernel.accesses[index], operation, value, compare);
    return true;
  });
  return old;
}

static void hookFence(normc_simt_thread *caller, int32_t, int32_t device) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) {
    if (device)
      launch.fence(thread);
    return true;
  });
}

static void hookBarrier(normc_simt_thread *caller, int32_t place, int32_t id, int32_t count) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) { return launch.arriveAtBarrier(thread, place, id, count); });
}

static void hookWarpBarrier(normc_simt_thread *caller, int32_t place, uint32_t mask) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) { return launch.meetWarp(thread, place, Meeting::barrier, 0, mask); });
}

static uint64_t hookShuffle(normc_simt_thread *caller, int32_t place, int32_t mode, uint32_t mask, uint32_t value,
                            uint32_t lane, uint32_t clamp) {
  Thread &thread = Thread::of(caller);
  thread.value = value;
  thread.lane = lane;
  thread.clamp = clamp;
  guarded(thread, [&](Launch &launch) { return launch.meetWarp(thread, place, Meeting::shuffle, mode, mask); });
  return thread.result;
}

static uint32_t hookVote(normc_simt_thread *caller, int32_t place, int32_t mode, uint32_t mask, int32_t predicate) {
  Thread &thread = Thread::of(caller);
  thread.value = predicate != 0;
  guarded(thread, [&](Launch &launch) { return launch.meetWarp(thread, place, Meeting::vote, mode, mask); });
  return uint32_t(thread.result);
}

static void hookClusterArrive(normc_simt_thread *caller, int32_t place, int32_t relaxed) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) { return launch.arriveAtCluster(thread, place, relaxed != 0); });
}

static void hookClusterWait(normc_simt_thread *caller, int32_t place) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) { return launch.waitForCluster(thread, place); });
}

static void *hookMapShared(normc_simt_thread *caller, int32_t place, void *address, int32_t rank) {
  Thread &thread = Thread::of(caller);
  char *mapped = nullptr;
  guarded(thread, [&](Launch &launch) { return (mapped = launch.mapShared(thread, place, address, rank)) != nullptr; });
  return mapped;
}

static void hookTrap(normc_simt_thread *caller, int32_t place) {
  Thread &thread = Thread::of(caller);
  guarded(thread, [&](Launch &launch) { return launch.report(thread, "trap: it stopped at " + launch.placeName(place)); });
}

const normc_simt_hooks &engineHooks() {
  static const normc_simt_hooks hooks = {NORMC_SIMT_VERSION, 0,           hookAccess, hookAtomic,
                                         hookFence,          hookBarrier, hookWarpBarrier, hookShuffle,
                                         hookVote,           hookClusterArrive, hookClusterWait, hookMapShared,
                                         hookTrap};
  return hooks;
}

} // namespace normc::runtime::simt
