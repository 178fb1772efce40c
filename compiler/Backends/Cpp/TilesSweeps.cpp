//===- TilesSweeps.cpp - sweeps over many groups side by side --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/TilesWriter.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::cpp {

//===----------------------------------------------------------------------===//
// Points
//===----------------------------------------------------------------------===//

std::string TilesWriter::firstOffset(Value tensor) {
  if (isWhole || !variesAlong(tensor, tile.axis))
    return "";
  return tile.isRuns() ? fmt::format(" + first_{} * {}", tileIndex, length) : " + first_" + tileIndex;
}

void TilesWriter::declareRows(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores) {
  SmallVector<Value> found = tensorsLoadedIn(sweep, roots);
  if (stores)
    for (kernel::StoreOp store : storesOf(sweep))
      found.push_back(kernel.getResult(store.getResult()));
  for (Value tensor : found) {
    if (!variesAlong(tensor, tile.axis))
      continue;
    const bool isResult = llvm::is_contained(kernel.getTensors(), tensor);
    std::string position = positionOf(typeOf(tensor), tile.axis) + firstOffset(tensor);
    if (StringRef(position).starts_with("0 + "))
      position = position.substr(4);
    rowOf[tensor] = locals.unique(nameOf(tensor) + "_row");
    line(fmt::format("{}{} *{} = {} + {};", isResult ? "" : "const ", storageName(elementOf(tensor)), rowOf[tensor],
                     nameOf(tensor), position));
  }
}

void TilesWriter::openPoints(const Chunks::Part &part, kernel::SweepOp sweep, const std::string &step, ArrayRef<Value> roots,
                             bool stores) {
  laneText = "w";
  if (tile.isFlat && !tile.isRuns()) {
    const std::string row = counted.empty() ? "row" : indexName(joined[counted[0]]);
    open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; {0} += {3})", row, part.first, part.last, step));
    line(fmt::format("const int64_t lanes = std::min<int64_t>({}, {} - {}) * {};", step, part.last, row, width));
    lanesOfRow = "lanes";
  } else {
    const std::string row = counted.size() == 1 ? indexName(joined[counted[0]]) : "row";
    open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; ++{0})", row, part.first, part.last));
    declareIndices(row, counted);
    lanesOfRow = width;
    if (tile.isRuns())
      lanesOfRow = isWhole ? fmt::format("{}", tile.extent * tile.length) : fmt::format("width * {}", length);
    if (!tile.isRuns() && rows != "1" && !sweeps[sweep].empty()) {
      line(fmt::format("const int64_t past = {} % {} * {};", part.first == "0" ? row : fmt::format("({} - {})", row, part.first), rows,
                       width));
      laneText = "past + w";
    }
  }
  declareRows(sweep, roots, stores);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

void TilesWriter::emitSweep(kernel::SweepOp sweep, bool isFirst) {
  const std::vector<Accumulator> &accumulators = sweeps[sweep];
  if (accumulators.empty()) {
    emitStores(sweep, isFirst);
    return;
  }
  for (const Accumulator &a : accumulators)
    line(threading == Threading::shared
             ? fmt::format("TileTotal<{}> {}(mine, {}.get(), {}, {});", a.kind, a.total, a.parts, groupName, width)
             : fmt::format("TileTree<{}> {}({}, {});", a.kind, a.total, a.parts, width));
  openChunks(/*backwards=*/false);
  emitHead(sweep);
  for (const Accumulator &a : accumulators)
    declareLanes(a, fmt::format("{}", tile.sumLanes));
  openPoints(chunks->chunk(), sweep, rows, rootsOf(sweep));
  openLanes();
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (Accumulator a : accumulators) {
      if (a.isShifted())
        a.shift += "[w]";
      accumulate(a, laneText);
    }
    for (kernel::StoreOp store : storesOf(sweep))
      line(fmt::format("{}[w] = {};", rowOf.lookup(kernel.getResult(store.getResult())), stored(store)));
  });
  close();
  close();
  const Count &points = chunks->chunk().points;
  if (points.number < 0)
    line(fmt::format("const double points = double({});", points.text));
  for (const Accumulator &a : accumulators)
    finishChunk(a);
  closeChunks();
  if (threading == Threading::shared)
    line("mine.wait();");
  for (const Accumulator &a : accumulators)
    bindResults(a);
}

std::string TilesWriter::foldText(const std::string &lane, Monoid monoid) {
  return tile.isRuns() ? fmt::format("fold_runs<{}>({}, {}{});", length, lane, width, combineArgument(monoid))
                       : fmt::format("fold_rows({}, {}, {}{});", lane, rows, width, combineArgument(monoid));
}

/// Of sums about a shift: with q = s1 / n, mean = shift + q, squares = s2 - s1 q
void TilesWriter::finishChunk(const Accumulator &a) {
  if (tile.isRuns() || rows != "1") {
    line(foldText(a.lane, a.monoid));
    if (!a.second.empty())
      line(foldText(a.second, a.monoid));
  }
  const Count &number = chunks->chunk().points;
  const std::string points = number.number < 0 ? "points" : number.text + ".0";
  const std::string parts = locals.unique(a.base + "_here");
  line(fmt::format("double *{} = {}.next();", parts, a.total));
  open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
  if (a.isShifted()) {
    line(fmt::format("const double q = double({}[g]) / {};", a.lane, points));
    line(fmt::format("{}[g] = double({}[{}]) + q;", parts, a.shift, tile.isRuns() ? fmt::format("g * {}", length) : "g"));
    line(fmt::format("{}[{} + g] = {};", parts, width,
                     a.second.empty() ? "0.0"
                                      : fmt::format("std::max(std::fma(-double({}[g]), q, double({}[g])), 0.0)", a.lane, a.second)));
  } else {
    line(fmt::format("{}[g] = double({}[g]);", parts, a.lane));
  }
  close();
  line(fmt::format("{}.add({}{});", a.total, threading == Threading::shared ? "c, " : "", points));
}

