//===- Atomics.cpp - atomic operations and fences ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As in the memory model of PTX, an atomic operation or a volatile access orders nothing by itself: what a thread knew at
// its last fence is handed on by its atomics, and what its atomics read is known to it after its next fence. Orderings that
// the IR writes on atomics are not relied upon: NVPTX drops them.
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <cstring>

namespace normc::runtime::simt {

template <typename T, typename S>
static T compute(int32_t operation, T old, T value, T compare) {
  switch (operation) {
  case NORMC_SIMT_EXCHANGE:
    return value;
  case NORMC_SIMT_ADD:
    return old + value;
  case NORMC_SIMT_AND:
    return old & value;
  case NORMC_SIMT_OR:
    return old | value;
  case NORMC_SIMT_XOR:
    return old ^ value;
  case NORMC_SIMT_MAX:
    return S(old) > S(value) ? old : value;
  case NORMC_SIMT_MIN:
    return S(old) < S(value) ? old : value;
  case NORMC_SIMT_UMAX:
    return old > value ? old : value;
  case NORMC_SIMT_UMIN:
    return old < value ? old : value;
  case NORMC_SIMT_COMPARE_EXCHANGE:
    return old == compare ? value : old;
  }
  return old;
}

template <typename T, typename S>
static T apply(void *address, int32_t operation, uint64_t value, uint64_t compare, bool &changed) {
  T old;
  std::memcpy(&old, address, sizeof old);
  const T fresh = compute<T, S>(operation, old, T(value), T(compare));
  std::memcpy(address, &fresh, sizeof fresh);
  changed = fresh != old;
  return old;
}

uint64_t Launch::update(Thread &thread, void *address, const normc_simt_access &access, int32_t operation,
                        uint64_t value, uint64_t compare) {
  bool changed;
  const uint64_t old = access.bytes == 8 ? apply<uint64_t, int64_t>(address, operation, value, compare, changed)
                                         : apply<uint32_t, int32_t>(address, operation, value, compare, changed);
  progress += changed;
  acquire(thread, address);
  release(thread, address, /*keep=*/true);
  return old;
}

void Launch::acquire(Thread &thread, const void *address) {
  auto location = locations.find(address);
  if (location != locations.end())
    thread.acquiring = join(thread.acquiring, location->second);
}

/// `keep`: what others have handed on there is handed on still, as after a read-modify-write.
void Launch::release(Thread &thread, const void *address, bool keep) {
  if (keep && !thread.releasing)
    return;
  SharedOthers &location = locations[address];
  location = keep ? join(location, thread.releasing) : thread.releasing;
}

void Launch::fence(Thread &thread) {
  if (thread.acquiring) {
    thread.others = join(thread.others, thread.acquiring);
    thread.acquiring.reset();
    thread.block->anyOthers = true;
  }
  thread.releasing = deedsOf(thread);
}

} // namespace normc::runtime::simt
