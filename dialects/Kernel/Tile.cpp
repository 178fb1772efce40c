//===- Tile.cpp - groups that are gone through side by side --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Tile.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace normc::kernel {

/// Columns that a tile has at most: the lanes of a few tensors stay in the first-level cache.
static constexpr int64_t maxColumns = 2048, partColumns = 1024;
/// Elements that are stored at once, about: more would be written while nothing is read (4 KiB at once cost a quarter of a sweep's time).
static constexpr int64_t storedAtOnce = 128;
/// Elements of adjacent short runs, about.
static constexpr int64_t tileElements = 1024, fewElements = 768;
/// Runs up to this length are short: each of their points has an accumulator of its own.
static constexpr int64_t shortRun = 256;
/// Columns from which on a row is a loop of its own: in whole cache lines, or so many that a last part does not count.
static constexpr int64_t plainRow = 64, wideRow = 512;
/// Elements of a cache line of f32.
static constexpr int64_t lineElements = 16;

/// Bytes of arrays that a thread's stack takes without complaint.
static constexpr int64_t stackBytes = 2 << 20;

/// Lanes that an array may have, as each monoid has three and each scalar that a sweep reads of its group one.
static int64_t maxLanes(KernelOp kernel) {
  int64_t arrays = 1;
  for (Operation &op : kernel.getBody().front())
    if (auto sweep = dyn_cast<SweepOp>(op))
      arrays += 3 * sweep.getMonoids().size();
    else
      for (Value result : op.getResults())
        arrays += llvm::any_of(result.getUsers(), [](Operation *user) { return isa<SweepOp>(user->getParentOp()); });
  return std::max(chunkLanes, stackBytes / (4 * arrays) / lineElements * lineElements);
}

static Tile chooseColumns(KernelOp kernel, ArrayRef<JoinedAxis> joined) {
  const int64_t most = maxLanes(kernel), part = std::min(partColumns, most);
  Tile tile;
  tile.axis = joined.size() - 1;
  tile.extent = staticExtent(kernel, joined.back());
  unsigned reduced = 0;
  for (const JoinedAxis &axis : joined)
    reduced += !axis.isParallel;
  tile.isFlat = reduced == 1 && joined.size() >= 2 && !joined[joined.size() - 2].isParallel;
  kernel.walk([&](Operation *op) {
    if (!isa_and_nonnull<SweepOp>(op->getParentOp()))
      return;
    auto variesAsTile = [&](Value tensor) {
      auto type = cast<RankedTensorType>(tensor.getType());
      return varies(type, joined.back()) && (joined.size() < 2 || varies(type, joined[joined.size() - 2]));
    };
    if (auto load = dyn_cast<LoadOp>(op))
      tile.isFlat &= variesAsTile(load.getTensor());
    else if (auto store = dyn_cast<StoreOp>(op))
      tile.isFlat &= variesAsTile(kernel.getResult(store.getResult()));
    else if (isa<IndexOp>(op))
      tile.isFlat = false;
  });
  if (tile.extent < 0) {
    tile.width = part;
    tile.lanes = tile.sumLanes = part;
    // Rows of a part of the columns do not lie side by side.
    tile.isFlat = false;
    return tile;
  }
  tile.width = tile.extent <= std::min(maxColumns, most) ? std::max<int64_t>(tile.extent, 1) : part;
  while (2 * tile.rows * tile.width <= chunkLanes && tile.rows < chunkLanes)
    tile.rows *= 2;
  tile.sumLanes = tile.rows * tile.width;
  if (tile.width != tile.extent)
    tile.isFlat = false;
  tile.isPlain = tile.isFlat && tile.width >= plainRow && (tile.width % lineElements == 0 || tile.width >= wideRow);
  if (tile.isFlat && !tile.isPlain) {
    tile.storeRows = std::max(tile.rows, std::min(storedAtOnce, most) / tile.width);
    if (tile.storeRows > lineElements)
      tile.storeRows -= tile.storeRows % lineElements;
  }
  tile.storeWidth = tile.isPlain && tile.width > storedAtOnce ? storedAtOnce : tile.width;
  tile.lanes = tile.isPlain ? tile.sumLanes : std::max(tile.sumLanes, tile.storeRows * tile.width);
  return tile;
}

