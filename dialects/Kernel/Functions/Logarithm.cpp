//===- Logarithm.cpp - what functions of log x share --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Logarithm.h"

namespace normc::kernel {

// Subnormal numbers are made normal first. Then, with c = bits(1) - bits(sqrt(1/2)), the exponent of bits(x) + c is
// that of x / sqrt(1/2), its fraction how far the significand lies above sqrt(1/2).
Decomposed decompose(Real x) {
  Arithmetic &m = *x.arithmetic;
  const int64_t fraction = m.fraction();
  const uint64_t lowest = m.isSingle() ? 0x3f3504f3 : 0x3fe6a09e667f3bcd; // bits(sqrt(1/2))
  Truth isSubnormal = (x < std::ldexp(1.0, 1 - m.bias())).named("is_subnormal");
  Real normal = m.select(isSubnormal, (x * std::ldexp(1.0, fraction)).named("raised"), x).named("normal");
  Bits shifted = (m.bitsOf(normal) + (m.powerBits(0) - lowest)).named("shifted");
  Real significand = m.fromBits((shifted & ((uint64_t(1) << fraction) - 1)) + lowest).named("m");
  // A small integer below the bits of 2^fraction is that number more.
  Real exponent = m.fromBits((shifted >> fraction) | m.powerBits(fraction));
  const double unit = std::ldexp(1.0, fraction) + m.bias();
  Real offset = m.select(isSubnormal, m.real(unit + fraction), m.real(unit));
  return {(exponent - offset).named("k"), significand};
}

} // namespace normc::kernel
