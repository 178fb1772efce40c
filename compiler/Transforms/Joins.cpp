//===- Joins.cpp - what a plan knows of other devices --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Joins.h"
#include "dialects/Kernel/Collective.h"
#include "dialects/Norm/FunctionAttributes.h"

#include <map>

using namespace mlir;

namespace normc {

Joins::Joins(func::FuncOp function, const ExtentClasses &classes) : function(function), classes(classes), sharded(function) {
  std::map<int64_t, int64_t> known;
  for (BlockArgument argument : function.getArguments()) {
    std::optional<int64_t> axis = sharded.axisOf(argument);
    if (!axis)
      continue;
    int64_t &extent = known.try_emplace(-1 - classes.extentsOf(argument)[*axis], -1).first->second;
    if (auto stated = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::joinedAttr))
      extent = stated.getInt();
  }
  for (auto [symbol, extent] : known) {
    joins.push_back(symbol);
    expected.push_back(extent);
  }
}

int64_t Joins::joined(Value value, int64_t axis, int64_t extent) const {
  if (sharded.axisOf(value) != axis)
    return extent;
  const size_t index = find(extent);
  return expected[index] >= 0 ? expected[index] : -1 - kernel::joinedSymbol(symbols, index);
}

std::optional<int64_t> Joins::start(Value value, int64_t axis) const {
  if (sharded.axisOf(value) != axis)
    return std::nullopt;
  return -1 - kernel::startSymbol(symbols, find(classes.extentsOf(value)[axis]));
}

int64_t Joins::rank() const { return -1 - kernel::rankSymbol(symbols, joins.size()); }

bool Joins::isNeeded() {
  return llvm::any_of(function.getBody().front().without_terminator(), [&](Operation &op) {
    if (auto index = dyn_cast<norm::IndexOp>(op))
      return sharded.axisOf(index.getLike()) == int64_t(index.getAxis());
    if (auto count = dyn_cast<norm::CountOp>(op)) {
      std::optional<int64_t> axis = sharded.axisOf(count.getLike());
      return axis && llvm::is_contained(count.getAxes(), *axis);
    }
    return isa<norm::MergeOp, norm::RankOp>(op);
  });
}

void Joins::createExtents(ImplicitLocOpBuilder &builder) {
  if (joins.empty() || !isNeeded())
    return;
  builder.create<kernel::CollectiveOp>(TypeRange(), "extents", builder.getArrayAttr({}), builder.getArrayAttr({}), joins, expected,
                                       ValueRange());
}

void Joins::createCollective(ImplicitLocOpBuilder &builder, norm::MergeOp merge, DenseMap<Value, Value> &tensors) {
  // A mean and the sum of squared deviations from it merge together.
  Value partial = merge.getPartial(), mean = merge.getMean();
  norm::MergeOp other;
  for (Operation *user : partial.getUsers())
    if (auto found = dyn_cast<norm::MergeOp>(user); found && merge.getMonoid() == norm::Monoid::mean && found.getMean() == partial)
      other = found;
  if (other)
    return createCollective(builder, other, tensors);
  SmallVector<Value> partials;
  for (Value value : {mean, partial}) {
    if (!value)
      continue;
    Value tensor = tensors.lookup(value);
    if (!tensor)
      return;
    partials.push_back(tensor);
  }
  auto monoid = kernel::Monoid(int64_t(merge.getMonoid()));
  SmallVector<int64_t> counts;
  if (monoid == kernel::Monoid::mean || monoid == kernel::Monoid::moments) {
    SmallVector<int64_t> extents = classes.extentsOf(merge.getLike());
    for (int64_t axis : merge.getAxes())
      counts.push_back(extents[axis]);
  }
  StringRef name = norm::nameOf(merge.getResult());
  SmallVector<Type> types = llvm::to_vector(ValueRange(partials).getTypes());
  for (Operation *user : mean ? mean.getUsers() : partial.getUsers())
    if (auto found = dyn_cast<norm::MergeOp>(user); found && name.empty())
      name = norm::nameOf(found.getResult());
  builder.setLoc(merge.getLoc());
  auto collective = builder.create<kernel::CollectiveOp>(
      types, name.empty() ? "value" : name, builder.getArrayAttr(kernel::MonoidAttr::get(builder.getContext(), monoid)),
      builder.getArrayAttr(builder.getDenseI64ArrayAttr(counts)), ArrayRef<int64_t>(), ArrayRef<int64_t>(), partials);
  tensors[merge.getResult()] = collective.getMerged().back();
  if (!mean)
    return;
  for (Operation *user : mean.getUsers())
    if (auto found = dyn_cast<norm::MergeOp>(user); found && found.getMonoid() == norm::Monoid::mean)
      tensors[found.getResult()] = collective.getMerged().front();
}

} // namespace normc
