//===- SweepWriter.cpp - kernels with sweeps -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include <fmt/format.h>

using namespace mlir;
using normc::kernel::JoinedAxis;
using normc::kernel::Monoid;

namespace normc::cpp {

SweepWriter::SweepWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors)
    : KernelWriter(kernel, tensors), joined(joinedAxes(kernel)) {
  for (auto [number, axis] : llvm::enumerate(joined))
    (axis.isParallel ? parallel : reduced).push_back(number);
  code.element = [this](Value tensor) { return fmt::format("{}[{}]", nameOf(tensor), positionOf(typeOf(tensor))); };
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

std::string SweepWriter::indexName(const JoinedAxis &axis) { return fmt::format("i{}", axis.axes.front()); }

std::string SweepWriter::productText(ArrayRef<unsigned> axes) {
  SmallVector<int64_t> extents;
  for (unsigned axis : axes)
    llvm::append_range(extents, extentsOf(kernel, joined[axis]));
  return code.product(extents);
}

std::string SweepWriter::positionOf(RankedTensorType type, unsigned stop, StringRef before) {
  std::string text;
  bool isSum = false;
  for (auto [number, axis] : llvm::enumerate(joined)) {
    if (!varies(type, axis))
      continue;
    const bool isZero = number >= stop;
    const std::string index = number + 1 == stop && !before.empty() ? before.str() : indexName(axis);
    if (text.empty()) {
      text = isZero ? "" : index;
      continue;
    }
    std::string extent = extentText(axis);
    if (extent.find(' ') != std::string::npos)
      extent = "(" + extent + ")";
    text = fmt::format("{} * {}", isSum ? "(" + text + ")" : text, extent);
    isSum = !isZero;
    if (!isZero)
      text += " + " + index;
  }
  return text.empty() ? "0" : text;
}

void SweepWriter::declareIndices(const std::string &number, ArrayRef<unsigned> axes) {
  std::string left = number;
  for (size_t position = 0; position < axes.size(); ++position) {
    const std::string name = indexName(joined[axes[position]]);
    ArrayRef<unsigned> inner = axes.drop_front(position + 1);
    std::string text = left;
    if (!inner.empty()) {
      std::string product = productText(inner);
      if (product.find(' ') != std::string::npos)
        product = "(" + product + ")";
      text = fmt::format("{} / {}", left, product);
      left = fmt::format("{} % {}", left, product);
    }
    if (name != text)
      line(fmt::format("const int64_t {} = {};", name, text));
  }
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

/// The ops of a block that `roots` follow from.
static llvm::SmallPtrSet<Operation *, 32> neededFor(Block &block, ArrayRef<Value> roots) {
  llvm::SmallPtrSet<Operation *, 32> needed;
  SmallVector<Value> open(roots);
  while (!open.empty()) {
    Operation *op = open.pop_back_val().getDefiningOp();
    if (op && op->getBlock() == &block && needed.insert(op).second)
      llvm::append_range(open, op->getOperands());
  }
  return needed;
}

void SweepWriter::defineNeeded(Block &block, ArrayRef<Value> roots) {
  llvm::SmallPtrSet<Operation *, 32> needed = neededFor(block, roots);
  for (Operation &op : block)
    if (needed.contains(&op) && needsName(op.getResult(0)))
      define(op.getResult(0));
}

/// The product that a sum adds unrounded, factor times factor; null if its term is none.
static arith::MulFOp addedProduct(Monoid monoid, Value term) {
  auto product = monoid == Monoid::sum ? term.getDefiningOp<arith::MulFOp>() : arith::MulFOp();
  return product && isa<kernel::SweepOp>(product->getParentOp()) ? product : arith::MulFOp();
}

SmallVector<Value> SweepWriter::rootsOf(kernel::SweepOp sweep) {
  SmallVector<Value> roots;
  auto addTerm = [&](Monoid monoid, Value term) {
    if (auto product = addedProduct(monoid, term))
      llvm::append_range(roots, product->getOperands());
    else
      roots.push_back(term);
  };
  for (auto [index, term] : llvm::enumerate(sweep.getYield().getValues()))
    addTerm(sweep.getMonoid(index), term);
  for (Operation &op : sweep.getBody().front())
    if (isa<kernel::StoreOp, kernel::KeepOp>(op))
      roots.push_back(op.getOperand(0));
    else if (isa<kernel::AccumulateOp>(op))
      addTerm(Monoid::sum, op.getOperand(0));
  return roots;
}

SmallVector<kernel::StoreOp> SweepWriter::storesOf(kernel::SweepOp sweep) {
  return SmallVector<kernel::StoreOp>(sweep.getBody().front().getOps<kernel::StoreOp>());
}

SmallVector<Value> SweepWriter::tensorsLoadedIn(kernel::SweepOp sweep, ArrayRef<Value> roots) {
  Block &block = sweep.getBody().front();
  llvm::SmallPtrSet<Operation *, 32> needed = neededFor(block, roots);
  llvm::SetVector<Value> loaded;
  for (auto load : block.getOps<kernel::LoadOp>())
    if (needed.contains(load))
      loaded.insert(load.getTensor());
  return loaded.takeVector();
}

//===----------------------------------------------------------------------===//
// Monoids
//===----------------------------------------------------------------------===//

std::vector<SweepWriter::Accumulator> SweepWriter::accumulatorsOf(kernel::SweepOp sweep) {
  static constexpr const char *kinds[] = {"Sum", "Max", "Min", "Moments", "Moments"};
  static constexpr const char *names[] = {"sum", "max", "min", "mean", "moments"};
  std::vector<Accumulator> accumulators;
  for (unsigned index = 0; index < sweep.getMonoids().size(); ++index) {
    Accumulator accumulator;
    accumulator.monoid = sweep.getMonoid(index);
    accumulator.term = sweep.getYield().getValues()[index];
    accumulator.result = sweep.getResultOf(index);
    accumulator.type = scalarName(accumulator.term.getType());
    const auto number = unsigned(accumulator.monoid);
    accumulator.kind = kinds[number];
    StringRef user = userName(accumulator.result);
    std::string base = user.empty() ? names[number] : identifier(user);
    accumulator.base = locals.unique(base);
    accumulator.lane = locals.unique(base + "_lane");
    if (accumulator.isShifted())
      accumulator.shift = locals.unique(base + "_shift");
    if (accumulator.monoid == Monoid::moments)
      accumulator.second = locals.unique(base + "_squares");
    accumulators.push_back(std::move(accumulator));
  }
  return accumulators;
}

SweepWriter::Sums SweepWriter::sumsOf(kernel::SweepOp sweep, int64_t tileWidth) {
  Sums sums;
  sums.accumulators = accumulatorsOf(sweep);
  if (tileWidth)
    for (Accumulator &accumulator : sums.accumulators)
      accumulator.kind = fmt::format("Tile{}<{}>", accumulator.kind, tileWidth);
  if (sums.accumulators.size() == 1) {
    sums.type = sums.accumulators.front().kind;
    sums.name = sums.accumulators.front().base;
  } else if (!sums.accumulators.empty()) {
    sums.type = locals.unique("Sums");
    sums.name = locals.unique("sums");
  }
  return sums;
}

void SweepWriter::declareSums(const Sums &sums) {
  if (sums.accumulators.size() < 2)
    return;
  open("struct " + sums.type);
  std::string merges, kind;
  for (const Accumulator &accumulator : sums.accumulators) {
    line(fmt::format("{} {};", accumulator.kind, accumulator.base));
    merges += fmt::format("{0}{1}.merge(b.{1})", merges.empty() ? "" : ", ", accumulator.base);
  }
  line(fmt::format("void merge(const {} &b) {{ {}; }}", sums.type, merges));
  close("};");
}

std::string SweepWriter::combineArgument(Monoid monoid) {
  return monoid == Monoid::max ? ", Greater()" : monoid == Monoid::min ? ", Lesser()" : "";
}

void SweepWriter::declareLanes(const Accumulator &accumulator, const std::string &lanes, bool withShift) {
  const auto &[type, lane] = std::tie(accumulator.type, accumulator.lane);
  if (accumulator.monoid == Monoid::max || accumulator.monoid == Monoid::min) {
    line(fmt::format("{} {}[{}];", type, lane, lanes));
    line(fmt::format("std::fill_n({}, {}, {}std::numeric_limits<{}>::infinity());", lane, lanes,
                     accumulator.monoid == Monoid::max ? "-" : "", type));
    return;
  }
  std::string arrays;
  for (const std::string &array : {withShift ? accumulator.shift : "", lane, accumulator.second})
    if (!array.empty())
      arrays += fmt::format("{}{}[{}] = {{}}", arrays.empty() ? "" : ", ", array, lanes);
  line(fmt::format("{} {};", type, arrays));
}

std::string SweepWriter::headTerm(Value term, const std::string &sum) {
  const std::string type = scalarName(term.getType());
  const Count &points = chunks->head().points;
  std::string part = fmt::format("{0}(1) / {0}({1})", type, points.text);
  if (points.number >= 0)
    part = fmt::format("1.0{0} / {1}.0{0}", type == "float" ? "f" : "", points.number);
  return fmt::format("{0} = std::fma({1}, {2}, {0});", sum, code.build(term).text, part);
}

void SweepWriter::accumulate(const Accumulator &accumulator, const std::string &lane) {
  const std::string sum = fmt::format("{}[{}]", accumulator.lane, lane);
  const std::string term = code.build(accumulator.term).text;
  switch (accumulator.monoid) {
  case Monoid::sum: {
    // A product is added unrounded.
    if (auto product = addedProduct(accumulator.monoid, accumulator.term))
      line(fmt::format("{0} = std::fma({1}, {2}, {0});", sum, code.build(product.getLhs()).text,
                       code.build(product.getRhs()).text));
    else
      line(fmt::format("{} += {};", sum, term));
    return;
  }
  case Monoid::max:
    line(fmt::format("{0} = greater({0}, {1});", sum, term));
    return;
  case Monoid::min:
    line(fmt::format("{0} = lesser({0}, {1});", sum, term));
    return;
  case Monoid::mean:
    line(fmt::format("{} += {} - {};", sum, code.build(accumulator.term).at(Precedence::sum), accumulator.shift));
    return;
  case Monoid::moments:
    std::string t = locals.unique("d");
    line(fmt::format("const {} {} = {} - {};", accumulator.type, t, code.build(accumulator.term).at(Precedence::sum),
                     accumulator.shift));
    line(fmt::format("{} += {};", sum, t));
    line(fmt::format("{0}[{1}] = std::fma({2}, {2}, {0}[{1}]);", accumulator.second, lane, t));
    return;
  }
}

} // namespace normc::cpp
