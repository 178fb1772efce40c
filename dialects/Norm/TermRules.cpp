//===- TermRules.cpp - what ops are in sums, products and powers ---------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::norm {

using Form = TermBuilder::Form;
using MaybeForm = std::optional<Form>;

// A number; an integer is none of the algebra's.
MaybeForm ConstantOp::buildTerms(TermBuilder &terms, ArrayRef<Form>) {
  auto number = dyn_cast<FloatAttr>(getValue());
  return number && number.getValue().isFinite() ? MaybeForm(terms.number(number.getValue())) : std::nullopt;
}

// n
MaybeForm CountOp::buildTerms(TermBuilder &terms, ArrayRef<Form>) {
  return isFloatElement(getElement()) ? MaybeForm(terms.count(getLike(), getAxes())) : std::nullopt;
}

// a: what it is repeated to, its uses know
MaybeForm BroadcastOp::buildTerms(TermBuilder &, ArrayRef<Form> x) { return x[0]; }

// a + b
MaybeForm AddOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.add(x[0], x[1], 1); }
// a - b
MaybeForm SubOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.add(x[0], x[1], -1); }
// 0 - a
MaybeForm NegOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  return terms.add(terms.number(APFloat(0.0)), x[0], -1);
}
// a b
MaybeForm MulOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.multiply(x[0], x[1]); }
// a b^-1
MaybeForm DivOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  return terms.multiply(x[0], terms.power(x[1], -1, 1));
}
// a^2
MaybeForm SquareOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.power(x[0], 2, 1); }
// a^(1/2)
MaybeForm SqrtOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.power(x[0], 1, 2); }
// a^(-1/2)
MaybeForm RsqrtOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.power(x[0], -1, 2); }
// a^-1
MaybeForm ReciprocalOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.power(x[0], -1, 1); }
// a^p, where p is a number
MaybeForm PowOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  std::optional<std::pair<int64_t, int64_t>> exponent = terms.exponentIn(x[1]);
  return exponent ? MaybeForm(terms.power(x[0], exponent->first, exponent->second)) : std::nullopt;
}

// a or b
MaybeForm MaxOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  return isFloatElement(getType().getElementType()) ? terms.maximum(x[0], x[1]) : std::nullopt;
}
MaybeForm MinOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  return isFloatElement(getType().getElementType()) ? terms.minimum(x[0], x[1]) : std::nullopt;
}
// a or -a
MaybeForm AbsOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.absolute(x[0]); }

// sum of a
MaybeForm SumOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) { return terms.sum(x[0], getOperand(), getAxes()); }
// n^-1 sum of a
MaybeForm MeanOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  Form count = terms.count(getOperand(), getAxes());
  return terms.multiply(terms.sum(x[0], getOperand(), getAxes()), terms.power(count, -1, 1));
}

// c ? a : b, of floats
MaybeForm SelectOp::buildTerms(TermBuilder &terms, ArrayRef<Form> x) {
  return isFloatElement(getType().getElementType()) ? MaybeForm(terms.choose(x[0], x[1], x[2])) : std::nullopt;
}

// a, where nothing is rounded
MaybeForm CastOp::buildTerms(TermBuilder &, ArrayRef<Form> x) {
  Type from = getElementTypeOrSelf(getOperand());
  bool widens = isFloatElement(from) && isFloatElement(getElement()) &&
                from.getIntOrFloatBitWidth() < getElement().getIntOrFloatBitWidth();
  return widens ? MaybeForm(x[0]) : std::nullopt;
}

} // namespace normc::norm
