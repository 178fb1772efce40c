//===- Races.cpp - conflicting accesses that nothing orders -----*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two accesses of a byte race where one of them writes, not both are atomic, and neither happened before the other. Each
// cell keeps its last writer and those who read at once since then; that is enough to find the first race of a run,
// whatever the order in which the fibers ran.
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <algorithm>

namespace normc::runtime::simt {

/// A cell that threads of several blocks have read which cannot meet: who they were is not kept.
static constexpr uint32_t manyBlocks = (uint32_t(1) << Epoch::threadBits) - 1;

bool Launch::read(Thread &thread, Region &region, size_t offset, int32_t index, bool atomic) {
  size_t number;
  Cell *cells = region.find(offset, size_t(kernel.accesses[index].bytes), number, world.readers);
  const Time since = std::max(region.since, began);
  for (size_t i = 0; i < number; ++i) {
    Cell &cell = cells[i];
    const Epoch writer = cell.write;
    if (!writer || writer.time() < region.since) {
      if (!region.written)
        return reportAccess(thread, index, region.since ? "unwritten shared memory" : "unwritten memory",
                            "at byte " + std::to_string(offset + i * region.cellBytes()) +
                                ", which nobody has written");
    } else if (writer.thread() != thread.number && !(atomic && writer.atomic()) &&
               !knows(thread, writer.thread(), writer.time())) {
      return reportRace(thread, region, offset + i * region.cellBytes(), index, true, writer.thread());
    }
    if (atomic)
      continue;
    // The reader before has no more to say where this read comes after its own.
    const Epoch reader = cell.read;
    if (!reader || reader.time() < since ||
        (!reader.isSet() && (reader.thread() == thread.number || knows(thread, reader.thread(), reader.time()))))
      cell.read = Epoch(thread.number, thread.now, false);
    else
      addReader(thread, cell);
  }
  return true;
}

/// Some that do not know of each other read a cell.
void Launch::addReader(Thread &thread, Cell &cell) {
  const Block &block = *thread.block;
  if (cell.read.isSet() && cell.read.thread() == manyBlocks)
    return;
  auto warpOf = [&](uint32_t reader) {
    return reader / uint32_t(shape.block) * uint32_t(warpsPerBlock) + reader % uint32_t(shape.block) / warpSize;
  };
  auto laneOf = [&](uint32_t reader) { return uint32_t(1) << (reader % uint32_t(shape.block) % warpSize); };
  if (!cell.read.isSet()) {
    const Epoch before = cell.read;
    const bool sameBlock = before.thread() - block.first < uint32_t(block.size);
    // Blocks that are not resident together cannot wait for each other, so one mark does for them.
    if ((!sameBlock && resident == 1) || world.readers.size() >= manyBlocks) {
      cell.read = Epoch::ofSet(manyBlocks, thread.now);
      return;
    }
    cell.read = Epoch::ofSet(uint32_t(world.readers.size()), thread.now);
    world.readers.emplace_back();
    world.readers.back().warps.push_back({warpOf(before.thread()), laneOf(before.thread()), before.time()});
  }
  std::vector<Readers::Warp> &warps = world.readers[cell.read.thread()].warps;
  const uint32_t warp = warpOf(thread.number);
  auto place = std::lower_bound(warps.begin(), warps.end(), warp,
                                [](const Readers::Warp &readers, uint32_t wanted) { return readers.warp < wanted; });
  if (place == warps.end() || place->warp != warp) {
    if (resident == 1 && warps.front().warp / uint32_t(warpsPerBlock) != warp / uint32_t(warpsPerBlock))
      cell.read = Epoch::ofSet(manyBlocks, thread.now);
    else
      warps.insert(place, {warp, laneOf(thread.number), thread.now});
  } else if (place->time == thread.now) {
    place->lanes |= laneOf(thread.number);
  } else {
    const bool after = knowsWarp(thread, *place);
    place->lanes = laneOf(thread.number) | (after ? 0 : place->lanes);
    place->time = std::max(place->time, thread.now);
  }
  cell.read = Epoch::ofSet(cell.read.thread(), thread.now);
}

/// Whether all who have read a cell did so before what this thread does next; `other` is one who has not.
bool Launch::afterReaders(const Thread &thread, const Cell &cell, uint32_t &other) const {
  other = UINT32_MAX;
  if (!cell.read.isSet()) {
    other = cell.read.thread();
    return knows(thread, other, cell.read.time());
  }
  if (cell.read.thread() == manyBlocks) {
    // Then at least: it has heard of every other block.
    int64_t heard = 0;
    if (thread.others)
      for (auto [key, time] : *thread.others)
        heard += (key >> 63) != 0 && key != blockKey(thread.block->index);
    return heard >= startedBlocks - 1;
  }
  for (const Readers::Warp &readers : world.readers[cell.read.thread()].warps)
    if (!knowsWarp(thread, readers)) {
      const uint32_t block = readers.warp / uint32_t(warpsPerBlock);
      const uint32_t first = block * uint32_t(shape.block) + readers.warp % uint32_t(warpsPerBlock) * warpSize;
      for (uint32_t lanes = readers.lanes; lanes; lanes &= lanes - 1)
        if (other = first + uint32_t(__builtin_ctz(lanes)); !knows(thread, other, readers.time))
          break;
      return false;
    }
  return true;
}

bool Launch::write(Thread &thread, Region &region, size_t offset, int32_t index, bool atomic) {
  size_t number;
  Cell *cells = region.find(offset, size_t(kernel.accesses[index].bytes), number, world.readers);
  const Time since = std::max(region.since, began);
  const Epoch mine(thread.number, thread.now, atomic);
  for (size_t i = 0; i < number; ++i) {
    Cell &cell = cells[i];
    const Epoch writer = cell.write;
    if (writer && writer.time() >= since && writer.thread() != thread.number && !(atomic && writer.atomic()) &&
        !knows(thread, writer.thread(), writer.time()))
      return reportRace(thread, region, offset + i * region.cellBytes(), index, true, writer.thread());
    if (uint32_t other; cell.read && cell.read.time() >= since && !afterReaders(thread, cell, other))
      return reportRace(thread, region, offset + i * region.cellBytes(), index, false, other);
    cell = {mine, Epoch()};
  }
  return true;
}

bool Launch::reportRace(const Thread &thread, const Region &, size_t offset, int32_t index, bool wrote, uint32_t other) {
  const std::string who = other == UINT32_MAX ? "another block" : threadName(other);
  return reportAccess(thread, index, "data race",
                      "at byte " + std::to_string(offset) + ", which " + who + (wrote ? " wrote" : " read") +
                          ", and no barrier lies between");
}

} // namespace normc::runtime::simt
