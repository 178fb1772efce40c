//===- Inverses.cpp - how operands follow from results -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One rule a primitive; r is the result. Products and quotients are inverted to within
// roundings. Sums are not: a = r - b is as exact as the larger of r and b.
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::norm {

/// The number that a value is everywhere, if it is known now.
static std::optional<APFloat> numberIn(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
  return number ? std::optional<APFloat>(number.getValue()) : std::nullopt;
}

/// A product or quotient grows with one operand if the other is positive.
static Growth growthBy(Value factor) {
  std::optional<APFloat> number = numberIn(factor);
  if (!number || !number->isFiniteNonZero())
    return Growth::unknown;
  return number->isNegative() ? Growth::falls : Growth::rises;
}

/// A result that is never 0 or negative.
static Inverse positive(Inverse inverse) {
  inverse.isPositive = true;
  return inverse;
}

/// The rule of an op with one operand: how the inverse is to be called, the operand as a value of the result r, and how the
/// result grows with the operand.
#define UNDO_UNARY(OP, INVERSE, OPERAND, GROWTH)                                                                      \
  Inverse OP::describeInverse(unsigned, ValueRange) { return INVERSE; }                                               \
  Value OP::buildInverse(ImplicitLocOpBuilder &builder, unsigned, ValueRange, Value r) { return OPERAND; }            \
  Growth OP::growthIn(unsigned, ValueRange) { return GROWTH; }

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

// r = a + b: a = r - b, b = r - a
Inverse AddOp::describeInverse(unsigned, ValueRange) {
  return Inverse::unstable();
}
Value AddOp::buildInverse(ImplicitLocOpBuilder &builder, unsigned operand, ValueRange operands, Value r) {
  return builder.create<SubOp>(r, operands[1 - operand]);
}
Growth AddOp::growthIn(unsigned, ValueRange) {
  return Growth::rises;
}

// r = a - b: a = r + b, b = a - r
Inverse SubOp::describeInverse(unsigned, ValueRange) {
  return Inverse::unstable();
}
Value SubOp::buildInverse(ImplicitLocOpBuilder &builder, unsigned operand, ValueRange operands, Value r) {
  return operand == 0 ? Value(builder.create<AddOp>(r, operands[1])) : Value(builder.create<SubOp>(operands[0], r));
}
Growth SubOp::growthIn(unsigned operand, ValueRange) {
  return operand == 0 ? Growth::rises : Growth::falls;
}

// r = -x: x = -r
UNDO_UNARY(NegOp, Inverse::stable(), builder.create<NegOp>(r), Growth::falls)

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

// r = a b: a = r / b, if b != 0
Inverse MulOp::describeInverse(unsigned operand, ValueRange operands) {
  Value other = operands[1 - operand];
  if (std::optional<APFloat> number = numberIn(other); number && number->isZero())
    return Inverse::none("is 0 whatever it is multiplied with");
  return Inverse::stable(other);
}
Value MulOp::buildInverse(ImplicitLocOpBuilder &builder, unsigned operand, ValueRange operands, Value r) {
  return builder.create<DivOp>(r, operands[1 - operand]);
}
Growth MulOp::growthIn(unsigned operand, ValueRange operands) {
  return growthBy(operands[1 - operand]);
}

// r = a / b: a = r b; b = a / r, if a != 0. Where b is 0, r is no number, and no gradient through it is one.
Inverse DivOp::describeInverse(unsigned operand, ValueRange operands) {
  return Inverse::stable(operand == 0 ? Value() : operands[0]);
}
Value DivOp::buildInverse(ImplicitLocOpBuilder &builder, unsigned operand, ValueRange operands, Value r) {
  return operand == 0 ? Value(builder.create<MulOp>(r, operands[1])) : Value(builder.create<DivOp>(operands[0], r));
}
Growth DivOp::growthIn(unsigned operand, ValueRange operands) {
  return operand == 0 ? growthBy(operands[1]) : Growth::unknown;
}

// r = 1 / x: x = 1 / r
UNDO_UNARY(ReciprocalOp, Inverse::stable(), builder.create<ReciprocalOp>(r), Growth::unknown)

//===----------------------------------------------------------------------===//
// Powers, exponentials, logarithms
//===----------------------------------------------------------------------===//

// r = x^(1/2): x = r^2
UNDO_UNARY(SqrtOp, Inverse::stable(), builder.create<SquareOp>(r), Growth::rises)

// r = x^(-1/2): x = 1 / r^2
UNDO_UNARY(RsqrtOp, Inverse::stable(), builder.create<ReciprocalOp>(builder.create<SquareOp>(r)), Growth::falls)

// r = e^x: x = log r
UNDO_UNARY(ExpOp, positive(Inverse::unstable()), builder.create<LogOp>(r), Growth::rises)

// r = log x: x = e^r
UNDO_UNARY(LogOp, Inverse::unstable(), builder.create<ExpOp>(r), Growth::rises)

//===----------------------------------------------------------------------===//
// Types and extents
//===----------------------------------------------------------------------===//

// r = x in another type: x = r in the type of x, between floats
Inverse CastOp::describeInverse(unsigned, ValueRange) {
  Type from = getElementTypeOrSelf(getOperand());
  if (!isFloatElement(from) || !isFloatElement(getElement()))
    return Inverse::none("has another type, in which other values look the same");
  return from.getIntOrFloatBitWidth() < getElement().getIntOrFloatBitWidth() ? Inverse::stable() : Inverse::unstable();
}
Value CastOp::buildInverse(ImplicitLocOpBuilder &builder, unsigned, ValueRange, Value r) {
  return builder.create<CastOp>(r, TypeAttr::get(getElementTypeOrSelf(getOperand())));
}
Growth CastOp::growthIn(unsigned, ValueRange) {
  return Growth::rises;
}

// r = x, repeated: x = r, where nothing is repeated
Inverse BroadcastOp::describeInverse(unsigned operand, ValueRange) {
  return operand == 0 && getOperand().getType() == getType() ? Inverse::stable() : Inverse::none("is repeated");
}
Value BroadcastOp::buildInverse(ImplicitLocOpBuilder &, unsigned, ValueRange, Value r) {
  return r;
}
Growth BroadcastOp::growthIn(unsigned, ValueRange) {
  return Growth::rises;
}

#undef UNDO_UNARY

} // namespace normc::norm
