//===- Erf.cpp - the error function -------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/Functions/Coefficients.h"
#include "dialects/Kernel/Functions/Exponential.h"

namespace normc::kernel {

// erf |x| = 1 - e^-u, u = -log(1 - erf |x|) = |x| (2 / sqrt(pi) + |x| p(|x|)): u is smooth, and needs the less accuracy
// the larger it is. Beyond the limit it rounds to 1.
Real buildErf(Real x) {
  Arithmetic &m = *x.arithmetic;
  Real a = atMost(abs(x), m.pick(4, 6)).named("a");
  Real p = m.polynomial(coefficients::errorFunction, a);
  // The factor and the product, each as a number and what is left of it.
  const double high = m.high(coefficients::twoOverRootPi), low = m.low(coefficients::twoOverRootPi);
  Real q = m.fma(a, p, m.real(high)).named("q");
  Real qRest = (m.fma(a, p, high - q) + low).named("q_rest");
  Real u = (q * a).named("u");
  Real uRest = m.fma(a, qRest, m.fma(a, q, -u)).named("u_rest");
  auto [n, r] = reduce(-u);
  Real power = powerOfTwo(n);
  Real e = r + m.fma(r * r, exponentialTail(r), -uRest);
  return withSign(m.fma(-power, e, 1.0 - power), x);
}

} // namespace normc::kernel
