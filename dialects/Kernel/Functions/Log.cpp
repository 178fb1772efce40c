//===- Log.cpp - the natural logarithm ----------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/Functions/Coefficients.h"
#include "dialects/Kernel/Functions/Logarithm.h"

namespace normc::kernel {

// log x = k ln 2 + f + f^2 p(f), x = 2^k (1 + f)
Real buildLog(Real x) {
  Arithmetic &m = *x.arithmetic;
  auto [k, significand] = decompose(x);
  Real f = (significand - 1.0).named("f");
  Real p = m.polynomial(coefficients::logarithm, f);
  // What the larger part loses to rounding joins the smaller one.
  const double ln2 = m.high(coefficients::ln2);
  Real sum = m.fma(k, ln2, f).named("sum");
  Real lost = f - m.fma(k, -ln2, sum); // exact
  Real rest = m.fma(f * f, p, m.fma(k, m.low(coefficients::ln2), lost)).named("rest");
  Real ordinary = (sum + rest).named("ordinary");
  // Infinity stays; the logarithm of 0 is minus infinity, that of less than 0 and of NaN NaN.
  const double infinity = std::numeric_limits<double>::infinity();
  Real edge = m.select(x == 0.0, m.real(-infinity), m.select(x == infinity, x, m.nan()).named("beyond")).named("edge");
  return m.select((x > 0.0) & (x < infinity), ordinary, edge);
}

} // namespace normc::kernel
