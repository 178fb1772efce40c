//===- Wide.h - reals that the reference computes with -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_WIDE_H
#define NORMC_COMPILER_REFERENCE_WIDE_H

#include <cmath>
#include <limits>

namespace normc::reference {

/// IEEE binary128: 113 bits of mantissa, 15 of exponent. glibc has its functions.
using Quad = _Float128;

/// The bits of the mantissa, the leading one included.
template <typename Real>
inline constexpr int digits = std::numeric_limits<Real>::digits;
template <>
inline constexpr int digits<Quad> = 113;

// One name for both precisions; unqualified, the names of <cmath> would convert a Quad to double without a word.
namespace wide {

inline double abs(double x) {
  return std::fabs(x);
}
inline double sqrt(double x) {
  return std::sqrt(x);
}
inline double exp(double x) {
  return std::exp(x);
}
inline double log(double x) {
  return std::log(x);
}
inline double tanh(double x) {
  return std::tanh(x);
}
inline double erf(double x) {
  return std::erf(x);
}
inline double pow(double x, double y) {
  return std::pow(x, y);
}
inline double trunc(double x) {
  return std::trunc(x);
}
inline double ldexp(double x, int exponent) {
  return std::ldexp(x, exponent);
}
inline int ilogb(double x) {
  return std::ilogb(x);
}

inline Quad abs(Quad x) {
  return ::fabsf128(x);
}
inline Quad sqrt(Quad x) {
  return ::sqrtf128(x);
}
inline Quad exp(Quad x) {
  return ::expf128(x);
}
inline Quad log(Quad x) {
  return ::logf128(x);
}
inline Quad tanh(Quad x) {
  return ::tanhf128(x);
}
inline Quad erf(Quad x) {
  return ::erff128(x);
}
inline Quad pow(Quad x, Quad y) {
  return ::powf128(x, y);
}
inline Quad trunc(Quad x) {
  return ::truncf128(x);
}
inline Quad ldexp(Quad x, int exponent) {
  return ::ldexpf128(x, exponent);
}
inline int ilogb(Quad x) {
  return ::ilogbf128(x);
}

template <typename Real>
bool isNaN(Real x) {
  return x != x;
}
template <typename Real>
bool isFinite(Real x) {
  return x - x == Real(0);
}
/// The distance from 1 to the next larger number.
template <typename Real>
Real epsilon() {
  return ldexp(Real(1), 1 - digits<Real>);
}
template <typename Real>
Real infinity() {
  return Real(std::numeric_limits<double>::infinity());
}
template <typename Real>
Real notANumber() {
  return Real(std::numeric_limits<double>::quiet_NaN());
}

} // namespace wide

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_WIDE_H
