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
  for (const Accumulator &a : accumulators)
    if (riders.empty())
      line(fmt::format("Total<{}> {}({}, split, mine, {});", a.kind, a.total, a.parts, groupName));
    else
      line(fmt::format("Tree<{}> {};", a.kind, a.total));
  open(chunkLoop(/*backwards=*/false));
  const size_t place = declare("const Chunk chunk = order.chunk(c);");
  emitHead(sweep);
  for (const Accumulator &a : accumulators) {
    const std::string lanes = lanesText();
    if (a.monoid == Monoid::max || a.monoid == Monoid::min) {
      line(fmt::format("{} {}[{}];", a.type, a.lane, lanes));
      line(fmt::format("std::fill_n({}, {}, {}std::numeric_limits<{}>::infinity());", a.lane, lanes,
                       a.monoid == Monoid::max ? "-" : "", a.type));
    } else {
      line(fmt::format("{} {}[{}] = {{}}{};", a.type, a.lane, lanes,
                       a.second.empty() ? "" : fmt::format(", {}[{}] = {{}}", a.second, lanes)));
    }
  }
  openRuns("chunk", runTensors(sweep, rootsOf(sweep), true));
  const bool fetches = sweep == fetchingSweep();
  if (fetches) {
    open("const auto fetch = [&](int64_t k, int64_t points)");
    emitFetches(sweep, "k", "points");
    close("};");
  }
  open(fmt::format("each({}, {}, {}, {}[&](int64_t k, int64_t l)", beginText("chunk"), endText("chunk"), strideText(),
                   fetches ? "fetch, " : ""));
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
  for (const Accumulator &a : accumulators) {
    std::string folded = fmt::format("fold<{}>({}, {})", lanesText(), a.lane, combineName(a.monoid));
    if (a.isShifted())
      folded = fmt::format("moments(double(chunk.points()), {}, {}, {})", a.shift, folded,
                           a.second.empty() ? "0.0" : fmt::format("fold<{}>({}, Plus())", lanesText(), a.second));
    else
      folded = fmt::format("{}{{{}}}", a.kind, folded);
    line(fmt::format("{}.add({}{});", a.total, riders.empty() ? "c, " : "", folded));
  }
  dropUnused(place, "chunk");
  close();
  if (riders.empty())
    line("mine.wait();");
  bindResults(accumulators);
}

void RunsWriter::bindResults(ArrayRef<Accumulator> accumulators) {
  const char *get = riders.empty() ? "get" : "total";
  for (const Accumulator &a : accumulators) {
    if (a.isShifted()) {
      const bool isPair = a.monoid == Monoid::moments;
      if (isPair) {
        line(fmt::format("const Moments {} = {}.{}();", a.base, a.total, get));
        code.bind(a.result, a.base + ".mean");
        code.bind(a.result.getDefiningOp()->getResult(cast<OpResult>(a.result).getResultNumber() + 1), a.base + ".m2");
        continue;
      }
      line(fmt::format("const double {} = {}.{}().mean;", a.base, a.total, get));
    } else {
      line(fmt::format("const double {} = {}.{}().value;", a.base, a.total, get));
    }
    code.bind(a.result, a.base);
  }
}

void RunsWriter::emitHead(kernel::SweepOp sweep) {
  ArrayRef<Accumulator> accumulators = sweeps[sweep];
  if (llvm::none_of(accumulators, [](const Accumulator &a) { return a.isShifted(); }))
    return;
  line("const Chunk head = order.head_of(chunk);");
  SmallVector<Value> terms;
  SmallVector<std::string> sums;
  for (const Accumulator &a : accumulators)
    if (a.isShifted()) {
      terms.push_back(a.term);
      sums.push_back(locals.unique(a.base + "_head"));
      line(fmt::format("{} {}[128] = {{}};", a.type, sums.back()));
    }
  openRuns("head", runTensors(sweep, terms, false));
  const std::string end = length >= 0 && length <= 2048 ? fmt::format("{}", std::min<int64_t>(length, 128)) : "head.end";
  open(fmt::format("each({}, {}, 128, [&](int64_t k, int64_t l)", beginText("head"), end));
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), terms);
    for (auto [term, sum] : llvm::zip(terms, sums)) {
      std::string type = scalarName(term.getType());
      line(fmt::format("{0}[l] = std::fma({1}, {2}(1) / {2}(head.points()), {0}[l]);", sum, code.build(term).text, type));
    }
  }, /*stores=*/false);
  close("});");
  closeRuns();
  size_t next = 0;
  for (const Accumulator &a : accumulators)
    if (a.isShifted())
      line(fmt::format("const {} {} = finite_or_zero(fold<128>({}, Plus()));", a.type, a.shift, sums[next++]));
}

void RunsWriter::emitStores(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<kernel::StoreOp> stores = storesOf(sweep);
  if (stores.empty())
    return;
  // What is not all near is near where the last sweep ended.
  open(chunkLoop(/*backwards=*/!isFirst && !isResident(kernel)));
  const size_t place = declare("const Chunk chunk = order.chunk(c);");
  openRuns("chunk", runTensors(sweep, rootsOf(sweep), true));
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
    dropUnused(place, "chunk.");
    close();
    return;
  }
  open(fmt::format("for (Block block({}, {}, {}); block.size > 0; block.next())", runs.lookup(leader), beginText("chunk"),
                   endText("chunk")));
  SmallVector<std::string> blocks;
  for (kernel::StoreOp store : stores) {
    Value tensor = kernel.getResult(store.getResult());
    blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
    line(fmt::format("{} {}[128];", storageName(elementOf(tensor)), blocks.back()));
  }
  open("for (int64_t l = 0; l < block.size; ++l)");
  line("const int64_t k = block.begin + l;");
  atPoint("k", sweep, [&] {
    defineNeeded(sweep.getBody().front(), rootsOf(sweep));
    for (auto [store, block] : llvm::zip(stores, blocks))
      line(fmt::format("{}[l] = {};", block, stored(store)));
    emitRiders(sweep);
  });
  close();
  for (auto [store, block] : llvm::zip(stores, blocks))
    line(fmt::format("put({} + block.begin, {}, block.size, stream);", runOf(store), block));
  if (sweep == fetchingSweep())
    emitFetches(sweep, "block.begin", "block.size");
  close();
  closeRuns();
  dropUnused(place, "chunk.");
  close();
}

} // namespace normc::cpp
