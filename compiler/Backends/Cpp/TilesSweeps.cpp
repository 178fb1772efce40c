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

std::string TilesWriter::elementAt(Value tensor) {
  if (!tile.isPlain)
    return rowOf.lookup(tensor) + "[w]";
  const std::string place = laneIndex == tileIndex ? positionOf(typeOf(tensor)) : positionOf(typeOf(tensor), tile.axis) + " + w";
  return fmt::format("{}[{}]", nameOf(tensor), place);
}

void TilesWriter::declareRows(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores) {
  SmallVector<Value> found = tensorsLoadedIn(sweep, roots);
  if (stores)
    for (kernel::StoreOp store : storesOf(sweep))
      found.push_back(kernel.getResult(store.getResult()));
  for (Value tensor : found) {
    if (!variesAlong(tensor, tile.axis) || tile.isPlain)
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

/// Of `step` rows at once, or fewer in the end.
void TilesWriter::declareLanesOfRows(const Chunks::Part &part, const std::string &row, const std::string &step, bool isUsedOnce) {
  int64_t rowsAtOnce = 0;
  if (isWhole && !StringRef(step).getAsInteger(10, rowsAtOnce) && part.points.number >= 0 && part.points.number % rowsAtOnce == 0) {
    lanesOfRow = fmt::format("{}", rowsAtOnce * tile.extent);
    return;
  }
  lanesOfRow = fmt::format("std::min<int64_t>({}, {} - {}) * {}", step, part.last, row, width);
  if (isUsedOnce)
    return;
  line(fmt::format("const int64_t lanes = {};", lanesOfRow));
  lanesOfRow = "lanes";
}

void TilesWriter::openPoints(const Chunks::Part &part, kernel::SweepOp sweep, const std::string &step, ArrayRef<Value> roots,
                             bool stores) {
  laneIndex = laneText = "w";
  if (tile.isPlain) {
    const std::string row = indexName(joined[counted[0]]);
    open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; {3})", row, part.first, part.last,
                     step == "1" ? "++" + row : fmt::format("{} += {}", row, step)));
    if (step == "1") {
      laneIndex = laneText = tileIndex;
      lanesOfRow = width;
    } else {
      declareLanesOfRows(part, row, step, /*isUsedOnce=*/!stores);
    }
  } else if (tile.isFlat && !tile.isRuns()) {
    const std::string row = counted.empty() ? "row" : indexName(joined[counted[0]]);
    open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; {0} += {3})", row, part.first, part.last, step));
    declareLanesOfRows(part, row, step, /*isUsedOnce=*/!stores);
  } else {
    const std::string row = counted.size() == 1 ? indexName(joined[counted[0]]) : "row";
    open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; ++{0})", row, part.first, part.last));
    declareIndices(row, counted);
    lanesOfRow = width;
    if (tile.isRuns())
      lanesOfRow = isUniform ? fmt::format("{}", (isWhole ? tile.extent : tile.width) * tile.length) : fmt::format("width * {}", length);
    if (!tile.isRuns() && rows != "1" && !sweeps[sweep].accumulators.empty()) {
      line(fmt::format("const int64_t past = {} % {} * {};", part.first == "0" ? row : fmt::format("({} - {})", row, part.first), rows,
                       width));
      laneText = "past + " + laneIndex;
    }
  }
  declareRows(sweep, roots, stores);
}

SmallVector<Value> TilesWriter::fetchedAhead(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<Value> tensors;
  if (readsMemory(isFirst) && counted.size() == 1)
    tensors = tensorsLoadedIn(sweep, rootsOf(sweep));
  llvm::erase_if(tensors, [&](Value tensor) { return !variesAlong(tensor, tile.axis) || !variesAlong(tensor, counted[0]); });
  return tensors;
}

std::string TilesWriter::placeAhead(Value tensor) {
  const std::string row = fmt::format("({} + {})", indexName(joined[counted[0]]), std::max<int64_t>(1, pointsAhead / pointsOfRow()));
  return fmt::format("{} + {}{}", nameOf(tensor), positionOf(typeOf(tensor), counted[0] + 1, row), firstOffset(tensor));
}

