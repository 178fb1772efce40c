//===- Exp.cpp - e^x ----------------------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/Functions/Exponential.h"

namespace normc::kernel {

// e^x = 2^n (1 + (e^r - 1)), x = n ln 2 + r. Beyond the limits the result is 0 or infinity, as it is at them.
Real buildExp(Real x) {
  Arithmetic &m = *x.arithmetic;
  Real a = atLeast(atMost(x, m.pick(89, 710)), m.pick(-104, -746)).named("a");
  auto [n, r] = reduce(a);
  return scale(1.0 + m.fma(r * r, exponentialTail(r), r), n, (x < 0.0).named("is_small"));
}

// The same of x <= 0: there is no infinity, and the last step, by 2^-h, is always down. Where 2^(n + h) is taken from the bits it is
// put there with its bias; (1 + q) 2^(n + h), with one rounding.
Real buildDecay(Real x) {
  Arithmetic &m = *x.arithmetic;
  const int64_t h = m.isSingle() ? 65 : 513;
  auto [n, r] = reduce(atLeast(x, m.pick(-104, -746)).named("a"), m.bias() + h);
  Real power = m.fromBits(m.bitsOf(n.shifted) << m.fraction()).named("power");
  return m.fma(m.fma(r * r, exponentialTail(r), r), power, power) * std::ldexp(1.0, -h);
}

} // namespace normc::kernel
