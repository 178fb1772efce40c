//===- Casts.cpp - casts and constants of the interpreter ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Evaluation.h"

#include <algorithm>

using namespace mlir;

namespace normc::reference {

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Whether every value of a float type is one of another.
static bool isWithin(Type from, Type to) {
  return from == to || to.isF64() || (to.isF32() && !from.isF64());
}

static int64_t clampTo(Type element, int64_t value) {
  if (!element.isSignlessInteger(32))
    return value;
  return std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
}

/// Rounded once: a Quad has every i64.
template <typename Real>
static Real toFloat(Type element, int64_t value) {
  return Real(roundTo(element, Quad(value)));
}

/// Truncated, clamped; NaN becomes 0.
template <typename Real>
static int64_t toInteger(Type element, Real value) {
  const Real limit = wide::ldexp(Real(1), 63);
  if (wide::isNaN(value))
    return 0;
  if (value >= limit)
    return clampTo(element, std::numeric_limits<int64_t>::max());
  if (value <= -limit)
    return clampTo(element, std::numeric_limits<int64_t>::min());
  return clampTo(element, int64_t(wide::trunc(value)));
}

template <typename In, typename Out, typename Function>
static void map(const std::vector<In> &from, std::vector<Out> &to, Function function) {
  to.reserve(from.size());
  for (In value : from)
    to.push_back(function(value));
}

template <typename Real>
bool evaluateCast(Operation *op, Operands<Real> operands, const Options &options, Array<Real> &result) {
  auto cast = dyn_cast<norm::CastOp>(op);
  if (!cast)
    return false;
  const Array<Real> &x = *operands[0];
  const Type from = getElementTypeOrSelf(cast.getOperand()), to = cast.getElement();
  const bool fromFloat = norm::isFloatElement(from), toMask = to.isSignlessInteger(1);
  if (fromFloat && norm::isFloatElement(to)) {
    if (!options.roundCasts || isWithin(from, to))
      result.reals = x.reals;
    else
      map(x.reals, result.reals, [&](Real value) { return roundTo(to, value); });
  } else if (norm::isFloatElement(to)) {
    map(x.integers, result.reals, [&](int64_t value) { return toFloat<Real>(to, value); });
  } else if (fromFloat) {
    map(x.reals, result.integers,
        [&](Real value) { return toMask ? int64_t(value != Real(0)) : toInteger(to, value); });
  } else {
    map(x.integers, result.integers, [&](int64_t value) { return toMask ? int64_t(value != 0) : clampTo(to, value); });
  }
  return true;
}

template bool evaluateCast(Operation *, Operands<double>, const Options &, Array<double> &);
template bool evaluateCast(Operation *, Operands<Quad>, const Options &, Array<Quad> &);

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// A position or a count, as a number of the result's type. It is no cast: a float is not rounded to that type.
template <typename Real>
static void append(Type element, int64_t value, Array<Real> &result) {
  if (norm::isFloatElement(element))
    result.reals.push_back(Real(value));
  else
    result.integers.push_back(clampTo(element, value));
}

template <typename Real>
bool evaluateNullary(Operation *op, Operands<Real> operands, Array<Real> &result) {
  const Type element = op->getNumResults() == 1 ? getElementTypeOrSelf(op->getResult(0)) : Type();
  if (auto constant = dyn_cast<norm::ConstantOp>(op)) {
    if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
      result.reals.push_back(Real(number.getValueAsDouble())); // exact: f64 has every value of the others
    else
      result.integers.push_back(mlir::cast<IntegerAttr>(constant.getValue()).getInt());
    return true;
  }
  // result[.., i_axis, ..] = i_axis
  if (auto index = dyn_cast<norm::IndexOp>(op)) {
    const int64_t extent = operands[0]->extents[index.getAxis()];
    for (int64_t position = 0; position < extent; ++position)
      append(element, position, result);
    return true;
  }
  // result = product of the extents along axes
  if (auto count = dyn_cast<norm::CountOp>(op)) {
    SmallVector<int64_t> extents;
    for (int64_t axis : count.getAxes())
      extents.push_back(operands[0]->extents[axis]);
    append(element, *elementCount(extents), result);
    return true;
  }
  return false;
}

template bool evaluateNullary(Operation *, Operands<double>, Array<double> &);
template bool evaluateNullary(Operation *, Operands<Quad>, Array<Quad> &);

} // namespace normc::reference
