//===- Pow.cpp - x to the power of y ------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/Functions/Coefficients.h"
#include "dialects/Kernel/Functions/Exponential.h"
#include "dialects/Kernel/Functions/Logarithm.h"

namespace normc::kernel {

namespace {

/// A number and what is left of it: about twice the bits.
struct Double {
  Real high, low;
};

/// a + b of |a| >= |b|, or of a = 0; what the sum loses is left of it
Double add(Real a, Real b) {
  Real high = a + b;
  return {high, (a - high) + b};
}
Double add(Real a, Double b) {
  Double sum = add(a, b.high);
  return {sum.high, sum.low + b.low};
}
Double add(Double a, Real b) {
  Double sum = add(a.high, b);
  return {sum.high, sum.low + a.low};
}
Double add(Double a, Double b) {
  Double sum = add(a.high, b.high);
  return {sum.high, sum.low + (a.low + b.low)};
}

/// a b
Double multiply(Real a, Double b) {
  Arithmetic &m = *a.arithmetic;
  Real high = a * b.high;
  return {high, m.fma(a, b.low, m.fma(a, b.high, -high))};
}
Double multiply(Double a, Double b) {
  Double product = multiply(a.high, b);
  return {product.high, a.high.arithmetic->fma(a.low, b.high, product.low)};
}

Double named(Double a, llvm::StringRef name) {
  return {a.high.named(name), a.low.named((name + "_rest").str())};
}

/// log2 x = k + s (2 / ln 2 + 2 / (3 ln 2) z + z^2 p(z)), z = s^2, s = (m - 1) / (m + 1), x = 2^k m
Double binaryLogarithm(Real x) {
  Arithmetic &m = *x.arithmetic;
  auto constant = [&](const Split &split) { return Double{m.real(m.high(split)), m.real(m.low(split))}; };
  auto [k, significand] = decompose(x);
  // The quotient, and its remainder over the denominator; the denominator has a rest, too.
  Real f = (significand - 1.0).named("f");
  Real denominator = (significand + 1.0).named("d");
  Real rest = significand - (denominator - 1.0);
  Real inverse = (1.0 / denominator).named("inverse");
  Real quotient = (f * inverse).named("s");
  Real remainder = m.fma(-quotient, rest, m.fma(-quotient, denominator, f));
  Double s{quotient, (remainder * inverse).named("s_rest")};
  Double z = named(multiply(s, s), "z");
  Real p = m.polynomial(coefficients::binaryLogarithm, z.high);
  Double cubic = named(add(constant(coefficients::twoThirdsOverLn2), z.high * p), "cubic");
  Double series = named(add(constant(coefficients::twoOverLn2), multiply(z, cubic)), "series");
  return named(add(k, multiply(s, series)), "log2");
}

/// Whether a number that is not negative is an integer: all numbers from 2^fraction on are, and below, adding that
/// number rounds to one.
Truth isInteger(Real size) {
  const double large = std::ldexp(1.0, size.arithmetic->fraction());
  return (size >= large) | (((size + large) - large) == size);
}

} // namespace

// |x|^y = 2^n 2^r, n + r = y log2 |x| in twice the bits, as 2^n multiplies its error; then the sign and the cases of
// IEEE 754
Real buildPow(Real x, Real y) {
  Arithmetic &m = *x.arithmetic;
  const double infinity = std::numeric_limits<double>::infinity();
  Real size = abs(x).named("size");
  Double logarithm = binaryLogarithm(size);

  // Larger exponents have the same result, unless x is 1, and would overflow here.
  const double largest = std::ldexp(1.0, m.fraction() + 12), limit = m.pick(160, 1100);
  Real exponent = atLeast(atMost(y, largest), -largest).named("exponent");
  Double product = named(multiply(exponent, logarithm), "product");
  Real u = atLeast(atMost(product.high, limit), -limit).named("u");
  Real uRest = m.select(u == product.high, product.low, m.real(0.0)).named("u_rest");

  Nearest n = nearestInteger(u, 1.0);
  Real r = ((u - n.number) + uRest).named("r");
  Real p = m.polynomial(coefficients::powerOfTwo, r);
  Real ordinary = scale(m.fma(r, p, m.real(1.0)), n, (u < 0.0).named("is_small")).named("ordinary");

  // 0 and infinity to a power are 0 or infinity.
  Truth isZero = (size == 0.0).named("is_zero"), isInfinite = (size == infinity).named("is_infinite");
  Truth isLess = (y < 0.0).named("is_less"), vanishes = (isInfinite & isLess) | (isZero & !isLess);
  Real edge = m.select(vanishes, m.real(0.0), m.infinity()).named("edge");
  Real power = m.select(isZero | isInfinite, edge, ordinary).named("power");

  // A negative x: minus for odd y; NaN for what is no integer, but for minus infinity.
  Real exponentSize = abs(y).named("exponent_size");
  Truth isWhole = isInteger(exponentSize).named("is_whole");
  Truth isOdd = (isWhole & !isInteger((exponentSize * 0.5).named("half_size"))).named("is_odd");
  Bits sign = m.select(isOdd, (m.bitsOf(x) & m.signBit()).named("sign"), m.bits(0)).named("odd_sign");
  Real withSign = m.fromBits(m.bitsOf(power) | sign).named("signed_power");
  Truth isUndefined = (x < 0.0) & !isInfinite & !isWhole;
  Real number = m.select(isUndefined | isNan(x) | isNan(y), m.nan(), withSign).named("number");
  return m.select((y == 0.0) | (x == 1.0), m.real(1.0), number);
}

} // namespace normc::kernel
