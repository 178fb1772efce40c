//===- MonoidHelpers.cpp - monoids of emitted sweeps --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepHelpers.h"

namespace normc::cpp {

const char *const sumHelper = R"(
struct Sum {
  double value;
  [[maybe_unused]] static Sum identity() { return {0.0}; }
  [[maybe_unused]] static constexpr int parts = 1;
  [[maybe_unused]] static void none(double *to, int64_t width) { std::fill_n(to, width, 0.0); }
  [[maybe_unused]] static void merge(double, const double *a, double, double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      b[g] = a[g] + b[g];
  }
};
[[maybe_unused]] Sum merge(const Sum &a, const Sum &b) { return {a.value + b.value}; }
)";

const char *const momentsHelper = R"(
// The mean, and the sum of squared deviations from it, of n points; merged as Chan, Golub and LeVeque do.
struct Moments {
  double n, mean, m2;
  [[maybe_unused]] static Moments identity() { return {0.0, std::numeric_limits<double>::quiet_NaN(), 0.0}; }
  [[maybe_unused]] static constexpr int parts = 2;
  [[maybe_unused]] static void none(double *to, int64_t width) {
    std::fill_n(to, width, std::numeric_limits<double>::quiet_NaN());
    std::fill_n(to + width, width, 0.0);
  }
  [[maybe_unused]] static void merge(double na, const double *a, double nb, double *b, int64_t width) {
    const double r = nb / (na + nb), scale = na * r;
    for (int64_t g = 0; g < width; ++g) {
      const double d = b[g] - a[g];
      b[g] = std::fabs(d) < std::numeric_limits<double>::infinity() ? std::fma(d, r, a[g]) : a[g] + b[g];
      b[width + g] = std::fma(d * d, scale, a[width + g] + b[width + g]);
    }
  }
};
[[maybe_unused]] Moments merge(const Moments &a, const Moments &b) {
  double x[] = {a.mean, a.m2}, y[] = {b.mean, b.m2};
  Moments::merge(a.n, x, b.n, y, 1);
  return {a.n + b.n, y[0], y[1]};
}
// Of sums about a shift: s1 of x - shift, s2 of its square.
[[gnu::always_inline]] inline Moments moments(double n, double shift, double s1, double s2) {
  const double q = s1 / n, m2 = std::fma(-s1, q, s2);
  return {n, shift + q, m2 < 0.0 ? 0.0 : m2};
}
// A shift that is not finite would make NaN of an infinite mean.
template <typename T>
[[gnu::always_inline]] inline T finite_or_zero(T shift) {
  return std::fabs(shift) < std::numeric_limits<T>::infinity() ? shift : T(0);
}
)";

const char *const maximumHelper = R"(
// A maximum; NaN if one term is.
template <typename T>
[[gnu::always_inline]] inline T greater(T a, T b) { return a > b || a != a ? a : b; }
struct Greater {
  template <typename T>
  [[gnu::always_inline]] T operator()(T a, T b) const { return greater(a, b); }
};
struct Max {
  double value;
  [[maybe_unused]] static Max identity() { return {-std::numeric_limits<double>::infinity()}; }
  [[maybe_unused]] static constexpr int parts = 1;
  [[maybe_unused]] static void none(double *to, int64_t width) { std::fill_n(to, width, -std::numeric_limits<double>::infinity()); }
  [[maybe_unused]] static void merge(double, const double *a, double, double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      b[g] = greater(a[g], b[g]);
  }
};
[[maybe_unused]] Max merge(const Max &a, const Max &b) { return {greater(a.value, b.value)}; }
)";

const char *const minimumHelper = R"(
// A minimum; NaN if one term is.
template <typename T>
[[gnu::always_inline]] inline T lesser(T a, T b) { return a < b || a != a ? a : b; }
struct Lesser {
  template <typename T>
  [[gnu::always_inline]] T operator()(T a, T b) const { return lesser(a, b); }
};
struct Min {
  double value;
  [[maybe_unused]] static Min identity() { return {std::numeric_limits<double>::infinity()}; }
  [[maybe_unused]] static constexpr int parts = 1;
  [[maybe_unused]] static void none(double *to, int64_t width) { std::fill_n(to, width, std::numeric_limits<double>::infinity()); }
  [[maybe_unused]] static void merge(double, const double *a, double, double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      b[g] = lesser(a[g], b[g]);
  }
};
[[maybe_unused]] Min merge(const Min &a, const Min &b) { return {lesser(a.value, b.value)}; }
)";

} // namespace normc::cpp
