//===- TilesStores.cpp - what sweeps over many groups side by side store ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/TilesWriter.h"

using namespace mlir;

namespace normc::cpp {

void TilesWriter::emitStores(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<kernel::StoreOp> stores = storesOf(sweep);
  if (stores.empty())
    return;
  const Chunks::Part part = openRowsOfThread(isFirst);
  // What may be streamed, or lies over what is read, is computed in a block first.
  const bool isDirect = stream == "false" && overwritten.empty();
  if (tile.isPlain)
    emitPlainStores(sweep, part, stores, isDirect, isFirst);
  else
    emitBlocks(sweep, part, stores, isDirect, isFirst);
  closeChunks();
}

Chunks::Part TilesWriter::openRowsOfThread(bool isFirst) {
  const Count all = countOf(counted), &ofChunk = chunks->runsOfEach();
  Chunks::Part part;
  part.first = "0";
  part.last = all.text;
  const bool isTasks = threading == Threading::tasks;
  if (isTasks)
    line("NORMC_OMP(\"omp for schedule(static) nowait\")");
  if (isTasks || chunks->isSingle() || threading == Threading::none ||
      (threading == Threading::groups && (isFirst || isResident(kernel)))) {
    part.points = all;
    return part;
  }
  const bool isShared = threading == Threading::shared;
  std::string first = isShared ? "mine.first_chunk" : "0", last = isShared ? "mine.last_chunk" : chunks->count().text;
  if (!isFirst) {
    const int64_t span = spanOf(32 * std::max<int64_t>(tile.rows * tile.width, 128));
    open(fmt::format("for (int64_t upto = {1}; upto > {0}; upto -= {2})", first, last, span));
    ++openLoops;
    first = fmt::format("std::max<int64_t>({}, upto - {})", first, span);
    last = "upto";
  }
  part.first = fmt::format("{} * {}", first, ofChunk.factor());
  part.last = fmt::format("{} * {}", last, ofChunk.factor());
  if (all.number < 0 || ofChunk.number < 0 || all.number % ofChunk.number != 0)
    part.last = fmt::format("std::min<int64_t>({}, {})", part.last, all.text);
  part.points = {"", -1};
  if (!tile.isPlain && !tile.isRuns()) {
    line(fmt::format("const int64_t first = {}, last = {};", part.first, part.last));
    part.first = "first";
    part.last = "last";
  }
  return part;
}

std::vector<std::string> TilesWriter::declareBlocks(SmallVector<kernel::StoreOp> stores, int64_t elements) {
  std::vector<std::string> blocks;
  for (kernel::StoreOp store : stores) {
    Value tensor = kernel.getResult(store.getResult());
    blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
    line(fmt::format("{} {}[{}];", storageName(elementOf(tensor)), blocks.back(), elements));
  }
  return blocks;
}

void TilesWriter::emitPlainStores(kernel::SweepOp sweep, const Chunks::Part &part, SmallVector<kernel::StoreOp> stores, bool isDirect,
                                  bool isFirst) {
  openPoints(part, sweep, "1", rootsOf(sweep));
  const SmallVector<Value> fetched = fetchedAhead(sweep, isFirst);
  const bool isPart = !isDirect && tile.storeWidth < tile.width;
  bool isVisit = false;
  std::vector<std::string> blocks;
  std::string place = tileIndex, size = width;
  if (isPart) {
    size = fmt::format("{}", tile.storeWidth);
    open(fmt::format("for (int64_t from = 0; from < {0}; from += {1})", width, tile.storeWidth));
    if (tile.extent % tile.storeWidth != 0) {
      line(fmt::format("const int64_t size = std::min<int64_t>({}, {} - from);", tile.storeWidth, width));
      size = "size";
    }
    emitFetches(fetched, " + from", size);
    blocks = declareBlocks(stores, tile.storeWidth);
    place = tileIndex + " - from";
    open(fmt::format("for (int64_t {0} = from; {0} < from + {1}; ++{0})", tileIndex, size));
  } else {
    if (!isDirect)
      blocks = declareBlocks(stores, tile.width);
    isVisit = openLanes(fetched);
  }
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (auto [index, store] : llvm::enumerate(stores))
      line(fmt::format("{} = {};", isDirect ? elementAt(kernel.getResult(store.getResult())) : fmt::format("{}[{}]", blocks[index], place),
                       stored(store)));
  });
  closeLanes(fetched, isVisit);
  for (auto [store, block] : llvm::zip(stores, blocks)) {
    Value tensor = kernel.getResult(store.getResult());
    line(fmt::format("put({} + {}{}, {}, {}, {});", nameOf(tensor), positionOf(typeOf(tensor), tile.axis), isPart ? " + from" : "", block,
                     size, stream));
  }
  if (isPart)
    close();
  close();
}