void TilesWriter::bindResults(const Accumulator &a) {
  line(fmt::format("{}double *{} = {}.{}();", chunks->mayBeEmpty() ? "" : "const ", a.base, a.total,
                   threading == Threading::shared ? "get" : "total"));
  groupArrays[a.result] = a.base;
  pending.push_back(a.result);
  if (chunks->mayBeEmpty()) {
    line(fmt::format("if ({} == 0)", chunks->count().text));
    line(fmt::format("  std::fill_n({}, {}, {});", a.base, width, ofNothing(a)));
  }
  if (a.monoid != Monoid::moments)
    return;
  Value second = a.result.getDefiningOp()->getResult(cast<OpResult>(a.result).getResultNumber() + 1);
  if (second.use_empty())
    return;
  const std::string name = locals.unique(a.base + "_m2");
  line(fmt::format("{}double *{} = {} + {};", chunks->mayBeEmpty() ? "" : "const ", name, a.base, width));
  groupArrays[second] = name;
  pending.push_back(second);
  if (chunks->mayBeEmpty()) {
    line(fmt::format("if ({} == 0)", chunks->count().text));
    line(fmt::format("  std::fill_n({}, {}, 0.0);", name, width));
  }
}

void TilesWriter::emitHead(kernel::SweepOp sweep) {
  const std::vector<Accumulator> &accumulators = sweeps[sweep];
  SmallVector<Value> terms;
  SmallVector<std::string> sums;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) {
      terms.push_back(a.term);
      sums.push_back(a.shift);
    }
  if (terms.empty())
    return;
  for (const std::string &place : chunks->placeOfHead())
    line(place);
  for (auto [term, sum] : llvm::zip(terms, sums))
    line(fmt::format("{} {}[{}] = {{}};", scalarName(term.getType()), sum, tile.sumLanes));
  openPoints(chunks->head(), sweep, rows, terms, /*stores=*/false);
  // Of a longer run its first 128 points.
  const bool isPart = tile.isRuns() && tile.length > 128;
  if (isPart) {
    open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
    open(fmt::format("for (int64_t w = g * {0}; w < g * {0} + 128; ++w)", length));
  } else {
    openLanes();
  }
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), terms);
    for (auto [term, sum] : llvm::zip(terms, sums))
      line(headTerm(term, fmt::format("{}[{}]", sum, laneText)));
  });
  close();
  if (isPart)
    close();
  close();
  for (const std::string &sum : sums) {
    if (tile.isRuns() || rows != "1")
      line(foldText(sum, Monoid::sum));
    open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
    line(fmt::format("{0}[g] = finite_or_zero({0}[g]);", sum));
    close();
    if (tile.isRuns())
      line(fmt::format("repeat_runs<{}>({}, {});", length, sum, width));
    else if (tile.isFlat && rows != "1")
      line(fmt::format("repeat_rows({}, {}, {});", sum, rows, width));
  }
}

//===----------------------------------------------------------------------===//
// Stores
//===----------------------------------------------------------------------===//

void TilesWriter::emitStores(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<kernel::StoreOp> stores = storesOf(sweep);
  if (stores.empty())
    return;
  openChunks(/*backwards=*/!isFirst);
  openPoints(chunks->chunk(), sweep, laneRowsText(), rootsOf(sweep));
  SmallVector<std::string> blocks;
  for (kernel::StoreOp store : stores) {
    Value tensor = kernel.getResult(store.getResult());
    blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
    line(fmt::format("{} {}[{}];", storageName(elementOf(tensor)), blocks.back(), tile.lanes));
  }
  openLanes();
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (auto [store, block] : llvm::zip(stores, blocks))
      line(fmt::format("{}[w] = {};", block, stored(store)));
  });
  close();
  for (auto [store, block] : llvm::zip(stores, blocks))
    line(fmt::format("put({}, {}, {}, {});", rowOf.lookup(kernel.getResult(store.getResult())), block, lanesOfRow, stream));
  // The next tile of short runs lies right after this one in each row.
  if (tile.isRuns() && !isWhole && !isFirst && !counted.empty()) {
    SmallVector<int64_t> factors{2 * tile.width * bytesPerPoint()};
    for (unsigned axis : reduced)
      llvm::append_range(factors, extentsOf(kernel, joined[axis]));
    open(fmt::format("if ({} && {} <= {})", hasNextGroup(), code.product(factors),
                     threading == Threading::shared ? "mine.cache" : "l2_bytes"));
    for (Value tensor : tensorsLoadedIn(sweep, rootsOf(sweep)))
      line(fmt::format("prefetch({0} + {1}, {1});", rowOf.lookup(tensor), lanesOfRow));
    close();
  }
  close();
  closeChunks();
}

} // namespace normc::cpp
