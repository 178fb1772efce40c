//===- ExtentClasses.cpp - which extents must agree when a graph is called ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc {

unsigned ExtentClasses::find(unsigned axis) {
  while (parents[axis] != axis)
    axis = parents[axis] = parents[parents[axis]];
  return axis;
}

/// Along each axis but those in `except`: two values that both vary have one extent.
void ExtentClasses::connect(Value value, Value other, ArrayRef<int64_t> except) {
  auto type = cast<RankedTensorType>(value.getType()), otherType = cast<RankedTensorType>(other.getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (norm::varies(type, axis) && norm::varies(otherType, axis) && !llvm::is_contained(except, axis)) {
      unsigned a = find(axisNumber(value, axis)), b = find(axisNumber(other, axis));
      parents[std::max(a, b)] = std::min(a, b);
    }
}

FailureOr<ExtentClasses> ExtentClasses::compute(func::FuncOp function, ExtentsOf of) {
  ExtentClasses classes;
  auto enter = [&](Value value) {
    classes.firstAxis[value] = classes.extents.size();
    for (int64_t extent : cast<RankedTensorType>(value.getType()).getShape()) {
      classes.parents.push_back(classes.extents.size());
      classes.extents.push_back(extent);
    }
  };
  for (BlockArgument argument : function.getArguments())
    enter(argument);
  for (Operation &op : function.getBody().front().without_terminator()) {
    enter(op.getResult(0));
    // What an op reduces, counts or repeats does not vary in its result, so that varying axes are connected whatever the
    // op; index and count have extents of 1 elsewhere.
    for (Value operand : op.getOperands())
      classes.connect(operand, op.getResult(0));
  }

  // A cotangent has the extents of its result.
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Value> differentiable;
  for (OpOperand &result : terminator->getOpOperands())
    if (unsigned index = result.getOperandNumber(); norm::isFloatElement(getElementTypeOrSelf(result.get())) &&
                                                    !function.getResultAttr(index, norm::updatesAttr) &&
                                                    !function.getResultAttr(index, norm::gradientAttr))
      differentiable.push_back(result.get());
  for (BlockArgument argument : function.getArguments())
    if (auto position = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::cotangentAttr);
        position && function->hasAttr(norm::saveAttr) && position.getInt() < int64_t(differentiable.size()))
      classes.connect(argument, differentiable[position.getInt()]);

  SmallVector<int64_t> fixed(classes.extents.size(), ShapedType::kDynamic);
  auto resolve = [&](Value value, Location location) -> LogicalResult {
    for (int64_t axis = 0; axis < cast<RankedTensorType>(value.getType()).getRank(); ++axis) {
      unsigned number = classes.axisNumber(value, axis);
      int64_t extent = classes.extents[number], &known = fixed[classes.find(number)];
      if (ShapedType::isDynamic(extent))
        continue;
      if (!ShapedType::isDynamic(known) && known != extent)
        return emitError(location) << "extents that must agree differ: along axis " << axis << " this value has "
                                   << extent << ", but ops connect it to an extent of " << known;
      known = extent;
    }
    return success();
  };
  for (BlockArgument argument : function.getArguments())
    if (failed(resolve(argument, argument.getLoc())))
      return failure();
  for (Operation &op : function.getBody().front().without_terminator())
    if (failed(resolve(op.getResult(0), op.getLoc())))
      return failure();

  if (of == ExtentsOf::share)
    for (BlockArgument argument : function.getArguments())
      if (auto axis = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::shardAttr))
        fixed[classes.find(classes.axisNumber(argument, axis.getInt()))] = ShapedType::kDynamic;

  int64_t symbols = 0;
  for (unsigned number = 0; number < classes.extents.size(); ++number) {
    int64_t &extent = fixed[classes.find(number)];
    if (ShapedType::isDynamic(extent))
      extent = -1 - symbols++;
    classes.resolved.push_back(extent);
  }
  return classes;
}

SmallVector<int64_t> ExtentClasses::extentsOf(Value value) const {
  auto first = resolved.begin() + firstAxis.lookup(value);
  return SmallVector<int64_t>(first, first + cast<RankedTensorType>(value.getType()).getRank());
}

} // namespace normc