void TilesWriter::emitBlocks(kernel::SweepOp sweep, const Chunks::Part &part, SmallVector<kernel::StoreOp> stores, bool isDirect,
                             bool isFirst) {
  openPoints(part, sweep, laneRowsText(), rootsOf(sweep));
  const SmallVector<Value> fetched = fetchedAhead(sweep, isFirst);
  auto rowOfStore = [&](kernel::StoreOp store) { return rowOf.lookup(kernel.getResult(store.getResult())); };
  std::string place = "w", first, size = lanesOfRow, groups = fmt::format("for (int64_t g = 0; g < {}; ++g)", width);
  // A part of the groups of short runs, in whole cache lines.
  const bool isPart = tile.isRuns() && !isDirect && tile.storeGroups < tile.width;
  if (isPart) {
    open(fmt::format("for (int64_t from = 0; from < {}; from += {})", width, tile.storeGroups));
    std::string number = fmt::format("{}", tile.storeGroups);
    size = fmt::format("{}", tile.storeGroups * tile.length);
    if (!isUniform || tile.width % tile.storeGroups != 0) {
      line(fmt::format("const int64_t groups = std::min<int64_t>({}, {} - from);", number, width));
      number = "groups";
      size = "groups * " + length;
    }
    groups = fmt::format("for (int64_t g = from; g < from + {}; ++g)", number);
    place = fmt::format("w - from * {}", length);
    first = fmt::format(" + from * {}", length);
  }
  std::vector<std::string> blocks;
  if (!isDirect)
    blocks = declareBlocks(stores, isPart ? tile.storeGroups * tile.length : tile.lanes);
  bool isVisit = false;
  if (tile.isRuns()) {
    open(groups);
    emitFetches(fetched, fmt::format(" + g * {}", length), length);
    open(fmt::format("for (int64_t w = g * {0}; w < (g + 1) * {0}; ++w)", length));
  } else {
    isVisit = openLanes(fetched);
  }
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (auto [index, store] : llvm::enumerate(stores))
      line(fmt::format("{} = {};", isDirect ? rowOfStore(store) + "[w]" : fmt::format("{}[{}]", blocks[index], place), stored(store)));
  });
  closeLanes(fetched, isVisit);
  if (tile.isRuns())
    close();
  for (auto [store, block] : llvm::zip(stores, blocks))
    line(fmt::format("put({}{}, {}, {}, {});", rowOfStore(store), first, block, size, stream));
  fetchNextTile(sweep, isFirst, first, size);
  if (isPart)
    close();
  close();
}

/// The next tile of short runs lies right after this one in each row; of a single row, it is what is read next.
void TilesWriter::fetchNextTile(kernel::SweepOp sweep, bool isFirst, const std::string &from, const std::string &size) {
  if (!tile.isRuns() || isWhole || (isFirst && !counted.empty()))
    return;
  auto fetch = [&] {
    for (Value tensor : tensorsLoadedIn(sweep, rootsOf(sweep)))
      line(fmt::format("prefetch({} + {}{}, {});", rowOf.lookup(tensor), lanesOfRow, from, size));
  };
  if (counted.empty()) {
    if (isFirst && threading != Threading::none)
      fetch();
    return;
  }
  SmallVector<int64_t> factors{2 * tile.width * bytesPerPoint()};
  for (unsigned axis : reduced)
    llvm::append_range(factors, extentsOf(kernel, joined[axis]));
  open(fmt::format("if ({} && {} <= {})", hasNextGroup(), code.product(factors), cacheOfGroup()));
  fetch();
  close();
}

} // namespace normc::cpp
