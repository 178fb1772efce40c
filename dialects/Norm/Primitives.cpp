//===- Primitives.cpp - verifiers and builders of primitives -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::norm {

/// A constant with extents of 1; the number is rounded to the element type.
void ConstantOp::build(OpBuilder &builder, OperationState &state, Type element, int64_t rank, double value) {
  TypedAttr number = isa<FloatType>(element) ? TypedAttr(builder.getFloatAttr(element, value))
                                             : TypedAttr(builder.getIntegerAttr(element, int64_t(value)));
  build(builder, state, RankedTensorType::get(SmallVector<int64_t>(rank, 1), element), number);
}

LogicalResult ConstantOp::verify() {
  RankedTensorType type = getType();
  // c2
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (varies(type, axis)) {
      InFlightDiagnostic error = emitOpError() << "must have extents of 1, but its type is " << type;
      error.attachNote() << "elementwise ops repeat a constant by themselves";
      return error;
    }
  // c3
  if (getValue().getType() != type.getElementType())
    return emitOpError() << "must have a value of the element type " << type.getElementType() << ", but it is of "
                         << getValue().getType();
  return success();
}

LogicalResult MergeOp::verify() {
  // c4
  const bool isMoments = getMonoid() == Monoid::moments;
  if (isMoments != bool(getMean()))
    return emitOpError() << (isMoments ? "of moments must have a mean" : "has a mean, but only moments have one");
  if (getMean() && getMean().getType() != getType())
    return emitOpError() << "must have a mean of the type " << getType() << ", but it is " << getMean().getType();
  return success();
}

} // namespace normc::norm
