//===- Precision.cpp - in what type values are computed ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Precision.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc {

AxisSet variedAxes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  AxisSet axes = 0;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    axes |= AxisSet(norm::varies(type, axis)) << axis;
  return axes;
}

AxisSet sweptBy(Operation *reduction) {
  AxisSet axes = 0;
  for (int64_t axis : reduction->getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef())
    axes |= AxisSet(1) << axis;
  return axes & variedAxes(reduction->getOperand(0));
}

Precision::Precision(func::FuncOp function) {
  auto note = [&](Value value) {
    AxisSet axes = variedAxes(value);
    if (!axes || llvm::any_of(widest, [&](AxisSet other) { return (axes & ~other) == 0; }))
      return;
    llvm::erase_if(widest, [&](AxisSet other) { return (other & ~axes) == 0; });
    widest.push_back(axes);
  };
  for (BlockArgument argument : function.getArguments())
    note(argument);
  for (Operation &op : function.getBody().front().without_terminator())
    for (Value result : op.getResults())
      note(result);
}

bool Precision::isWide(Value value) const { return llvm::is_contained(widest, variedAxes(value)); }

Type Precision::computeType(Value value) const {
  Type element = getElementTypeOrSelf(value);
  if (!isa<FloatType>(element))
    return element;
  return element.isF64() || !isWide(value) ? Type(Float64Type::get(element.getContext()))
                                           : Type(Float32Type::get(element.getContext()));
}

RankedTensorType Precision::storedType(Value value) const {
  return cast<RankedTensorType>(cast<RankedTensorType>(value.getType()).clone(computeType(value)));
}

} // namespace normc
