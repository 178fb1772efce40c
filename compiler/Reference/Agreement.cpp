//===- Agreement.cpp - results against what rounding explains ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Agreement.h"
#include "compiler/Reference/Arithmetic.h"
#include "dialects/Norm/Extents.h"

using namespace mlir;

namespace normc::reference {

static constexpr double infinite = std::numeric_limits<double>::infinity();

template <typename Real>
Agreement holdAgainst(Type element, const Array<Real> &got, const Array<Real> &want) {
  Agreement agreement;
  agreement.elements = want.size();
  const bool isFloat = norm::isFloatElement(element);
  const Format storage = isFloat ? storageOf(element) : Format();
  for (int64_t i = 0; i < agreement.elements; ++i) {
    const Real value = isFloat ? want.reals[i] : Real(want.integers[i]);
    const Real other = isFloat ? got.reals[i] : Real(got.integers[i]);
    double bound = want.errors.empty() ? 0.0 : want.errors[i];
    const double magnitude = std::abs(double(value));
    if (isFloat && wide::isFinite(value)) {
      bound *= closedFormFactor;
      bound += storage.roundoff * (magnitude + bound) + (value == Real(0) && bound == 0 ? 0 : storage.floor);
      // What may be rounded to infinity may be infinite.
      if (!(magnitude + bound <= storage.largest))
        bound = infinite;
    } else if (!isFloat && bound >= 1) {
      bound = infinite;
    }
    if (!(bound < infinite))
      continue;
    ++agreement.compared;
    const bool same = other == value || (wide::isNaN(other) && wide::isNaN(value));
    double error = same ? 0 : double(wide::abs(other - value));
    if (wide::isNaN(error))
      error = infinite;
    agreement.exceeded += error > bound;
    const double ratio = error == 0 ? 0 : error > bound && bound == 0 ? infinite : error / bound;
    if (ratio > agreement.ratio || agreement.worst < 0) {
      agreement.worst = i;
      agreement.error = error;
      agreement.bound = bound;
      agreement.ratio = ratio;
      agreement.got = double(other);
      agreement.want = double(value);
    }
  }
  return agreement;
}

template Agreement holdAgainst(Type, const Array<double> &, const Array<double> &);
template Agreement holdAgainst(Type, const Array<Quad> &, const Array<Quad> &);

} // namespace normc::reference
