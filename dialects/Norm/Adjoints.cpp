//===- Adjoints.cpp - the derivative table -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One rule a primitive; y is the result, dy its cotangent, and an operand's adjoint
// may have the extents of the result.
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

#include <cmath>

using namespace mlir;

namespace normc::norm {

namespace {

/// Builds expressions of one rank and one element type.
struct Algebra {
  ImplicitLocOpBuilder &builder;
  Type element;
  int64_t rank;

  Algebra(ImplicitLocOpBuilder &builder, Value like)
      : builder(builder), element(getElementTypeOrSelf(like)), rank(cast<RankedTensorType>(like.getType()).getRank()) {}

  Value constant(double value) { return builder.create<ConstantOp>(element, rank, value); }
  /// A number to more digits than a narrow element type has: its leading part, and what that leaves, added.
  Value precise(double value) {
    Value sum;
    for (int parts = 0; parts < 3 && (!sum || value != 0.0); ++parts) {
      Value part = constant(value);
      value -= cast<FloatAttr>(part.getDefiningOp<ConstantOp>().getValue()).getValueAsDouble();
      sum = sum ? add(sum, part) : part;
    }
    return sum;
  }
  Value add(Value a, Value b) { return builder.create<AddOp>(a, b); }
  Value sub(Value a, Value b) { return builder.create<SubOp>(a, b); }
  Value mul(Value a, Value b) { return builder.create<MulOp>(a, b); }
  Value div(Value a, Value b) { return builder.create<DivOp>(a, b); }
  Value neg(Value a) { return builder.create<NegOp>(a); }
  Value square(Value a) { return builder.create<SquareOp>(a); }
  Value exp(Value a) { return builder.create<ExpOp>(a); }
  Value compare(Predicate predicate, Value a, Value b) { return builder.create<CompareOp>(predicate, a, b); }
  Value select(Value condition, Value a, Value b) { return builder.create<SelectOp>(condition, a, b); }
  Value broadcast(Value a, Value like) { return builder.create<BroadcastOp>(a, like); }
};

bool isFloat(Value value) { return isFloatElement(getElementTypeOrSelf(value)); }

} // namespace

//===----------------------------------------------------------------------===//
// Constants and extents
//===----------------------------------------------------------------------===//

// No operand carries data.
Value ConstantOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value) { return nullptr; }
Value IndexOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value) { return nullptr; }
Value CountOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value) { return nullptr; }

// y = a, repeated: da = dy, summed by the caller. Of the other operand only the extents are read.
Value BroadcastOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned operand, Value dy) {
  return operand == 0 ? dy : nullptr;
}

//===----------------------------------------------------------------------===//
// Elementwise, one operand
//===----------------------------------------------------------------------===//

// y = -x: dx = -dy
Value NegOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) { return Algebra(builder, dy).neg(dy); }

// y = |x|: dx = dy sign(x)
Value AbsOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return Algebra(builder, dy).mul(dy, builder.create<SignOp>(getOperand()));
}

// y = sign(x): dx = 0
Value SignOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value) { return nullptr; }

// y = x^2: dx = 2 x dy
Value SquareOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.mul(a.mul(a.constant(2.0), getOperand()), dy);
}

// y = x^(1/2): dx = dy / (2 y)
Value SqrtOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.div(dy, a.mul(a.constant(2.0), getResult()));
}

// y = x^(-1/2): dx = -1/2 y^3 dy
Value RsqrtOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.mul(a.mul(a.constant(-0.5), a.mul(a.square(getResult()), getResult())), dy);
}

// y = 1/x: dx = -y^2 dy
Value ReciprocalOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.neg(a.mul(a.square(getResult()), dy));
}

// y = e^x: dx = y dy
Value ExpOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return Algebra(builder, dy).mul(getResult(), dy);
}

// y = log x: dx = dy / x
Value LogOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return Algebra(builder, dy).div(dy, getOperand());
}

// y = tanh x: dx = (1 - y^2) dy
Value TanhOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.mul(a.sub(a.constant(1.0), a.square(getResult())), dy);
}

// y = 1/(1 + e^-x): dx = y (1 - y) dy
Value SigmoidOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.mul(a.mul(getResult(), a.sub(a.constant(1.0), getResult())), dy);
}

// y = erf x: dx = 2/sqrt(pi) e^(-x^2) dy
Value ErfOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  return a.mul(a.mul(a.precise(2.0 / std::sqrt(M_PI)), a.exp(a.neg(a.square(getOperand())))), dy);
}

//===----------------------------------------------------------------------===//
// Elementwise, two operands
//===----------------------------------------------------------------------===//

// y = a + b: da = dy, db = dy
Value AddOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value dy) { return dy; }

// y = a - b: da = dy, db = -dy
Value SubOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  return operand == 0 ? dy : Algebra(builder, dy).neg(dy);
}

