//===- Sigmoid.cpp - 1 / (1 + e^-x) -------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"

namespace normc::kernel {

// 1 / (1 + t) where x >= 0 and t / (1 + t) where x < 0, t = e^-|x|: t does not overflow
Real buildSigmoid(Real x) {
  Arithmetic &m = *x.arithmetic;
  Real t = buildDecay(-abs(x)).named("t");
  Real denominator = (1.0 + t).named("denominator");
  Real quotient = (m.select(x < 0.0, t, m.real(1.0)).named("numerator") / denominator).named("quotient");
  // What the denominator lost to rounding, to first order.
  Real lost = t - (denominator - 1.0);
  return m.fma(-quotient, lost, quotient);
}

} // namespace normc::kernel
