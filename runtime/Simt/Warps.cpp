//===- Warps.cpp - shuffles, votes and barriers of a warp -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <cstdio>

namespace normc::runtime::simt {

static std::string maskName(uint32_t mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

/// Waits until all lanes of the mask are here, at one place with one mask. The last one does what they met for.
bool Launch::meetWarp(Thread &thread, int32_t place, Meeting meeting, int32_t mode, uint32_t mask) {
  Warp &warp = thread.block->warps[size_t(thread.tid / warpSize)];
  const uint32_t self = uint32_t(1) << thread.laneid;
  if (!(mask & self))
    return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) +
                              ", which does not name its own lane " + std::to_string(thread.laneid));
  if (const uint32_t gone = mask & ~(warp.all & ~warp.exited)) {
    const int32_t lane = __builtin_ctz(gone);
    return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) + ", but lane " +
                              std::to_string(lane) + ((warp.all >> lane) & 1 ? " has exited" : " is beyond the block"));
  }
  thread.place = place;
  thread.meeting = meeting;
  thread.mode = mode;
  thread.mask = mask;
  warp.waiting |= self;
  if ((warp.waiting & mask) != mask) {
    wait(thread, State::atWarp);
    return true;
  }
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1) {
    const Thread &other = warp.threads[__builtin_ctz(lanes)];
    if (other.place != place || other.meeting != meeting || other.mode != mode || other.mask != mask)
      return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) + ", but lane " +
                                std::to_string(other.laneid) + " is at " + placeName(other.place) + " with the mask " +
                                maskName(other.mask));
  }
  if (meeting == Meeting::shuffle && !shuffle(warp, mask))
    return false;
  if (meeting == Meeting::vote)
    vote(warp, mask);
  if (meeting == Meeting::barrier)
    synchronize(warp, mask);
  warp.waiting &= ~mask;
  for (uint32_t lanes = mask & ~self; lanes; lanes &= lanes - 1)
    makeReady(warp.threads[__builtin_ctz(lanes)]);
  return true;
}

/// With b the lane's operand and the segments that the clamp c states (m = c[12:8], e = c[4:0]):
///   last = (lane & m) | (e & ~m),  from = lane - b (up), lane + b (down), lane ^ b (butterfly), (lane & m) | (b & ~m) (index)
/// A lane beyond its segment keeps its value, and its predicate is false.
bool Launch::shuffle(Warp &warp, uint32_t mask) {
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1) {
    Thread &thread = warp.threads[__builtin_ctz(lanes)];
    const auto lane = thread.laneid;
    const auto segment = int32_t((thread.clamp >> 8) & 31), end = int32_t(thread.clamp & 31);
    const auto operand = int32_t(thread.lane & 31);
    const int32_t last = (lane & segment) | (end & ~segment);
    int32_t from = lane;
    bool inside = false;
    switch (thread.mode) {
    case NORMC_SIMT_UP:
      from = lane - operand;
      inside = from >= last;
      break;
    case NORMC_SIMT_DOWN:
      from = lane + operand;
      inside = from <= last;
      break;
    case NORMC_SIMT_BUTTERFLY:
      from = lane ^ operand;
      inside = from <= last;
      break;
    case NORMC_SIMT_INDEX:
      from = (lane & segment) | (operand & ~segment);
      inside = from <= last;
      break;
    }
    if (!inside)
      from = lane;
    if (!((mask >> from) & 1))
      return report(thread, "missing lane: " + placeName(thread.place) + " reads lane " + std::to_string(from) +
                                ", which the mask " + maskName(mask) + " does not name");
    thread.result = warp.threads[from].value | (uint64_t(inside) << 32);
  }
  return true;
}

void Launch::vote(Warp &warp, uint32_t mask) {
  uint32_t ballot = 0;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1)
    if (warp.threads[__builtin_ctz(lanes)].value)
      ballot |= lanes & -lanes;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1) {
    Thread &thread = warp.threads[__builtin_ctz(lanes)];
    switch (thread.mode) {
    case NORMC_SIMT_ALL:
      thread.result = ballot == mask;
      break;
    case NORMC_SIMT_ANY:
      thread.result = ballot != 0;
      break;
    case NORMC_SIMT_UNIFORM:
      thread.result = ballot == 0 || ballot == mask;
      break;
    default:
      thread.result = ballot;
    }
  }
}

/// What these lanes did, and what each knew of the others, is known to all of them.
void Launch::synchronize(Warp &warp, uint32_t mask) {
  const Time now = ++world.time;
  Thread *members[warpSize];
  size_t count = 0;
  Time joint[warpSize] = {};
  bool all = mask == warp.all;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1) {
    Thread &thread = warp.threads[__builtin_ctz(lanes)];
    members[count++] = &thread;
    thread.now = now;
    if (all)
      thread.warpKnown = now;
    else
      for (int32_t lane = 0; lane < warpSize; ++lane)
        joint[lane] = thread.knownOfLane(lane) > joint[lane] ? thread.knownOfLane(lane) : joint[lane];
  }
  if (!all)
    for (size_t index = 0; index < count; ++index)
      for (int32_t lane = 0; lane < warpSize; ++lane)
        members[index]->lanesKnown[lane] = (mask >> lane) & 1 ? now : joint[lane];
  if (members[0]->block->anyOthers)
    joinOthers(members, count);
}

} // namespace normc::runtime::simt
