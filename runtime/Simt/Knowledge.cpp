//===- Knowledge.cpp - what happened before what ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

namespace normc::runtime::simt {

Block *Launch::residentBlock(int64_t index) const {
  for (const Block &block : blocks)
    if (block.index == index)
      return const_cast<Block *>(&block);
  return nullptr;
}

/// Whether what `other` did at `time` happened before what `thread` does next.
bool Launch::knows(const Thread &thread, uint32_t other, Time time) const {
  if (other == thread.number || time < began)
    return true;
  const Block &block = *thread.block;
  const bool sameBlock = other - block.first < uint32_t(block.size);
  if (sameBlock) {
    if (time < block.known)
      return true;
    const int32_t index = int32_t(other - block.first);
    if (index / warpSize == thread.tid / warpSize && time < thread.knownOfLane(index % warpSize))
      return true;
  }
  const int64_t otherBlock = other / uint32_t(block.size);
  if (thread.clusterPhase > 0 && otherBlock / shape.cluster == block.index / shape.cluster)
    if (const Block *peer = residentBlock(otherBlock))
      if (time < peer->threads[other - peer->first].clusterArrivals[(thread.clusterPhase - 1) & 1])
        return true;
  if (thread.others)
    for (uint64_t key : {uint64_t(other), blockKey(otherBlock)}) {
      auto entry = thread.others->find(key);
      if (entry != thread.others->end() && time < entry->second)
        return true;
    }
  return false;
}

bool Launch::knowsWarp(const Thread &thread, const Readers::Warp &readers) const {
  const uint32_t block = readers.warp / uint32_t(warpsPerBlock);
  const uint32_t first = block * uint32_t(shape.block) + readers.warp % uint32_t(warpsPerBlock) * warpSize;
  for (uint32_t lanes = readers.lanes; lanes; lanes &= lanes - 1)
    if (!knows(thread, first + uint32_t(__builtin_ctz(lanes)), readers.time))
      return false;
  return true;
}

SharedOthers Launch::join(const SharedOthers &a, const SharedOthers &b) {
  if (!a || a == b)
    return b;
  if (!b)
    return a;
  auto joined = std::make_shared<Others>(*a);
  for (auto [key, time] : *b) {
    Time &known = (*joined)[key];
    known = known > time ? known : time;
  }
  return joined;
}

/// All that happened before now, as far as this thread knows, itself included: its time advances.
SharedOthers Launch::deedsOf(Thread &thread) {
  Block &block = *thread.block;
  auto deeds = thread.others ? std::make_shared<Others>(*thread.others) : std::make_shared<Others>();
  auto add = [&](uint64_t key, Time time) {
    Time &known = (*deeds)[key];
    known = known > time ? known : time;
  };
  add(blockKey(block.index), block.known);
  const int32_t warp = thread.tid / warpSize * warpSize;
  for (int32_t lane = 0; lane < warpSize && warp + lane < block.size; ++lane)
    if (thread.knownOfLane(lane) > block.known)
      add(block.first + uint32_t(warp + lane), thread.knownOfLane(lane));
  if (thread.clusterPhase > 0)
    for (const Block &peer : blocks)
      if (peer.cluster == block.cluster)
        for (int32_t index = 0; index < peer.size; ++index)
          add(peer.first + uint32_t(index), peer.threads[index].clusterArrivals[(thread.clusterPhase - 1) & 1]);
  thread.now = ++world.time;
  add(thread.number, thread.now);
  return deeds;
}

/// What one of them knows of other blocks, all know.
void Launch::joinOthers(Thread *const *members, size_t count) {
  SharedOthers joined;
  for (size_t index = 0; index < count; ++index)
    joined = join(joined, members[index]->others);
  if (joined)
    for (size_t index = 0; index < count; ++index)
      members[index]->others = joined;
}

} // namespace normc::runtime::simt
