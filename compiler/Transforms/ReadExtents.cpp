//===- ReadExtents.cpp - extents are read of arguments -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ReadExtents.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc {

/// An argument that has the extents of `value` along `axes`, of which only the extents are read; null if none is found.
static Value argumentWithExtents(Value value, ArrayRef<int64_t> axes) {
  while (Operation *op = value.getDefiningOp()) {
    auto type = cast<RankedTensorType>(value.getType());
    Value next;
    for (Value operand : op->getOperands())
      if (llvm::all_of(axes, [&](int64_t axis) {
            return cast<RankedTensorType>(operand.getType()).getDimSize(axis) == type.getDimSize(axis);
          })) {
        next = operand;
        break;
      }
    if (!next)
      return nullptr;
    value = next;
  }
  return value;
}

void readExtentsOfArguments(func::FuncOp function) {
  function.walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      if (!norm::readsOnlyExtents(operand))
        continue;
      SmallVector<int64_t> axes;
      if (auto index = dyn_cast<norm::IndexOp>(op))
        axes = {int64_t(index.getAxis())};
      else if (auto count = dyn_cast<norm::CountOp>(op))
        axes.assign(count.getAxes().begin(), count.getAxes().end());
      else
        axes = llvm::to_vector(llvm::seq(cast<RankedTensorType>(operand.get().getType()).getRank()));
      if (Value argument = argumentWithExtents(operand.get(), axes))
        operand.set(argument);
    }
  });
}

} // namespace normc
