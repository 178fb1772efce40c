//===- Tanh.cpp - the hyperbolic tangent --------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/Functions/Exponential.h"

namespace normc::kernel {

// tanh |x| = -e / (e + 2), e = e^(-2 |x|) - 1 = 2^n (e^r - 1) + (2^n - 1). Beyond the limit it rounds to 1.
Real buildTanh(Real x) {
  Arithmetic &m = *x.arithmetic;
  Real a = atMost(abs(x), m.pick(10, 20)).named("a");
  auto [n, r] = reduce(a * -2.0);
  Real power = powerOfTwo(n);
  Real factor = m.fma(r * r, exponentialTail(r), r).named("factor");
  Real offset = (power - 1.0).named("offset");
  Real e = m.fma(power, factor, offset).named("e");
  Real denominator = (e + 2.0).named("denominator");
  Real quotient = abs(e / denominator).named("quotient");
  // What e and the denominator lost to rounding, to first order; the denominator's reciprocal is (1 + quotient) / 2.
  Real lost = m.fma(power, factor, offset - e).named("lost");
  Real lostBelow = (e - (denominator - 2.0)) + lost;
  Real reciprocal = m.fma(quotient, 0.5, m.real(0.5));
  return withSign(m.fma(-reciprocal, m.fma(quotient, lostBelow, lost), quotient), x);
}

} // namespace normc::kernel
