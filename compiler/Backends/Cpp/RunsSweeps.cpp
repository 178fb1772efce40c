//===- RunsSweeps.cpp - sweeps over a group -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/RunsWriter.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::cpp {

/// Points of a piece of a long run.
static constexpr int64_t pieceLength = 2048;

void RunsWriter::emitSweep(kernel::SweepOp sweep, bool isFirst) {
  const Sums &sums = sweeps[sweep];
  if (sums.accumulators.empty()) {
    if (hasRiders(sweep) && storesOf(sweep).empty())
      emitVisit(sweep, isFirst);
    else
      emitStores(sweep, isFirst);
    return;
  }
  openSums(sums);
  placeRuns(runTensors(sweep, rootsOf(sweep), true));
  emitHead(sweep);
  for (const Accumulator &a : sums.accumulators)
    declareLanes(a, lanesText());
  emitPoints(sweep, isFirst);
  if (!chunks->isSingle())
    for (const Accumulator &a : sums.accumulators)
      line(fmt::format("{} = {};", sums.member(a, "here"), foldedText(a)));
  closeSums(sums);
  bindResults(sums);
}

/// A sweep of which only riders sum anything.
void RunsWriter::emitVisit(kernel::SweepOp sweep, bool isFirst) {
  openChunks();
  placeRuns(runTensors(sweep, rootsOf(sweep), true));
  emitPoints(sweep, isFirst);
  closeChunks();
}

void RunsWriter::emitPoints(kernel::SweepOp sweep, bool isFirst) {
  openRuns(chunks->chunk(), runTensors(sweep, rootsOf(sweep), true));
  const bool storesWithin = hasRiders(sweep) || !storesOf(sweep).empty() ||
                            (keepsOnHeap && !sweep.getBody().front().getOps<kernel::KeepOp>().empty());
  const size_t visit = openVisit(eachText(chunks->chunk(), storesWithin, strideText()));
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (const Accumulator &a : sweeps[sweep].accumulators)
      accumulate(a, "l");
    emitRiders(sweep);
    for (kernel::StoreOp store : storesOf(sweep))
      line(fmt::format("{}[k] = {};", runs.lookup(kernel.getResult(store.getResult())), stored(store)));
  });
  const bool fetches = sweep == fetchingSweep() || !fetchedAhead(sweep, isFirst).empty();
  closeVisit(visit, fetches);
  if (fetches) {
    emitFetches(sweep, isFirst, "k");
    close("});");
  }
  closeRuns();
}

std::string RunsWriter::foldedText(const Accumulator &a) {
  const std::string folded = fmt::format("fold<{}>({}{})", lanesText(), a.lane, combineArgument(a.monoid));
  if (!a.isShifted())
    return fmt::format("{}{{{}}}", a.kind, folded);
  const std::string squares = a.second.empty() ? "0.0" : fmt::format("fold<{}>({})", lanesText(), a.second);
  const Count &points = chunks->chunk().points;
  return fmt::format("moments({}, {}, {}, {})", points.number < 0 ? "double(" + points.text + ")" : points.text + ".0", a.shift, folded,
                     squares);
}

void RunsWriter::bindResults(const Sums &sums) {
  for (const Accumulator &a : sums.accumulators) {
    if (!chunks->isSingle()) {
      const std::string result = sums.member(a, sums.name);
      code.bind(a.result, fmt::format("{}.{}", result, a.isShifted() ? "mean" : "value"));
      if (a.monoid == Monoid::moments)
        code.bind(secondResult(a), result + ".m2");
      continue;
    }
    if (a.isShifted()) {
      line(fmt::format("const Moments {} = {};", a.base, foldedText(a)));
      code.bind(a.result, a.base + ".mean");
      if (a.monoid == Monoid::moments)
        code.bind(secondResult(a), a.base + ".m2");
      continue;
    }
    line(fmt::format("const double {} = double(fold<{}>({}{}));", a.base, lanesText(), a.lane, combineArgument(a.monoid)));
    code.bind(a.result, a.base);
  }
}

