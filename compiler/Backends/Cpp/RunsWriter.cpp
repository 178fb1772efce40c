//===- RunsWriter.cpp - a group at a time --------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepWriter.h"

#include <fmt/format.h>
#include <map>

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::cpp {

namespace {

/// The last axis is reduced: the points of a group are runs, which are summed in 128 lanes (256 for runs of 129 to 256).
class RunsWriter : public SweepWriter {
public:
  RunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) : SweepWriter(kernel, tensors) {
    if (!reduced.empty()) {
      inner = reduced.back();
      outer.assign(reduced.begin(), reduced.end() - 1);
      length = staticExtent(kernel, joined[inner]);
    }
  }

private:
  void emitBody() override {
    const std::string groups = productText(parallel);
    line(fmt::format("const Order order = order_of_runs({}, {});", productText(outer), lengthText()));
    line(fmt::format("const Split split(threads, {}, order.chunks, {} * {});", groups, productText(reduced), bytesPerPoint()));
    for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
      for (Accumulator &accumulator : sweeps[sweep] = accumulatorsOf(sweep)) {
        code.helpers.insert(Helper::tree);
        line(fmt::format("Parts<{}> {};", accumulator.kind, accumulator.parts));
      }
    declareStream();
    line("#pragma omp parallel num_threads(split.threads)");
    openBlock();
    line("const Rounding rounding;");
    line("const Share mine(split);");
    const std::string group = parallel.size() == 1 ? indexName(joined[parallel[0]]) : "group";
    groupName = group;
    open(fmt::format("for (int64_t {0} = mine.first_group; {0} < mine.last_group; ++{0})", group));
    declareIndices(group, parallel);
    if (outer.empty())
      declareRuns(runTensors());
    bool isFirst = true;
    for (Operation &op : kernel.getBody().front()) {
      if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
        emitSweep(sweep, isFirst);
        isFirst = false;
      } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        line("if (mine.leads)");
        Value tensor = kernel.getResult(store.getResult());
        line(fmt::format("  {}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
      } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
        define(op.getResult(0));
      }
    }
    close();
    if (code.helpers.count(Helper::streaming))
      line("drain();");
    close();
  }

  std::string lengthText() { return reduced.empty() ? "1" : extentText(joined[inner]); }

  /// Tensors that vary along the runs, read or written.
  SmallVector<Value> runTensors(kernel::SweepOp only = {}) {
    llvm::SetVector<Value> found;
    for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
      if (only && sweep != only)
        continue;
      for (Value tensor : tensorsLoadedIn(sweep))
        found.insert(tensor);
      for (kernel::StoreOp store : storesOf(sweep))
        found.insert(kernel.getResult(store.getResult()));
    }
    SmallVector<Value> running;
    for (Value tensor : found)
      if (!reduced.empty() && variesAlong(tensor, inner))
        running.push_back(tensor);
    return running;
  }

  /// const float *x_run = x + ..: where a run begins.
  void declareRuns(ArrayRef<Value> tensors) {
    for (Value tensor : tensors) {
      const bool isResult = llvm::is_contained(kernel.getTensors(), tensor);
      const std::string position = positionOf(typeOf(tensor), inner);
      if (position == "0") {
        runs[tensor] = nameOf(tensor);
        continue;
      }
      runs[tensor] = locals.unique(nameOf(tensor) + "_run");
      line(fmt::format("{}{} *{} = {} + {};", isResult ? "" : "const ", storageName(elementOf(tensor)), runs[tensor],
                       nameOf(tensor), position));
    }
  }

  /// Opens the loop over the runs of a chunk, and says where they begin.
  void openRuns(const std::string &chunk, kernel::SweepOp sweep) {
    if (outer.empty())
      return;
    open(fmt::format("for (int64_t r = {0}.first; r < {0}.last; ++r)", chunk));
    declareIndices("r", outer);
    declareRuns(runTensors(sweep));
  }
  void closeRuns() {
    if (!outer.empty())
      close();
  }

  /// Within: elements are at `point` of their run.
  template <typename Body>
  void atPoint(const std::string &point, kernel::SweepOp sweep, Body emit) {
    auto bindings = code.bindings();
    auto element = code.element;
    code.element = [this, point, element](Value tensor) {
      return !reduced.empty() && variesAlong(tensor, inner) ? fmt::format("{}[{}]", runs.lookup(tensor), point) : element(tensor);
    };
    for (auto index : sweep.getBody().front().getOps<kernel::IndexOp>())
      if (!reduced.empty() && joined[inner].axes.front() == int64_t(index.getAxis()))
        code.bind(index, point);
    emit();
    code.element = element;
    code.restore(std::move(bindings));
  }

  std::string lanesText() {
    if (length < 0)
      return "256";
    return length > 128 && length <= 256 ? "256" : "128";
  }
  /// Accumulators that a run goes through; arrays have `lanesText` of them.
  std::string strideText() {
    return length < 0 ? fmt::format("order.length > 128 && order.length <= 256 ? 256 : 128") : lanesText();
  }
  /// Where a chunk's part of each run begins and ends.
  std::string beginText(const std::string &chunk) { return length >= 0 && length <= 2048 ? "0" : chunk + ".begin"; }
  std::string endText(const std::string &chunk) {
    return length >= 0 && length <= 2048 ? fmt::format("{}", length) : chunk + ".end";
  }

  void emitSweep(kernel::SweepOp sweep, bool isFirst) {
    ArrayRef<Accumulator> accumulators = sweeps[sweep];
    if (accumulators.empty()) {
      emitStores(sweep, isFirst);
      return;
    }
    for (const Accumulator &a : accumulators)
      line(fmt::format("Total<{}> {}({}, split, mine, {});", a.kind, a.total, a.parts, groupName));
    open("for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)");
    line("const Chunk chunk = order.chunk(c);");
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
    openRuns("chunk", sweep);
    open(fmt::format("each({}, {}, {}, [&](int64_t k, int64_t l)", beginText("chunk"), endText("chunk"), strideText()));
    atPoint("k", sweep, [&] {
      defineNeeded(sweep.getBody().front(), rootsOf(sweep));
      for (const Accumulator &a : accumulators)
        accumulate(a, "l");
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
      line(fmt::format("{}.add(c, {});", a.total, folded));
    }
    close();
    line("mine.wait();");
    for (const Accumulator &a : accumulators) {
      if (a.isShifted()) {
        const bool isPair = a.monoid == Monoid::moments;
        if (isPair) {
          line(fmt::format("const Moments {} = {}.get();", a.base, a.total));
          code.bind(a.result, a.base + ".mean");
          code.bind(a.result.getDefiningOp()->getResult(cast<OpResult>(a.result).getResultNumber() + 1), a.base + ".m2");
          continue;
        }
        line(fmt::format("const double {} = {}.get().mean;", a.base, a.total));
      } else {
        line(fmt::format("const double {} = {}.get().value;", a.base, a.total));
      }
      code.bind(a.result, a.base);
    }
  }

  /// What the points of a chunk are compared with: the mean of the first of them.
  void emitHead(kernel::SweepOp sweep) {
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
    openRuns("head", sweep);
    const std::string end = length >= 0 && length <= 2048 ? fmt::format("{}", std::min<int64_t>(length, 128)) : "head.end";
    open(fmt::format("each({}, {}, 128, [&](int64_t k, int64_t l)", beginText("head"), end));
    atPoint("k", sweep, [&] {
      defineNeeded(sweep.getBody().front(), terms);
      for (auto [term, sum] : llvm::zip(terms, sums)) {
        std::string type = scalarName(term.getType());
        line(fmt::format("{0}[l] = std::fma({1}, {2}(1) / {2}(head.points()), {0}[l]);", sum, code.build(term).text, type));
      }
    });
    close("});");
    closeRuns();
    size_t next = 0;
    for (const Accumulator &a : accumulators)
      if (a.isShifted())
        line(fmt::format("const {} {} = finite_or_zero(fold<128>({}, Plus()));", a.type, a.shift, sums[next++]));
  }

  /// A sweep that sums nothing: its stores, block by block, backwards where an earlier sweep has left the last points nearest.
  void emitStores(kernel::SweepOp sweep, bool isFirst) {
    SmallVector<kernel::StoreOp> stores = storesOf(sweep);
    if (stores.empty())
      return;
    open(isFirst ? "for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)"
                 : "for (int64_t c = mine.last_chunk; c-- > mine.first_chunk;)");
    line("const Chunk chunk = order.chunk(c);");
    openRuns("chunk", sweep);
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
      close();
      return;
    }
    open(fmt::format("for (Block block({}, {}, {}); block.size > 0; block.next())", runs.lookup(leader), beginText("chunk"),
                     endText("chunk")));
    SmallVector<std::string> blocks;
    for (kernel::StoreOp store : stores) {
      Value tensor = kernel.getResult(store.getResult());
      blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
      line(fmt::format("{} {}[512];", storageName(elementOf(tensor)), blocks.back()));
    }
    open("for (int64_t l = 0; l < block.size; ++l)");
    line("const int64_t k = block.begin + l;");
    atPoint("k", sweep, [&] {
      defineNeeded(sweep.getBody().front(), rootsOf(sweep));
      for (auto [store, block] : llvm::zip(stores, blocks))
        line(fmt::format("{}[l] = {};", block, stored(store)));
    });
    close();
    for (auto [store, block] : llvm::zip(stores, blocks))
      line(fmt::format("put({} + block.begin, {}, block.size, stream);", runOf(store), block));
    close();
    closeRuns();
    close();
  }

  unsigned inner = 0;          ///< the joined axis of the runs
  SmallVector<unsigned> outer; ///< the other reduced ones, which count runs
  int64_t length = 1;          ///< of a run; -1 where it is not known now
  std::string groupName;
  std::map<Operation *, std::vector<Accumulator>> sweeps;
  DenseMap<Value, std::string> runs; ///< by tensor, where the current run begins
};

} // namespace

std::unique_ptr<KernelWriter> createRunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  return std::make_unique<RunsWriter>(kernel, tensors);
}

} // namespace normc::cpp
