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
    findRiders();
    line(fmt::format("const Order order = order_of_runs({}, {});", productText(outer), lengthText()));
    if (riders.empty())
      line(fmt::format("const Split split(threads, {}, order.chunks, {} * {});", productText(parallel), productText(reduced),
                       bytesPerPoint()));
    else
      declareRiders();
    for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
      for (Accumulator &accumulator : sweeps[sweep] = accumulatorsOf(sweep)) {
        code.helpers.insert(Helper::tree);
        if (!riders.empty())
          continue;
        function.canFail = true;
        line(fmt::format("Parts<{}> {}(split);", accumulator.kind, accumulator.parts));
        line(fmt::format("if (!{}.ready())", accumulator.parts));
        line("  return false;");
      }
    kernel.walk([&](kernel::KeepOp keep) {
      function.canFail = true;
      kept[keep.getSlot()] = scalarName(keep.getValue().getType());
    });
    for (auto &[slot, type] : kept) {
      line(fmt::format("Buffer<{}> all_kept_{}(split.threads * {});", type, slot, productText(reduced)));
      line(fmt::format("if (!all_kept_{})", slot));
      line("  return false;");
    }
    declareStream();
    line("NORMC_OMP(parallel num_threads(split.threads))");
    openBlock();
    line("const Rounding rounding;");
    line("const Share mine(split);");
    for (auto &[slot, type] : kept)
      line(fmt::format("{0} *const kept_{1} = all_kept_{1}.get() + omp_get_thread_num() * {2};", type, slot, productText(reduced)));
    groupName = parallel.size() == 1 ? indexName(joined[parallel[0]]) : "group";
    if (riders.empty()) {
      open(fmt::format("for (int64_t {0} = mine.first_group; {0} < mine.last_group; ++{0})", groupName));
      emitGroup();
      close();
    } else {
      emitRows();
    }
    if (code.helpers.count(Helper::streaming))
      line("drain();");
    close();
    if (function.canFail)
      line("return true;");
  }

  /// All that is done for one group.
  void emitGroup() {
    declareIndices(groupName, parallel);
    if (outer.empty())
      declareRuns(allRunTensors());
    if (prefetches())
      line(fmt::format("const bool ahead = {} + 1 < mine.last_group && {} * {} <= mine.cache;", groupName,
                       productText(reduced), 2 * bytesPerPoint()));
    bool isFirst = true;
    for (Operation &op : kernel.getBody().front()) {
      if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
        emitSweep(sweep, isFirst);
        isFirst = false;
      } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        if (riders.empty())
          line("if (mine.leads)");
        Value tensor = kernel.getResult(store.getResult());
        line(fmt::format("{}{}[{}] = {};", riders.empty() ? "  " : "", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
      } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
        define(op.getResult(0));
      }
    }
  }

  /// Whether the last sweep, which stores, fetches the next group meanwhile.
  bool prefetches() {
    auto swept = llvm::to_vector(kernel.getBody().getOps<kernel::SweepOp>());
    return riders.empty() && swept.size() > 1 && !reduced.empty() && !parallel.empty() && swept.back().getMonoids().empty() &&
           !storesOf(swept.back()).empty() && inner > 0 && joined[inner - 1].isParallel;
  }

  //===--------------------------------------------------------------------===//
  // Sums over the groups, which ride along: the groups are rows, the points of a group columns
  //===--------------------------------------------------------------------===//

  struct Rider {
    kernel::AccumulateOp op;
    std::string base, lane, type;
  };

  void findRiders() {
    kernel.walk([&](kernel::AccumulateOp op) {
      const std::string base = nameOf(kernel.getResult(op.getResult()));
      riders.push_back({op, base, locals.unique(base + "_lane"), scalarName(op.getValue().getType())});
    });
  }

  void declareRiders() {
    function.canFail = true;
    code.helpers.insert({Helper::lanes, Helper::sum, Helper::tree, Helper::tiles});
    columns = productText(reduced);
    line(fmt::format("const Order rows = order_of_columns({}, {});", productText(parallel), columns));
    line(fmt::format("const int64_t lanes = rows_of_lanes({});", columns));
    line(fmt::format("const Split split(threads, 1, rows.chunks, {} * {} * {});", productText(parallel), columns, bytesPerPoint()));
    for (const Rider &rider : riders) {
      line(fmt::format("TileParts<Sum> {}_parts(split, {});", rider.base, columns));
      line(fmt::format("Buffer<{}> {}s(split.threads * lanes * {});", rider.type, rider.lane, columns));
      line(fmt::format("if (!{0}_parts.ready() || !{1}s)", rider.base, rider.lane));
      line("  return false;");
    }
  }

  /// Whole chunks of rows, so that the order of the sums over them is the same for any number of threads.
  void emitRows() {
    open("for (int64_t whole = mine.first_group; whole < mine.last_group; ++whole)");
    for (const Rider &rider : riders) {
      line(fmt::format("TileTotal<Sum> {0}_total({0}_parts, split, mine, rows, whole, {1});", rider.base, columns));
      line(fmt::format("{} *const {} = {}s.get() + omp_get_thread_num() * lanes * {};", rider.type, rider.lane, rider.lane, columns));
    }
    open("for (int64_t some = mine.first_chunk; some < mine.last_chunk; ++some)");
    line("const Chunk block = rows.chunk(some);");
    for (const Rider &rider : riders)
      line(fmt::format("std::fill_n({}, lanes * {}, {}(0));", rider.lane, columns, rider.type));
    open(fmt::format("for (int64_t {0} = block.first; {0} < block.last; ++{0})", groupName));
    line(fmt::format("const int64_t past = ({} - block.first) % lanes * {};", groupName, columns));
    emitGroup();
    close();
    for (const Rider &rider : riders) {
      line(fmt::format("fold_rows({}, lanes, {}, Plus());", rider.lane, columns));
      line(fmt::format("std::copy_n({}, {}, {}_total.next());", rider.lane, columns, rider.base));
      line(fmt::format("{}_total.add(some, double(block.points()));", rider.base));
    }
    close();
    line("mine.wait();");
    for (Rider &rider : riders) {
      Value tensor = kernel.getResult(rider.op.getResult());
      line(fmt::format("const double *{0}_all = {0}_total.get();", rider.base));
      std::string value = fmt::format("{}_all[k]", rider.base);
      Type element = elementOf(tensor);
      if (element.isF16() || element.isBF16())
        value = code.narrowed(value, element);
      else if (element.isF32())
        value = fmt::format("float({})", value);
      line("if (mine.leads)");
      line(fmt::format("  for (int64_t k = 0; k < {}; ++k)", columns));
      line(fmt::format("    {}[k] = {};", rider.base, value));
    }
    close();
  }

  /// Adds to the columns what a sweep brings.
  void emitRiders(kernel::SweepOp sweep) {
    for (Rider &rider : riders)
      if (rider.op->getParentOp() == sweep.getOperation()) {
        Accumulator sum;
        sum.monoid = Monoid::sum;
        sum.term = rider.op.getValue();
        sum.lane = rider.lane;
        accumulate(sum, outer.empty() ? "past + k" : fmt::format("past + {} * {} + k", runName(), lengthText()));
      }
  }
  bool hasRiders(kernel::SweepOp sweep) {
    return llvm::any_of(riders, [&](Rider &rider) { return rider.op->getParentOp() == sweep.getOperation(); });
  }

  std::string lengthText() { return reduced.empty() ? "1" : extentText(joined[inner]); }

  /// Tensors that vary along the runs: those that `roots` need and, with `stores`, those that the sweep writes.
  SmallVector<Value> runTensors(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores) {
    SmallVector<Value> running;
    for (Value tensor : tensorsLoadedIn(sweep, roots))
      running.push_back(tensor);
    if (stores)
      for (kernel::StoreOp store : storesOf(sweep))
        running.push_back(kernel.getResult(store.getResult()));
    llvm::erase_if(running, [&](Value tensor) { return reduced.empty() || !variesAlong(tensor, inner); });
    return running;
  }

  SmallVector<Value> allRunTensors() {
    llvm::SetVector<Value> all;
    for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
      for (Value tensor : runTensors(sweep, rootsOf(sweep), true))
        all.insert(tensor);
    return all.takeVector();
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
  void openRuns(const std::string &chunk, ArrayRef<Value> tensors) {
    if (outer.empty())
      return;
    const std::string run = runName();
    open(fmt::format("for (int64_t {1} = {0}.first; {1} < {0}.last; ++{1})", chunk, run));
    declareIndices(run, outer);
    declareRuns(tensors);
  }
  std::string runName() { return outer.size() == 1 ? indexName(joined[outer[0]]) : "r"; }
  void closeRuns() {
    if (!outer.empty())
      close();
  }

  /// Within: elements are at `point` of their run.
  template <typename Body>
  void atPoint(const std::string &point, kernel::SweepOp sweep, Body emit, bool stores = true) {
    auto bindings = code.bindings();
    auto element = code.element;
    code.element = [this, point, element](Value tensor) {
      return !reduced.empty() && variesAlong(tensor, inner) ? fmt::format("{}[{}]", runs.lookup(tensor), point) : element(tensor);
    };
    for (auto index : sweep.getBody().front().getOps<kernel::IndexOp>())
      if (!reduced.empty() && joined[inner].axes.front() == int64_t(index.getAxis()))
        code.bind(index, point);
    const std::string place = outer.empty() ? point : fmt::format("{} * {} + {}", runName(), lengthText(), point);
    for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
      code.bind(recalled, fmt::format("kept_{}[{}]", recalled.getSlot(), place));
    emit();
    if (stores)
      for (auto keep : sweep.getBody().front().getOps<kernel::KeepOp>())
        line(fmt::format("kept_{}[{}] = {};", keep.getSlot(), place, code.build(keep.getValue()).text));
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

  std::string chunkLoop(bool backwards) {
    if (!riders.empty())
      return "for (int64_t c = 0; c < order.chunks; ++c)";
    return backwards ? "for (int64_t c = mine.last_chunk; c-- > mine.first_chunk;)"
                     : "for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)";
  }

  void emitSweep(kernel::SweepOp sweep, bool isFirst) {
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
    open(fmt::format("each({}, {}, {}, [&](int64_t k, int64_t l)", beginText("chunk"), endText("chunk"), strideText()));
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

  /// A sweep that sums nothing: its stores, block by block, backwards where an earlier sweep has left the last points nearest.
  void emitStores(kernel::SweepOp sweep, bool isFirst) {
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
      line(fmt::format("{} {}[512];", storageName(elementOf(tensor)), blocks.back()));
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
    if (prefetches()) {
      open("if (ahead)");
      for (Value tensor : runTensors(sweep, rootsOf(sweep), false))
        if (variesAlong(tensor, inner - 1))
          line(fmt::format("prefetch({} + {} + block.begin, block.size);", runs.lookup(tensor), lengthText()));
      close();
    }
    close();
    closeRuns();
    dropUnused(place, "chunk.");
    close();
  }

  unsigned inner = 0;          ///< the joined axis of the runs
  SmallVector<unsigned> outer; ///< the other reduced ones, which count runs
  int64_t length = 1;          ///< of a run; -1 where it is not known now
  std::string groupName, columns;
  std::vector<Rider> riders;
  std::map<int64_t, std::string> kept; ///< by slot: the type
  std::map<Operation *, std::vector<Accumulator>> sweeps;
  DenseMap<Value, std::string> runs; ///< by tensor, where the current run begins
};

} // namespace

std::unique_ptr<KernelWriter> createRunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  return std::make_unique<RunsWriter>(kernel, tensors);
}

} // namespace normc::cpp
