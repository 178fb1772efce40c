//===- GroupSums.cpp - sums over groups before the sum over all -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Precision.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_GROUPSUMS
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// Points of a group that are read again for no less than its sum, f64, is written and read for.
constexpr int64_t leastPoints = 8;

/// The axes of the reductions that a sum's terms wait for, all over the same part of the sum's axes and of its space; 0 where they are
/// others, or none.
AxisSet groupAxes(norm::SumOp sum, const ExtentClasses &classes) {
  const AxisSet all = sweptBy(sum);
  const SmallVector<int64_t> space = classes.extentsOf(sum.getOperand());
  AxisSet found = 0;
  SmallVector<Value> open{sum.getOperand()};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!seen.insert(value).second || !op)
      continue;
    if (norm::isReduction(op)) {
      const AxisSet axes = sweptBy(op);
      if (!axes || axes == all || (axes & ~all) || (found && axes != found) || classes.extentsOf(op->getOperand(0)) != space)
        return 0;
      found = axes;
      continue;
    }
    for (OpOperand &operand : op->getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        open.push_back(operand.get());
  }
  return found;
}

/// Whether groups have enough points, as far as that is known.
bool isWorthwhile(AxisSet axes, ArrayRef<int64_t> space) {
  int64_t points = 1;
  for (auto [axis, extent] : llvm::enumerate(space))
    if (axes >> axis & 1) {
      if (extent < 0)
        return true;
      points = std::min(points, leastPoints) * extent;
    }
  return points >= leastPoints;
}

/// The axes that are split over devices.
AxisSet shardedAxes(func::FuncOp function) {
  AxisSet sharded = 0;
  for (BlockArgument argument : function.getArguments())
    if (auto axis = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::shardAttr))
      sharded |= AxisSet(1) << axis.getInt();
  return sharded;
}

struct GroupSumsPass : impl::GroupSumsBase<GroupSumsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
      if (failed(classes))
        return signalPassFailure();
      const AxisSet sharded = shardedAxes(function);
      SmallVector<std::pair<norm::SumOp, AxisSet>> chosen;
      for (auto sum : function.getBody().front().getOps<norm::SumOp>())
        if (AxisSet axes = groupAxes(sum, *classes);
            axes && !(axes & sharded) && isWorthwhile(axes, classes->extentsOf(sum.getOperand())))
          chosen.emplace_back(sum, axes);
      for (auto [sum, axes] : chosen)
        split(sum, axes);
    }
  }

  // sum(x over A) ==> sum(sum(x over B) over A without B)
  void split(norm::SumOp sum, AxisSet axes) {
    OpBuilder builder(sum);
    SmallVector<int64_t> inner, outer;
    for (int64_t axis : sum.getAxes())
      (axes >> axis & 1 ? inner : outer).push_back(axis);
    Value groups = builder.create<norm::SumOp>(norm::withoutName(sum.getLoc()), sum.getOperand(), builder.getDenseI64ArrayAttr(inner));
    sum.getOperandMutable().assign(groups);
    sum.setAxesAttr(builder.getDenseI64ArrayAttr(outer));
  }
};

} // namespace
} // namespace normc
