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

void RunsWriter::emitSweep(kernel::SweepOp sweep, bool isFirst) {
  ArrayRef<Accumulator> accumulators = sweeps[sweep];
  if (accumulators.empty() && (!hasRiders(sweep) || !storesOf(sweep).empty())) {
    emitStores(sweep, isFirst);
    return;
  }
  for (const Accumulator &a : accumulators) {
    if (chunks->isSingle())
      break;
    line(threading == Threading::shared ? fmt::format("Total<{}> {}(mine, {}{}, {});", a.kind, a.total, a.parts,
                                                      onHeap.contains(a.parts) ? ".get()" : "", groupName)
                                        : fmt::format("Tree<{}> {};", a.kind, a.total));
  }
  openChunksOf(runTensors(sweep, rootsOf(sweep), true), /*backwards=*/false);
  emitHead(sweep);
  for (const Accumulator &a : accumulators)
    declareLanes(a, lanesText());
  openRuns(chunks->chunk(), runTensors(sweep, rootsOf(sweep), true));
  const bool storesWithin = hasRiders(sweep) || !storesOf(sweep).empty() ||
                            (keepsOnHeap && !sweep.getBody().front().getOps<kernel::KeepOp>().empty());
  const bool fetches = sweep == fetchingSweep();
  if (fetches) {
    open("const auto fetch = [&](int64_t k, int64_t size)");
    emitFetches(sweep, "k", "size");
    close("};");
  }
  open(eachText(chunks->chunk(), storesWithin, strideText(), fetches));
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (const Accumulator &a : accumulators)
      accumulate(a, "l");
    emitRiders(sweep);
    for (kernel::StoreOp store : storesOf(sweep))
      line(fmt::format("{}[k] = {};", runs.lookup(kernel.getResult(store.getResult())), stored(store)));
  });
  close("});");
  closeRuns();
  if (!chunks->isSingle())
    for (const Accumulator &a : accumulators)
      line(fmt::format("{}.add({}{});", a.total, threading == Threading::shared ? "c, " : "", foldedText(a)));
  closeChunks();
  if (threading == Threading::shared)
    line("mine.wait();");
  bindResults(accumulators);
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

void RunsWriter::bindResults(ArrayRef<Accumulator> accumulators) {
  for (const Accumulator &a : accumulators) {
    const char *get = threading == Threading::shared ? "get" : "total";
    if (chunks->isSingle() && !a.isShifted()) {
      line(fmt::format("const double {} = double(fold<{}>({}{}));", a.base, lanesText(), a.lane, combineArgument(a.monoid)));
      code.bind(a.result, a.base);
      continue;
    }
    const std::string whole = chunks->isSingle() ? foldedText(a) : fmt::format("{}.{}()", a.total, get);
    const std::string condition = chunks->mayBeEmpty() ? chunks->count().text + " > 0 ? " : "";
    if (a.monoid == Monoid::moments) {
      line(fmt::format("const Moments {} = {}{}{};", a.base, condition, whole,
                       condition.empty() ? "" : fmt::format(" : Moments{{0.0, {}, 0.0}}", ofNothing(a))));
      code.bind(a.result, a.base + ".mean");
      code.bind(a.result.getDefiningOp()->getResult(cast<OpResult>(a.result).getResultNumber() + 1), a.base + ".m2");
      continue;
    }
    line(fmt::format("const double {} = {}{}.{}{};", a.base, condition, whole, a.isShifted() ? "mean" : "value",
                     condition.empty() ? "" : " : " + ofNothing(a)));
    code.bind(a.result, a.base);
  }
}

void RunsWriter::emitHead(kernel::SweepOp sweep) {
  ArrayRef<Accumulator> accumulators = sweeps[sweep];
  if (llvm::none_of(accumulators, [](const Accumulator &a) { return a.isShifted(); }))
    return;
  for (const std::string &place : chunks->placeOfHead())
    line(place);
  SmallVector<Value> terms;
  SmallVector<std::string> sums;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) {
      terms.push_back(a.term);
      sums.push_back(locals.unique(a.base + "_head"));
      line(fmt::format("{} {}[128] = {{}};", a.type, sums.back()));
    }
  openRuns(chunks->head(), runTensors(sweep, terms, false));
  open(eachText(chunks->head(), /*storesWithin=*/false, "128"));
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), terms);
    for (auto [term, sum] : llvm::zip(terms, sums))
      line(headTerm(term, sum + "[l]"));
  }, /*stores=*/false);
  close("});");
  closeRuns();
  // A shift that is not finite would make NaN of an infinite mean.
  size_t next = 0;
  for (const Accumulator &a : accumulators)
    if (a.isShifted())
      line(fmt::format("const {} {} = finite_or_zero(fold<128>({}));", a.type, a.shift, sums[next++]));
}

void RunsWriter::emitStores(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<kernel::StoreOp> stores = storesOf(sweep);
  if (stores.empty())
    return;
  // What is not all near is near where the last sweep ended.
  openChunksOf(runTensors(sweep, rootsOf(sweep), true), /*backwards=*/!isFirst && !isResident(kernel));
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
  if (sweep == fetchingSweep())
    emitFetches(sweep, "from", "size");
  close();
  closeRuns();
  closeChunks();
}

} // namespace normc::cpp