void RunsWriter::emitHead(kernel::SweepOp sweep) {
  ArrayRef<Accumulator> accumulators = sweeps[sweep].accumulators;
  if (llvm::none_of(accumulators, [](const Accumulator &a) { return a.isShifted(); }))
    return;
  SmallVector<Value> terms;
  SmallVector<std::string> sums;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) {
      terms.push_back(a.term);
      sums.push_back(locals.unique(a.base + "_head"));
      line(fmt::format("{} {}[{}] = {{}};", a.type, sums.back(), headLanesText()));
    }
  openRuns(chunks->head(), runTensors(sweep, terms, false));
  // As the other points are, so that there is one way to visit them.
  const bool isApart = !isBlock(strideText());
  const size_t visit = openVisit(eachText(chunks->head(), isApart, headLanesText()));
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), terms);
    for (auto [term, sum] : llvm::zip(terms, sums))
      line(headTerm(term, sum + "[l]"));
  }, /*stores=*/false);
  closeVisit(visit);
  closeRuns();
  size_t next = 0;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) { // an infinite shift would make NaN of an infinite mean
      const std::string head = locals.unique(a.base + "_first");
      line(fmt::format("const {0} {1} = fold<{2}>({3}), {4} = std::isfinite({1}) ? {1} : 0;", a.type, head, headLanesText(), sums[next++],
                       a.shift));
    }
}

void RunsWriter::emitStores(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<kernel::StoreOp> stores = storesOf(sweep);
  if (stores.empty())
    return;
  // What is not all near is near where the last sweep ended.
  openChunks(isFirst || isResident(kernel) ? 0 : pieceLength);
  placeRuns(runTensors(sweep, rootsOf(sweep), true));
  const Chunks::Part &chunk = chunks->chunk();
  openRuns(chunk, runTensors(sweep, rootsOf(sweep), true));
  Value leader = kernel.getResult(stores.front().getResult());
  auto runOf = [&](kernel::StoreOp store) { return runs.lookup(kernel.getResult(store.getResult())); };
  if (reduced.empty()) { // a single point
    atPoint("0", sweep, [&] {
      defineNeeded(sweep.getBody().front(), rootsOf(sweep));
      for (kernel::StoreOp store : stores) {
        Value tensor = kernel.getResult(store.getResult());
        line(fmt::format("{}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
      }
    });
    closeRuns();
    closeChunks();
    return;
  }
  // Blocks end at cache lines of what is written.
  const bool isPiece = chunk.begin != "0";
  const std::string begin = isPiece ? fmt::format("{0} - past_line({1} + {0})", chunk.begin, runs.lookup(leader))
                                    : fmt::format("-past_line({})", runs.lookup(leader));
  open(fmt::format("for (int64_t at = {}; at < {}; at += 128)", begin, chunk.end));
  line(fmt::format("const int64_t from = std::max<int64_t>(at, {}), size = std::min<int64_t>(at + 128, {}) - from;", chunk.begin, chunk.end));
  SmallVector<std::string> blocks;
  for (kernel::StoreOp store : stores) {
    Value tensor = kernel.getResult(store.getResult());
    blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
    line(fmt::format("{} {}[128];", storageName(elementOf(tensor)), blocks.back()));
  }
  open("for (int64_t l = 0; l < size; ++l)");
  line("const int64_t k = from + l;");
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (auto [store, block] : llvm::zip(stores, blocks))
      line(fmt::format("{}[l] = {};", block, stored(store)));
    emitRiders(sweep);
  });
  close();
  for (auto [store, block] : llvm::zip(stores, blocks))
    line(fmt::format("put({} + from, {}, size, {});", runOf(store), block, stream));
  emitFetches(sweep, isFirst, "from");
  close();
  closeRuns();
  closeChunks();
}

} // namespace normc::cpp