/// Bytes of `groups` adjacent ones that more than one sweep reads; -1 where extents of the sweeps are not known now.
static int64_t bytesReadAgain(KernelOp kernel, int64_t groups) {
  int64_t points = groups;
  for (const JoinedAxis &axis : joinedAxes(kernel)) {
    if (axis.isParallel)
      continue;
    const int64_t extent = staticExtent(kernel, axis);
    if (extent < 0)
      return -1;
    points = llvm::SaturatingMultiply(uint64_t(points), uint64_t(extent)) > INT32_MAX ? INT32_MAX : points * extent;
  }
  llvm::MapVector<Value, llvm::SmallPtrSet<Operation *, 4>> sweeps;
  kernel.walk([&](LoadOp load) { sweeps[load.getTensor()].insert(load->getParentOp()); });
  int64_t bytes = 0;
  for (auto &[tensor, places] : sweeps)
    if (places.size() > 1)
      bytes += points * std::max<int64_t>(1, cast<RankedTensorType>(tensor.getType()).getElementTypeBitWidth() / 8);
  return bytes;
}

static std::optional<Tile> chooseRuns(KernelOp kernel, ArrayRef<JoinedAxis> joined) {
  const size_t count = joined.size();
  Tile tile;
  tile.length = staticExtent(kernel, joined.back());
  if (count < 2 || !joined[count - 2].isParallel || tile.length < 1 || tile.length > shortRun)
    return std::nullopt;
  tile.axis = count - 2;
  tile.extent = staticExtent(kernel, joined[tile.axis]);
  bool fits = true;
  kernel.walk([&](Operation *op) {
    if (!isa_and_nonnull<SweepOp>(op->getParentOp()))
      return;
    auto variesAsTile = [&](Value tensor) {
      auto type = cast<RankedTensorType>(tensor.getType());
      return varies(type, joined[count - 2]) && varies(type, joined[count - 1]);
    };
    if (auto load = dyn_cast<LoadOp>(op))
      fits &= variesAsTile(load.getTensor());
    else if (auto store = dyn_cast<StoreOp>(op))
      fits &= variesAsTile(kernel.getResult(store.getResult()));
    else if (auto index = dyn_cast<IndexOp>(op))
      fits &= !llvm::is_contained(joined[count - 1].axes, int64_t(index.getAxis()));
  });
  if (!fits || tile.extent == 1)
    return std::nullopt;
  // 4 to 8 KiB of adjacent groups, in whole cache lines, or less where that keeps near what is read again.
  auto widthOf = [&](int64_t elements) {
    const int64_t most = std::min(elements, maxLanes(kernel));
    int64_t width = std::max<int64_t>(1, most / tile.length);
    while ((width * tile.length) % lineElements != 0 && width * tile.length < 3 * most)
      ++width;
    return tile.extent > 0 ? std::min(width, tile.extent) : width;
  };
  tile.width = widthOf(tileElements);
  if (const int64_t narrow = widthOf(fewElements); bytesReadAgain(kernel, tile.width) > privateCache &&
                                                   bytesReadAgain(kernel, narrow) <= privateCache)
    tile.width = narrow;
  tile.lanes = tile.sumLanes = tile.width * tile.length;
  tile.storeGroups = std::min(tile.width, lineElements / std::gcd(lineElements, tile.length));
  while (tile.storeGroups * tile.length < storedAtOnce && 2 * tile.storeGroups <= tile.width)
    tile.storeGroups *= 2;
  return tile;
}

std::optional<Tile> chooseTile(KernelOp kernel) {
  SmallVector<JoinedAxis> joined = joinedAxes(kernel);
  // Sums over the groups ride with groups that are gone through one at a time.
  const bool hasRiders = kernel.walk([](AccumulateOp) { return WalkResult::interrupt(); }).wasInterrupted();
  if (joined.empty() || hasRiders)
    return std::nullopt;
  if (joined.back().isParallel)
    return chooseColumns(kernel, joined);
  return chooseRuns(kernel, joined);
}

bool isResident(KernelOp kernel) {
  std::optional<Tile> tile = chooseTile(kernel);
  const int64_t bytes = bytesReadAgain(kernel, tile ? tile->width : 1);
  return bytes > 0 && bytes <= privateCache;
}

} // namespace normc::kernel
