//===- TilesWriter.cpp - many groups side by side ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepWriter.h"
#include "dialects/Kernel/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/MapVector.h"
#include <fmt/format.h>
#include <map>

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::cpp {

namespace {

/// Groups lie side by side: columns, where the last axis is kept, or short runs of adjacent groups. What is a scalar of a group
/// is an array here; what a sweep reads of it is repeated for each lane.
class TilesWriter : public SweepWriter {
public:
  TilesWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors, const kernel::Tile &tile)
      : SweepWriter(kernel, tensors), tile(tile) {
    for (unsigned axis : parallel)
      if (axis != tile.axis)
        outer.push_back(axis);
    for (unsigned axis : reduced)
      if (!tile.isRuns() || axis != joined.size() - 1)
        counted.push_back(axis);
    groupName = indexName(joined[tile.axis]);
  }

private:
  //===--------------------------------------------------------------------===//
  // The frame
  //===--------------------------------------------------------------------===//

  void emitBody() override {
    function.canFail = true;
    code.helpers.insert({Helper::lanes, Helper::tiles});
    const std::string extent = extentText(joined[tile.axis]);
    isWhole = tile.extent >= 0 && tile.extent <= tile.width;
    width = isWhole ? fmt::format("{}", tile.extent) : "width";
    rows = tile.isRuns() ? "1" : tile.extent >= 0 ? fmt::format("{}", tile.rows) : "rows";
    length = tile.isRuns() ? fmt::format("{}", tile.length) : "1";
    if (tile.isRuns())
      line(fmt::format("const Order order = order_of_runs({}, {});", productText(counted), tile.length));
    else
      line(fmt::format("const Order order = order_of_columns({}, {});", productText(counted), extent));
    std::string groups = productText(outer);
    if (!isWhole) {
      line(fmt::format("const int64_t tiles = ({} + {}) / {};", extent, tile.width - 1, tile.width));
      groups = groups == "1" ? "tiles" : groups + " * tiles";
    }
    line(fmt::format("const Split split(threads, {}, order.chunks, {} * {} * {});", groups, productText(reduced),
                     isWhole ? width : fmt::format("std::min<int64_t>({}, {})", tile.width, extent), bytesPerPoint()));
    SmallVector<std::string> all;
    for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
      for (Accumulator &a : sweeps[sweep] = accumulatorsOf(sweep)) {
        line(fmt::format("TileParts<{}> {}(split, {});", a.kind, a.parts, tile.width));
        line(fmt::format("if (!{}.ready())", a.parts));
        line("  return false;");
      }
    declareStream();
    if (rows == "rows")
      line(fmt::format("const int64_t rows = rows_of_lanes({});", extent));
    line("NORMC_OMP(parallel num_threads(split.threads))");
    openBlock();
    line("const Rounding rounding;");
    line("const Share mine(split);");
    open("for (int64_t group = mine.first_group; group < mine.last_group; ++group)");
    if (!isWhole) {
      line(fmt::format("const int64_t first = group % tiles * {};", tile.width));
      line(fmt::format("const int64_t width = std::min<int64_t>({}, {} - first);", tile.width, extent));
      if (!outer.empty())
        declareIndices("group / tiles", outer);
    } else if (!outer.empty()) {
      declareIndices("group", outer);
    }
    emitKernelBlock();
    close();
    if (code.helpers.count(Helper::streaming))
      line("drain();");
    close();
    line("return true;");
  }

  //===--------------------------------------------------------------------===//
  // Scalars of groups
  //===--------------------------------------------------------------------===//

  /// Runs of ops between sweeps, each a loop over the groups of the tile.
  void emitKernelBlock() {
    SmallVector<Operation *> segment;
    bool isFirst = true;
    for (Operation &op : kernel.getBody().front()) {
      auto sweep = dyn_cast<kernel::SweepOp>(op);
      if (!sweep) {
        segment.push_back(&op);
        continue;
      }
      emitSegment(segment);
      segment.clear();
      emitSweep(sweep, isFirst);
      isFirst = false;
    }
    emitSegment(segment);
  }

  static bool isInSweep(Operation *op) { return isa<kernel::SweepOp>(op->getParentOp()); }

  void emitSegment(ArrayRef<Operation *> ops) {
    SmallVector<Value> values(pending);
    pending.clear();
    for (Operation *op : ops)
      if (op->getNumResults() == 1 && !isa<arith::ConstantOp, kernel::CountOp>(op))
        values.push_back(op->getResult(0));
    llvm::SmallPtrSet<Operation *, 32> here(ops.begin(), ops.end());
    // What later loops and sweeps read is kept.
    SmallVector<std::string> lanes;
    std::map<const void *, std::pair<std::string, std::string>> arrays;
    for (Value value : values) {
      bool later = false, swept = false;
      for (Operation *user : value.getUsers()) {
        swept |= isInSweep(user);
        later |= !isInSweep(user) && !here.contains(user);
      }
      auto &[group, lane] = arrays[value.getAsOpaquePointer()];
      if (later && !value.getDefiningOp<kernel::SweepOp>()) {
        group = nameFor(value);
        line(fmt::format("{} {}[{}];", scalarName(value.getType()), group, tile.width));
      }
      if (swept) {
        lane = later ? locals.unique(group.empty() ? "lane" : group + "_lane") : nameFor(value);
        line(fmt::format("{} {}[{}];", scalarName(value.getType()), lane, tile.lanes));
        lanes.push_back(lane);
        laneOf[value] = lane;
      }
    }
    const bool hasStores = llvm::any_of(ops, [](Operation *op) { return isa<kernel::StoreOp>(op); });
    if (lanes.empty() && !hasStores && llvm::all_of(arrays, [](auto &entry) { return entry.second.first.empty(); })) {
      // Nothing is left to compute once per group, but what is read through.
      return;
    }
    const std::string index = isWhole ? groupName : "g";
    open(fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", index, width));
    if (!isWhole && usesPosition(ops))
      line(fmt::format("const int64_t {} = first + g;", groupName));
    groupIndex = index;
    bindGroupArrays();
    for (Value value : values)
      if (value.getDefiningOp<kernel::SweepOp>() && !arrays[value.getAsOpaquePointer()].second.empty())
        line(fmt::format("{}[{}] = {};", arrays[value.getAsOpaquePointer()].second, index, code.build(value).text));
    for (Operation *op : ops) {
      if (auto store = dyn_cast<kernel::StoreOp>(op)) {
        Value tensor = kernel.getResult(store.getResult());
        line("if (mine.leads)");
        line(fmt::format("  {}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
        continue;
      }
      if (op->getNumResults() != 1 || isa<arith::ConstantOp, kernel::CountOp>(op) || op->use_empty())
        continue;
      Value value = op->getResult(0);
      auto &[group, lane] = arrays[value.getAsOpaquePointer()];
      if (group.empty() && lane.empty()) {
        if (usesHere(value, here) && needsName(value))
          define(value);
        continue;
      }
      std::string text = code.build(value).text;
      if (!group.empty()) {
        line(fmt::format("{}[{}] = {};", group, index, text));
        text = fmt::format("{}[{}]", group, index);
        groupArrays[value] = group;
      }
      if (!lane.empty()) {
        line(fmt::format("{}[{}] = {};", lane, index, text));
        text = fmt::format("{}[{}]", lane, index);
      }
      code.bind(value, text);
    }
    close();
    for (const std::string &lane : lanes)
      if (tile.isRuns())
        line(fmt::format("repeat_runs<{}>({}, {});", length, lane, width));
      else if (tile.isFlat && laneRowsText() != "1")
        line(fmt::format("repeat_rows({}, {}, {});", lane, laneRowsText(), width));
  }

  static bool usesHere(Value value, const llvm::SmallPtrSetImpl<Operation *> &here) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) { return here.contains(user); });
  }

  bool usesPosition(ArrayRef<Operation *> ops) {
    return llvm::any_of(ops, [&](Operation *op) {
      if (auto load = dyn_cast<kernel::LoadOp>(op))
        return variesAlong(load.getTensor(), tile.axis);
      if (auto store = dyn_cast<kernel::StoreOp>(op))
        return variesAlong(kernel.getResult(store.getResult()), tile.axis);
      auto index = dyn_cast<kernel::IndexOp>(op);
      return index && llvm::is_contained(joined[tile.axis].axes, int64_t(index.getAxis()));
    });
  }

  void bindGroupArrays() {
    for (auto &[value, array] : groupArrays)
      code.bind(value, fmt::format("{}[{}]", array, groupIndex));
  }

  //===--------------------------------------------------------------------===//
  // Sweeps
  //===--------------------------------------------------------------------===//

  /// Rows for which group values are repeated: those of a block of stores, at least those of the lanes.
  std::string laneRowsText() {
    if (tile.isRuns())
      return "1";
    if (tile.extent >= 0)
      return fmt::format("{}", tile.storeRows);
    return "std::max(rows, 1024 / width)";
  }

  std::string firstOffset(Value tensor) {
    if (isWhole || !variesAlong(tensor, tile.axis))
      return "";
    return tile.isRuns() ? fmt::format(" + first * {}", length) : " + first";
  }

  /// const float *x_row = x + ..: where the points of the tile begin, for the current row or run.
  void declareRows(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores) {
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

  /// Opens the loops over the lanes of a chunk. Within, `w` counts the points of a row or block of rows, `laneText` the lanes.
  void openPoints(const std::string &chunk, kernel::SweepOp sweep, const std::string &step, ArrayRef<Value> roots,
                  bool stores = true) {
    if (tile.isFlat && !tile.isRuns()) {
      const std::string row = counted.empty() ? "row" : indexName(joined[counted[0]]);
      open(fmt::format("for (int64_t {0} = {1}.first; {0} < {1}.last; {0} += {2})", row, chunk, step));
      lanesPlace = declare(
          fmt::format("const int64_t lanes = std::min<int64_t>({}, {}.last - {}) * {};", step, chunk, row, width));
      laneText = "w";
    } else {
      open(fmt::format("for (int64_t row = {0}.first; row < {0}.last; ++row)", chunk));
      declareIndices("row", counted);
      lanesPlace = declare(fmt::format("const int64_t lanes = {}{};", width, tile.isRuns() ? " * " + length : ""));
      laneText = "w";
      if (!tile.isRuns() && rows != "1" && !sweeps[sweep].empty()) {
        line(fmt::format("const int64_t past = (row - {}.first) % {} * {};", chunk, rows, width));
        laneText = "past + w";
      }
    }
    declareRows(sweep, roots, stores);
  }

  template <typename Body>
  void atPoint(kernel::SweepOp sweep, Body emit) {
    auto bindings = code.bindings();
    auto element = code.element;
    code.element = [this, element](Value tensor) {
      return variesAlong(tensor, tile.axis) ? rowOf.lookup(tensor) + "[w]" : element(tensor);
    };
    for (auto &[value, lane] : laneOf)
      code.bind(value, lane + "[w]");
    emit();
    code.element = element;
    code.restore(std::move(bindings));
  }

  void emitSweep(kernel::SweepOp sweep, bool isFirst) {
    const std::vector<Accumulator> &accumulators = sweeps[sweep];
    if (accumulators.empty()) {
      emitStores(sweep, isFirst);
      return;
    }
    for (const Accumulator &a : accumulators)
      line(fmt::format("TileTotal<{}> {}({}, split, mine, order, group, {});", a.kind, a.total, a.parts, width));
    open("for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)");
    line("const Chunk chunk = order.chunk(c);");
    emitHead(sweep);
    for (const Accumulator &a : accumulators) {
      if (a.monoid == Monoid::max || a.monoid == Monoid::min) {
        line(fmt::format("{} {}[{}];", a.type, a.lane, tile.sumLanes));
        line(fmt::format("std::fill_n({}, {}, {}std::numeric_limits<{}>::infinity());", a.lane, tile.sumLanes,
                         a.monoid == Monoid::max ? "-" : "", a.type));
      } else {
        line(fmt::format("{} {}[{}] = {{}}{};", a.type, a.lane, tile.sumLanes,
                         a.second.empty() ? "" : fmt::format(", {}[{}] = {{}}", a.second, tile.sumLanes)));
      }
    }
    openPoints("chunk", sweep, rows, rootsOf(sweep));
    open("for (int64_t w = 0; w < lanes; ++w)");
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
    finishChunk(accumulators);
    close();
    line("mine.wait();");
    for (const Accumulator &a : accumulators) {
      line(fmt::format("const double *{} = {}.get();", a.base, a.total));
      groupArrays[a.result] = a.base;
      pending.push_back(a.result);
      if (a.monoid == Monoid::moments) {
        Value second = a.result.getDefiningOp()->getResult(cast<OpResult>(a.result).getResultNumber() + 1);
        const std::string name = locals.unique(a.base + "_m2");
        if (!second.use_empty()) {
          line(fmt::format("const double *{} = {} + {};", name, a.base, width));
          groupArrays[second] = name;
          pending.push_back(second);
        }
      }
    }
  }

  std::string foldText(const std::string &lane, Monoid monoid) {
    return tile.isRuns() ? fmt::format("fold_runs<{}>({}, {}, {});", length, lane, width, combineName(monoid))
                         : fmt::format("fold_rows({}, {}, {}, {});", lane, rows, width, combineName(monoid));
  }

  void finishChunk(const std::vector<Accumulator> &accumulators) {
    for (const Accumulator &a : accumulators) {
      if (tile.isRuns() || rows != "1") {
        line(foldText(a.lane, a.monoid));
        if (!a.second.empty())
          line(foldText(a.second, a.monoid));
      }
      open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
      if (a.isShifted()) {
        const std::string at = tile.isRuns() ? fmt::format("g * {}", length) : "g";
        line(fmt::format("const Moments some = moments(double(chunk.points()), {}[{}], {}[g], {});", a.shift, at, a.lane,
                         a.second.empty() ? "0.0" : a.second + "[g]"));
        line(fmt::format("{}.next()[g] = some.mean;", a.total));
        line(fmt::format("{}.next()[{} + g] = some.m2;", a.total, width));
      } else {
        line(fmt::format("{}.next()[g] = {}[g];", a.total, a.lane));
      }
      close();
      line(fmt::format("{}.add(c, double(chunk.points()));", a.total));
    }
  }

  /// What the points of a chunk are compared with: the mean of the first of them, for each group.
  void emitHead(kernel::SweepOp sweep) {
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
    line("const Chunk head = order.head_of(chunk);");
    for (auto [term, sum] : llvm::zip(terms, sums))
      line(fmt::format("{} {}[{}] = {{}};", scalarName(term.getType()), sum, tile.sumLanes));
    openPoints("head", sweep, rows, terms, /*stores=*/false);
    // Of a longer run its first 128 points.
    const bool isPart = tile.isRuns() && tile.length > 128;
    if (isPart) {
      open(fmt::format("for (int64_t g = 0; g < {}; ++g)", width));
      open(fmt::format("for (int64_t w = g * {0}; w < g * {0} + 128; ++w)", length));
    } else {
      open("for (int64_t w = 0; w < lanes; ++w)");
    }
    atPoint(sweep, [&] {
      defineNeeded(sweep.getBody().front(), terms);
      for (auto [term, sum] : llvm::zip(terms, sums)) {
        std::string type = scalarName(term.getType());
        line(fmt::format("{0}[{1}] = std::fma({2}, {3}(1) / {3}(head.points()), {0}[{1}]);", sum, laneText,
                         code.build(term).text, type));
      }
    });
    close();
    if (isPart)
      close();
    dropUnused(lanesPlace, "lanes");
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

  void emitStores(kernel::SweepOp sweep, bool isFirst) {
    SmallVector<kernel::StoreOp> stores = storesOf(sweep);
    if (stores.empty())
      return;
    open(isFirst ? "for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)"
                 : "for (int64_t c = mine.last_chunk; c-- > mine.first_chunk;)");
    line("const Chunk chunk = order.chunk(c);");
    openPoints("chunk", sweep, laneRowsText(), rootsOf(sweep));
    SmallVector<std::string> blocks;
    for (kernel::StoreOp store : stores) {
      Value tensor = kernel.getResult(store.getResult());
      blocks.push_back(locals.unique(nameOf(tensor) + "_block"));
      line(fmt::format("{} {}[{}];", storageName(elementOf(tensor)), blocks.back(), tile.lanes));
    }
    open("for (int64_t w = 0; w < lanes; ++w)");
    atPoint(sweep, [&] {
      defineNeeded(sweep.getBody().front(), rootsOf(sweep));
      for (auto [store, block] : llvm::zip(stores, blocks))
        line(fmt::format("{}[w] = {};", block, stored(store)));
    });
    close();
    for (auto [store, block] : llvm::zip(stores, blocks))
      line(fmt::format("put({}, {}, lanes, stream);", rowOf.lookup(kernel.getResult(store.getResult())), block));
    // The next tile of short runs lies right after this one in each row.
    if (tile.isRuns() && !isWhole && !isFirst && !counted.empty()) {
      open(fmt::format("if (group + 1 < mine.last_group && {} * {} * {} <= mine.cache)", productText(reduced),
                       tile.width, 2 * bytesPerPoint()));
      for (Value tensor : tensorsLoadedIn(sweep, rootsOf(sweep)))
        line(fmt::format("prefetch({} + lanes, lanes);", rowOf.lookup(tensor)));
      close();
    }
    close();
    close();
  }

  const kernel::Tile tile;
  bool isWhole = false;                 ///< one tile holds all groups
  SmallVector<unsigned> outer, counted; ///< parallel axes beside the tile's; reduced ones that count rows or runs
  std::string groupName, width, rows, length, groupIndex, laneText;
  std::map<Operation *, std::vector<Accumulator>> sweeps;
  SmallVector<Value> pending;                    ///< results of the last sweep
  llvm::MapVector<Value, std::string> groupArrays; ///< by value: an element for each group
  llvm::MapVector<Value, std::string> laneOf;      ///< by value: an element for each lane
  DenseMap<Value, std::string> rowOf;
  size_t lanesPlace = 0;
};

} // namespace

std::unique_ptr<KernelWriter> createTilesWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors,
                                                const kernel::Tile &tile) {
  return std::make_unique<TilesWriter>(kernel, tensors, tile);
}

} // namespace normc::cpp