// y = a b: da = b dy, db = a dy
Value MulOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  return Algebra(builder, dy).mul(operand == 0 ? getRhs() : getLhs(), dy);
}

// y = a / b: da = dy / b, db = -y dy / b
Value DivOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  Algebra a(builder, dy);
  return operand == 0 ? a.div(dy, getRhs()) : a.neg(a.div(a.mul(getResult(), dy), getRhs()));
}

/// y = max(a, b) or min(a, b): the operand that wins has dy; a tie is shared equally.
static Value adjointOfExtremum(ImplicitLocOpBuilder &builder, Predicate wins, Value mine, Value other, Value dy) {
  Algebra a(builder, dy);
  Value shared = a.select(a.compare(Predicate::eq, mine, other), a.mul(a.constant(0.5), dy), a.constant(0.0));
  return a.select(a.compare(wins, mine, other), dy, shared);
}

// y = max(a, b): da = dy [a > b] + dy/2 [a = b]
Value MaxOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  return adjointOfExtremum(builder, Predicate::gt, getOperand(operand), getOperand(1 - operand), dy);
}

// y = min(a, b): da = dy [a < b] + dy/2 [a = b]
Value MinOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  return adjointOfExtremum(builder, Predicate::lt, getOperand(operand), getOperand(1 - operand), dy);
}

// y = a^b: da = b a^(b - 1) dy, 0 where b = 0; db = y log(a) dy, 0 where a = 0 and b >= 0, which is its limit.
Value PowOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  Algebra a(builder, dy);
  Value zero = a.constant(0.0);
  if (operand == 0) {
    auto constant = getRhs().getDefiningOp<ConstantOp>();
    if (constant && cast<FloatAttr>(constant.getValue()).getValue().isZero())
      return nullptr;
    Value reduced = builder.create<PowOp>(getLhs(), a.sub(getRhs(), a.constant(1.0)));
    Value slope = a.mul(getRhs(), reduced);
    if (!constant)
      slope = a.select(a.compare(Predicate::eq, getRhs(), zero), zero, slope);
    return a.mul(slope, dy);
  }
  Value slope = a.mul(getResult(), builder.create<LogOp>(getLhs()));
  Value limit = a.select(a.compare(Predicate::ge, getRhs(), zero), zero, slope);
  return a.mul(a.select(a.compare(Predicate::eq, getLhs(), zero), limit, slope), dy);
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

// A mask carries no adjoint.
Value CompareOp::buildAdjoint(ImplicitLocOpBuilder &, unsigned, Value) { return nullptr; }

// y = c ? a : b: da = c ? dy : 0, db = c ? 0 : dy
Value SelectOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned operand, Value dy) {
  if (operand == 0)
    return nullptr;
  Algebra a(builder, dy);
  Value zero = a.constant(0.0);
  return operand == 1 ? a.select(getCondition(), dy, zero) : a.select(getCondition(), zero, dy);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

// y = sum of x: dx = dy, repeated
Value SumOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return Algebra(builder, dy).broadcast(dy, getOperand());
}

// y = 1/n sum of x: dx = dy / n, repeated
Value MeanOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  Value count = builder.create<CountOp>(getOperand(), getAxesAttr(), TypeAttr::get(a.element));
  return a.broadcast(a.div(dy, count), getOperand());
}

// y = sum of (x - m)^2, m the mean of x: dx = 2 (x - m) dy, as the deviations sum to 0
Value SquaredDeviationsOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  Algebra a(builder, dy);
  Value deviation = a.sub(getOperand(), builder.create<MeanOp>(getOperand(), getAxesAttr()));
  return a.mul(a.mul(a.constant(2.0), deviation), dy);
}

/// y = max or min of x: dx = dy / t where x = y, else 0; t the number of such positions
static Value adjointOfExtremumOver(ImplicitLocOpBuilder &builder, Value x, Value y, DenseI64ArrayAttr axes, Value dy) {
  Algebra a(builder, dy);
  Value hit = a.compare(Predicate::eq, x, y);
  Value ties = builder.create<SumOp>(a.select(hit, a.constant(1.0), a.constant(0.0)), axes);
  return a.select(hit, a.div(dy, ties), a.constant(0.0));
}

Value MaxOverOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return adjointOfExtremumOver(builder, getOperand(), getResult(), getAxesAttr(), dy);
}
Value MinOverOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  return adjointOfExtremumOver(builder, getOperand(), getResult(), getAxesAttr(), dy);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// y = x in another type: dx = dy, cast back; none unless both are floats
Value CastOp::buildAdjoint(ImplicitLocOpBuilder &builder, unsigned, Value dy) {
  if (!isFloat(getOperand()) || !isFloat(getResult()))
    return nullptr;
  return builder.create<CastOp>(dy, TypeAttr::get(getElementTypeOrSelf(getOperand())));
}

} // namespace normc::norm
