//===- Folds.cpp - folders that hold for floats --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exact for every operand, infinities, NaN and the sign of zero included; constants
// are combined only where no rounding takes place.
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::norm {

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

static bool isNumber(Attribute attribute, double value) {
  auto number = dyn_cast_or_null<FloatAttr>(attribute);
  return number && number.getValue().isExactlyValue(value);
}

/// `value` where it has the type of `result`, so that it may take its place.
static OpFoldResult replacing(Value result, Value value) {
  return value.getType() == result.getType() ? OpFoldResult(value) : OpFoldResult();
}

/// f(constant), where it is exact.
template <typename Function>
static OpFoldResult foldConstant(Attribute operand, Function function) {
  auto number = dyn_cast_or_null<FloatAttr>(operand);
  if (!number)
    return {};
  APFloat value = number.getValue();
  if (value.isNaN() || function(value) != APFloat::opOK)
    return {};
  return FloatAttr::get(number.getType(), value);
}

template <typename Function>
static OpFoldResult foldConstants(Attribute lhs, Attribute rhs, Function function) {
  auto b = dyn_cast_or_null<FloatAttr>(rhs);
  if (!b || b.getValue().isNaN())
    return {};
  return foldConstant(lhs, [&](APFloat &a) { return function(a, b.getValue()); });
}

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

//===----------------------------------------------------------------------===//
// Constants, extents, types
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

// broadcast a like b ==> a, where the type says that nothing is repeated. `?` stays: the op says that extents agree.
OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getType().hasStaticShape() ? replacing(getResult(), getOperand()) : OpFoldResult();
}

// cast x to its own type ==> x
OpFoldResult CastOp::fold(FoldAdaptor) { return replacing(getResult(), getOperand()); }

//===----------------------------------------------------------------------===//
// Elementwise, one operand
//===----------------------------------------------------------------------===//

// -(-x) ==> x
OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getOperand().getDefiningOp<NegOp>())
    return inner.getOperand();
  return foldConstant(adaptor.getOperand(), [](APFloat &a) { return a.changeSign(), APFloat::opOK; });
}

// | |x| | ==> |x|, |-x| ==> |x|
OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getDefiningOp<AbsOp>())
    return getOperand();
  if (auto inner = getOperand().getDefiningOp<NegOp>()) {
    getOperandMutable().assign(inner.getOperand());
    return getResult();
  }
  return foldConstant(adaptor.getOperand(), [](APFloat &a) { return a.clearSign(), APFloat::opOK; });
}

// (-x)^2 ==> x^2
OpFoldResult SquareOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getOperand().getDefiningOp<NegOp>()) {
    getOperandMutable().assign(inner.getOperand());
    return getResult();
  }
  return foldConstant(adaptor.getOperand(), [](APFloat &a) { return a.multiply(APFloat(a), nearest); });
}

OpFoldResult ReciprocalOp::fold(FoldAdaptor adaptor) {
  return foldConstant(adaptor.getOperand(), [](APFloat &a) {
    APFloat one(a.getSemantics(), 1);
    auto status = one.divide(a, nearest);
    a = one;
    return status;
  });
}

// sign(sign x) ==> sign x
OpFoldResult SignOp::fold(FoldAdaptor) { return getOperand().getDefiningOp<SignOp>() ? getOperand() : Value(); }

// Rounded, so not computed here.
OpFoldResult SqrtOp::fold(FoldAdaptor) { return {}; }
OpFoldResult RsqrtOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ExpOp::fold(FoldAdaptor) { return {}; }
OpFoldResult LogOp::fold(FoldAdaptor) { return {}; }
OpFoldResult TanhOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SigmoidOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ErfOp::fold(FoldAdaptor) { return {}; }

//===----------------------------------------------------------------------===//
// Elementwise, two operands
//===----------------------------------------------------------------------===//

/// Whether an attribute is the zero of this sign.
static bool isZero(Attribute attribute, bool negative) {
  auto number = dyn_cast_or_null<FloatAttr>(attribute);
  return number && number.getValue().isZero() && number.getValue().isNegative() == negative;
}

// x + (-0) ==> x; x + 0 is not x where x is -0
OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs(), /*negative=*/true))
    return replacing(getResult(), getLhs());
  if (isZero(adaptor.getLhs(), /*negative=*/true))
    return replacing(getResult(), getRhs());
  return foldConstants(adaptor.getLhs(), adaptor.getRhs(),
                       [](APFloat &a, const APFloat &b) { return a.add(b, nearest); });
}

// x - 0 ==> x
OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isZero(adaptor.getRhs(), /*negative=*/false))
    return replacing(getResult(), getLhs());
  return foldConstants(adaptor.getLhs(), adaptor.getRhs(),
                       [](APFloat &a, const APFloat &b) { return a.subtract(b, nearest); });
}

// x 1 ==> x, 1 x ==> x
OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isNumber(adaptor.getRhs(), 1.0))
    return replacing(getResult(), getLhs());
  if (isNumber(adaptor.getLhs(), 1.0))
    return replacing(getResult(), getRhs());
  return foldConstants(adaptor.getLhs(), adaptor.getRhs(),
                       [](APFloat &a, const APFloat &b) { return a.multiply(b, nearest); });
}

// x / 1 ==> x
OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isNumber(adaptor.getRhs(), 1.0))
    return replacing(getResult(), getLhs());
  return foldConstants(adaptor.getLhs(), adaptor.getRhs(),
                       [](APFloat &a, const APFloat &b) { return a.divide(b, nearest); });
}

// max(x, x) ==> x, min(x, x) ==> x
OpFoldResult MaxOp::fold(FoldAdaptor) { return getLhs() == getRhs() ? getLhs() : Value(); }
OpFoldResult MinOp::fold(FoldAdaptor) { return getLhs() == getRhs() ? getLhs() : Value(); }

// x^1 ==> x
OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  return isNumber(adaptor.getRhs(), 1.0) ? replacing(getResult(), getLhs()) : OpFoldResult();
}

// c ? a : a ==> a
OpFoldResult SelectOp::fold(FoldAdaptor) {
  return getOnTrue() == getOnFalse() ? replacing(getResult(), getOnTrue()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// Reductions: over axes along which nothing varies, x ==> x
//===----------------------------------------------------------------------===//

OpFoldResult SumOp::fold(FoldAdaptor) { return replacing(getResult(), getOperand()); }
OpFoldResult MeanOp::fold(FoldAdaptor) { return replacing(getResult(), getOperand()); }
OpFoldResult MaxOverOp::fold(FoldAdaptor) { return replacing(getResult(), getOperand()); }
OpFoldResult MinOverOp::fold(FoldAdaptor) { return replacing(getResult(), getOperand()); }
OpFoldResult SquaredDeviationsOp::fold(FoldAdaptor) { return {}; } // 0, but NaN of NaN

} // namespace normc::norm