void TilesWriter::emitFetches(ArrayRef<Value> tensors, const std::string &from, const std::string &size) {
  for (Value tensor : tensors) {
    open(fmt::format("for (int64_t k = 0; k < {}; k += {})", size, 512 / std::max(8u, elementOf(tensor).getIntOrFloatBitWidth())));
    line(fmt::format("__builtin_prefetch({}{} + k);", placeAhead(tensor), from));
    close();
  }
}

bool TilesWriter::openLanes(ArrayRef<Value> fetched) {
  if (!fetched.empty() && pointsOfRow() >= pointsAhead) {
    open(fmt::format("each(0, {}, [&](int64_t {}, int64_t)", lanesOfRow, laneIndex));
    return true;
  }
  emitFetches(fetched, "", lanesOfRow);
  open(fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", laneIndex, lanesOfRow));
  return false;
}

void TilesWriter::closeLanes(ArrayRef<Value> fetched, bool isVisit) {
  if (isVisit) {
    closeToFetch();
    for (Value tensor : fetched)
      line(fmt::format("prefetch({} + k, size);", placeAhead(tensor)));
  }
  close(isVisit ? "});" : "}");
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

void TilesWriter::emitSweep(kernel::SweepOp sweep, bool isFirst) {
  const Sums &sums = sweeps[sweep];
  if (sums.accumulators.empty()) {
    emitStores(sweep, isFirst);
    return;
  }
  if (chunks->isSingle())
    line(fmt::format("{} {};", sums.type, sums.name));
  openSums(sums);
  for (const Accumulator &a : sums.accumulators)
    declareLanes(a, fmt::format("{}", tile.sumLanes), /*withShift=*/true);
  emitHead(sweep);
  openPoints(chunks->chunk(), sweep, rows, rootsOf(sweep));
  const SmallVector<Value> fetched = fetchedAhead(sweep, isFirst);
  const bool isVisit = openLanes(fetched);
  atPoint(sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (Accumulator a : sums.accumulators) {
      if (a.isShifted())
        a.shift += fmt::format("[{}]", laneIndex);
      accumulate(a, laneText);
    }
    for (kernel::StoreOp store : storesOf(sweep))
      line(fmt::format("{} = {};", elementAt(kernel.getResult(store.getResult())), stored(store)));
  });
  closeLanes(fetched, isVisit);
  if (tile.isPlain && rows == "1" && fetched.empty())
    line("__asm__ volatile(\"\"); // or GCC reads two rows at once, which takes longer");
  close();
  finishChunk(sums);
  closeSums(sums);
  bindResults(sums);
}

void TilesWriter::foldLanes(const std::string &lane, Monoid monoid) {
  if (tile.isRuns())
    line(fmt::format("fold_runs<{}>({}, {}{});", length, lane, width, combineArgument(monoid)));
  else if (rows != "1" && !isPair())
    line(fmt::format("fold_rows({}, {}, {}{});", lane, rows, width, combineArgument(monoid)));
}

std::string TilesWriter::folded(const std::string &lane, const std::string &g, Monoid monoid) {
  const std::string first = fmt::format("{}[{}]", lane, g), second = fmt::format("{}[{} + {}]", lane, g, width);
  if (!isPair())
    return first;
  if (monoid == Monoid::max || monoid == Monoid::min)
    return fmt::format("{}({}, {})", monoid == Monoid::max ? "greater" : "lesser", first, second);
  return first + " + " + second;
}

/// Of sums about a shift: with q = s1 / n, mean = shift + q, squares = s2 - s1 q
void TilesWriter::finishChunk(const Sums &sums) {
  const Count &number = chunks->chunk().points;
  const bool isOne = sums.accumulators.size() == 1;
  std::string points = number.number < 0 ? fmt::format("double({})", number.text) : number.text + ".0";
  if (number.number < 0 && !isOne && llvm::any_of(sums.accumulators, [](const Accumulator &a) { return a.isShifted(); })) {
    line(fmt::format("const double points = {};", points));
    points = "points";
  }
  for (const Accumulator &a : sums.accumulators) {
    foldLanes(a.lane, a.monoid);
    if (!a.second.empty())
      foldLanes(a.second, a.monoid);
  }
  const std::string g = isWhole && !tile.isRuns() ? tileIndex : "g";
  for (const Accumulator &a : sums.accumulators) {
    const std::string here = sums.member(a, hereOf(sums));
    if (!isUniform)
      line(fmt::format("{}.width = width;", here));
    if (a.isShifted())
      line(fmt::format("{}.n = {};", here, points));
    if (number.number < 0 && isOne)
      points = here + ".n";
  }
  open(fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", g, width));
  for (const Accumulator &a : sums.accumulators) {
    const std::string here = sums.member(a, hereOf(sums)), total = fmt::format("double({})", folded(a.lane, g, a.monoid));
    if (!a.isShifted()) {
      line(fmt::format("{}.value[{}] = {};", here, g, total));
      continue;
    }
    const std::string of = isOne ? "" : a.base + "_", s = of + "s", q = of + "q";
    line(fmt::format("const double {} = {}, {} = {} / {};", s, total, q, s, points));
    line(fmt::format("{}.mean[{}] = double({}[{}]) + {};", here, g, a.shift, tile.isRuns() ? fmt::format("g * {}", length) : g, q));
    std::string squares = "0.0";
    if (!a.second.empty())
      squares = fmt::format("std::max(std::fma(-{}, {}, double({})), 0.0)", s, q, folded(a.second, g, a.monoid));
    if (chunks->mayBeEmpty() && !a.second.empty())
      squares = fmt::format("{} > 0.0 ? {} : 0.0", points, squares);
    line(fmt::format("{}.m2[{}] = {};", here, g, squares));
  }
  close();
}

void TilesWriter::bindResults(const Sums &sums) {
  for (const Accumulator &a : sums.accumulators) {
    const std::string result = sums.member(a, sums.name);
    groupArrays[a.result] = result + (a.isShifted() ? ".mean" : ".value");
    pending.push_back(a.result);
    if (a.monoid == Monoid::moments && !secondResult(a).use_empty()) {
      groupArrays[secondResult(a)] = result + ".m2";
      pending.push_back(secondResult(a));
    }
  }
}

void TilesWriter::emitHead(kernel::SweepOp sweep) {
  const std::vector<Accumulator> &accumulators = sweeps[sweep].accumulators;
  SmallVector<Value> terms;
  SmallVector<std::string> sums;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) {
      terms.push_back(a.term);
      sums.push_back(a.shift);
    }
  if (terms.empty())
    return;
  openPoints(chunks->head(), sweep, rows, terms, /*stores=*/false);
  // Of a longer run its first 128 points.
  const bool isPart = tile.isRuns() && tile.length > 128;
  if (isPart) {
    open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
    open(fmt::format("for (int64_t w = g * {0}; w < g * {0} + 128; ++w)", length));
  } else {
    openLanes({});
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
    foldLanes(sum, Monoid::sum);
    open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width)); // or an infinite mean would be NaN
    std::string shift = sum + "[g]", to = shift + " = ";
    if (isPair()) {
      shift = "shift";
      line(fmt::format("const {} shift = {};", scalarName(terms.front().getType()), folded(sum, "g", Monoid::sum)));
      if (tile.isFlat)
        to += fmt::format("{}[g + {}] = ", sum, width);
    }
    line(fmt::format("{0}std::isfinite({1}) ? {1} : 0;", to, shift));
    close();
    if (tile.isRuns())
      line(fmt::format("repeat_runs<{}>({}, {});", length, sum, width));
    else if (tile.isFlat && !isPair())
      repeatRows(sum, rows);
  }
}

} // namespace normc::cpp
