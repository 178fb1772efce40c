//===- Exponential.cpp - what functions of e^x share --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Exponential.h"
#include "dialects/Kernel/Functions/Coefficients.h"

namespace normc::kernel {

Nearest nearestInteger(Real a, double b, int64_t offset) {
  Arithmetic &m = *a.arithmetic;
  const double magic = m.pick(0x1.8p23, 0x1.8p52) + double(offset);
  Real shifted = m.fma(a, b, m.real(magic)).named("shifted");
  return {shifted, (shifted - magic).named("n")};
}

// The low bits of `shifted` move into the exponent; those of 1.5 2^fraction leave.
Real powerOfTwo(Nearest n) {
  Arithmetic &m = *n.shifted.arithmetic;
  return m.fromBits((m.bitsOf(n.shifted) << m.fraction()) + m.powerBits(0)).named("power");
}

static int64_t halfWay(Arithmetic &m) {
  return m.isSingle() ? 64 : 512;
}

// n <= 0: a 2^(n + h) 2^-h; n >= 0: a 2^(n - h) 2^h
Real scale(Real a, Nearest n, Truth isSmall) {
  Arithmetic &m = *a.arithmetic;
  const int64_t half = halfWay(m);
  Bits bias = m.select(isSmall, m.bits(m.powerBits(half)), m.bits(m.powerBits(-half))).named("bias");
  Real first = m.fromBits((m.bitsOf(n.shifted) << m.fraction()) + bias).named("power");
  Real second = m.select(isSmall, m.real(std::ldexp(1.0, -half)), m.real(std::ldexp(1.0, half))).named("rest_of_power");
  return a * first * second;
}

// x - n ln 2, ln 2 in two parts: the first difference is exact.
Reduced reduce(Real x, int64_t offset) {
  Arithmetic &m = *x.arithmetic;
  Nearest n = nearestInteger(x, m.pick(0x1.715476p+0, 0x1.71547652b82fep+0), offset); // 1 / ln 2
  Real high = m.fma(n.number, -m.high(coefficients::ln2), x);
  return {n, m.fma(n.number, -m.low(coefficients::ln2), high).named("r")};
}

Real exponentialTail(Real r) {
  return r.arithmetic->polynomial(coefficients::exponential, r);
}

} // namespace normc::kernel
