//===- TilesWriter.cpp - many groups side by side --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/TilesWriter.h"

using namespace mlir;

namespace normc::cpp {

TilesWriter::TilesWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors, const kernel::Tile &tile)
    : SweepWriter(kernel, tensors), tile(tile) {
  for (unsigned axis : parallel)
    if (axis != tile.axis)
      outer.push_back(axis);
  for (unsigned axis : reduced)
    if (!tile.isRuns() || axis != joined.size() - 1)
      counted.push_back(axis);
  tileIndex = indexName(joined[tile.axis]);
}

void TilesWriter::emitBody() {
  const std::string extent = extentText(joined[tile.axis]);
  isWhole = tile.extent >= 0 && tile.extent <= tile.width;
  isUniform = isWhole || (tile.extent >= 0 && tile.extent % tile.width == 0);
  width = isUniform ? fmt::format("{}", isWhole ? tile.extent : tile.width) : "width";
  rows = tile.isRuns() ? "1" : tile.extent >= 0 ? fmt::format("{}", tile.rows) : "rows";
  length = tile.isRuns() ? fmt::format("{}", tile.length) : "1";
  if (rows == "rows")
    line(fmt::format("const int64_t rows = rows_of_lanes({});", extent));
  Count all = countOf(outer);
  if (!isWhole) {
    const bool isKnown = tile.extent >= 0;
    const int64_t tiles = isKnown ? (tile.extent + tile.width - 1) / tile.width : -1;
    line(fmt::format("const int64_t tiles = {};", isKnown ? fmt::format("{}", tiles)
                                                          : fmt::format("({} + {}) / {}", extent, tile.width - 1, tile.width)));
    all = {all.number == 1 ? "tiles" : all.factor() + " * tiles", all.number >= 0 && isKnown ? all.number * tiles : -1};
  }
  chooseThreading(all, tile.isRuns() ? Chunks::ofRuns(countOf(counted), Count::of(tile.length))
                                     : Chunks::ofRows(countOf(counted), tile.extent >= 0 ? Count::of(tile.rows) : Count{rows, -1}));
  for (const std::string &text : chunks->declarations())
    declare(text);
  for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
    if (Sums &sums = sweeps[sweep] = sumsOf(sweep, tile.width); !sums.accumulators.empty()) {
      declareSums(sums);
      int64_t bytes = 0;
      for (const Accumulator &a : sums.accumulators)
        bytes += 8 * (1 + tile.width) * (a.isShifted() ? 2 : 1);
      declareParts(sums, bytes);
    }
  declareStream();
  SmallVector<int64_t> factors{bytesPerPoint()};
  for (unsigned axis : reduced)
    llvm::append_range(factors, extentsOf(kernel, joined[axis]));
  if (tile.extent >= 0)
    factors.push_back(std::min(tile.extent, tile.width));
  std::string bytes = code.product(factors);
  if (tile.extent < 0)
    bytes += fmt::format(" * std::min<int64_t>({}, {})", tile.width, extent);
  groupName = isWhole && outer.empty() ? "0" : isWhole && outer.size() == 1 ? indexName(joined[outer[0]]) : "group";
  openThreads(bytes);
  openGroups();
  if (!isWhole) {
    line(fmt::format("const int64_t first_{} = {} * {};", tileIndex, outer.empty() ? groupName : groupName + " % tiles", tile.width));
    if (!isUniform)
      line(fmt::format("const int64_t width = std::min<int64_t>({}, {} - first_{});", tile.width, extent, tileIndex));
  }
  if (!outer.empty())
    declareIndices(isWhole ? groupName : "group / tiles", outer);
  emitKernelBlock();
  closeGroups();
  closeThreads();
}

std::unique_ptr<KernelWriter> createTilesWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors,
                                                const kernel::Tile &tile) {
  return std::make_unique<TilesWriter>(kernel, tensors, tile);
}

} // namespace normc::cpp
