//===- Warps.cpp - shuffles, votes and barriers of a warp -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

namespace normc::runtime::simt {

/// Waits until all lanes of the mask are here, at one place with one mask. The last one does what they met for.
bool Launch::meetWarp(Thread &thread, int32_t place, Meeting meeting, int32_t mode, uint32_t mask) {
  Warp &warp = *thread.warp;
  const int32_t lane = thread.laneid;
  const uint32_t self = uint32_t(1) << lane, purpose = Warp::purposeOf(meeting, mode);
  if (!(mask & self))
    return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) +
                              ", which does not name its own lane " + std::to_string(lane));
  if (const uint32_t gone = mask & ~(warp.all & ~warp.exited)) {
    const int32_t other = __builtin_ctz(gone);
    return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) + ", but lane " +
                              std::to_string(other) +
                              ((warp.all >> other) & 1 ? " has exited" : " is beyond the block"));
  }
  thread.place = warp.place[lane] = place;
  warp.purpose[lane] = purpose;
  warp.mask[lane] = mask;
  warp.waiting |= self;
  if ((warp.waiting & mask) != mask) {
    wait(thread, State::atWarp);
    return true;
  }
  uint32_t different[warpSize];
  for (int32_t other = 0; other < warpSize; ++other)
    different[other] =
        uint32_t(warp.place[other] ^ place) | (warp.purpose[other] ^ purpose) | (warp.mask[other] ^ mask);
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1)
    if (const int32_t other = __builtin_ctz(lanes); different[other])
      return report(thread, "missing lane: " + placeName(place) + " with the mask " + maskName(mask) + ", but lane " +
                                std::to_string(other) + " is at " + placeName(warp.place[other]) + " with the mask " +
                                maskName(warp.mask[other]));
  if (meeting == Meeting::shuffle && !shuffle(warp, mask, mode))
    return false;
  if (meeting == Meeting::vote)
    vote(warp, mask, mode);
  if (meeting == Meeting::barrier)
    synchronize(warp, mask);
  warp.waiting &= ~mask;
  warp.ready |= mask & ~self;
  return true;
}

/// With b the lane's operand and the segments that the clamp c states (m = c[12:8], e = c[4:0]):
///   last = (lane & m) | (e & ~m),  from = lane - b (up), lane + b (down), lane ^ b (butterfly), (lane & m) | (b & ~m)
///   (index)
/// A lane beyond its segment keeps its value, and its predicate is false.
bool Launch::shuffle(Warp &warp, uint32_t mask, int32_t mode) {
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1) {
    const int32_t lane = __builtin_ctz(lanes);
    const auto segment = int32_t((warp.clamp[lane] >> 8) & 31), end = int32_t(warp.clamp[lane] & 31);
    const auto operand = int32_t(warp.lane[lane] & 31);
    const int32_t last = (lane & segment) | (end & ~segment);
    int32_t from = lane;
    bool inside = false;
    switch (mode) {
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
      return report(warp.threads[lane], "missing lane: " + placeName(warp.place[lane]) + " reads lane " +
                                            std::to_string(from) + ", which the mask " + maskName(mask) +
                                            " does not name");
    warp.result[lane] = warp.value[from] | (uint64_t(inside) << 32);
  }
  return true;
}

void Launch::vote(Warp &warp, uint32_t mask, int32_t mode) {
  uint32_t ballot = 0;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1)
    if (warp.value[__builtin_ctz(lanes)])
      ballot |= lanes & -lanes;
  uint32_t result = ballot;
  if (mode == NORMC_SIMT_ALL)
    result = ballot == mask;
  else if (mode == NORMC_SIMT_ANY)
    result = ballot != 0;
  else if (mode == NORMC_SIMT_UNIFORM)
    result = ballot == 0 || ballot == mask;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1)
    warp.result[__builtin_ctz(lanes)] = result;
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
