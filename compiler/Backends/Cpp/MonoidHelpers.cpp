//===- MonoidHelpers.cpp - monoids, as C++ text ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

// Monoids of one group are merged by value; those of many groups side by side by arrays, a double for each part of each group, where
// `a`, of `na` points, comes before `b`.

static constexpr Snippet monoids[] = {
    {"Greater greater Max TileMax", R"(
// The greater of two; NaN if one is.
template <typename T>
[[gnu::always_inline]] inline T greater(T a, T b) { return a > b || a != a ? a : b; }
)"},
    {"Greater", R"(
struct Greater {
  template <typename T>
  [[gnu::always_inline]] T operator()(T a, T b) const { return greater(a, b); }
};
)"},
    {"Lesser lesser Min TileMin", R"(
// The lesser of two; NaN if one is.
template <typename T>
[[gnu::always_inline]] inline T lesser(T a, T b) { return a < b || a != a ? a : b; }
)"},
    {"Lesser", R"(
struct Lesser {
  template <typename T>
  [[gnu::always_inline]] T operator()(T a, T b) const { return lesser(a, b); }
};
)"},
    {"Sum", R"(
struct Sum {
  double value;
};
?merge [[maybe_unused]] inline Sum merge(const Sum &a, const Sum &b) { return {a.value + b.value}; }
)"},
    {"Max", R"(
struct Max {
  double value;
};
?merge [[maybe_unused]] inline Max merge(const Max &a, const Max &b) { return {greater(a.value, b.value)}; }
)"},
    {"Min", R"(
struct Min {
  double value;
};
?merge [[maybe_unused]] inline Min merge(const Min &a, const Min &b) { return {lesser(a.value, b.value)}; }
)"},
    {"Moments", R"(
// The mean of n points and the sum of squared deviations from it; merged as Chan, Golub and LeVeque do.
struct Moments {
  double n, mean, m2;
};
?merge [[maybe_unused]] inline Moments merge(const Moments &a, const Moments &b) {
?merge   const double n = a.n + b.n, r = b.n / n, d = b.mean - a.mean;
?merge   return {n, std::isfinite(d) ? std::fma(d, r, a.mean) : a.mean + b.mean, std::fma(d * d, a.n * r, a.m2 + b.m2)};
?merge }
)"},
    {"moments", R"(
// Of sums about a shift: s1 of x - shift, s2 of its square.
inline Moments moments(double n, double shift, double s1, double s2) {
  const double q = s1 / n;
  return {n, shift + q, std::max(std::fma(-s1, q, s2), 0.0)};
}
)"},
    {"finite_or_zero", R"(
// A shift that is not finite would make NaN of an infinite mean.
template <typename T>
[[gnu::always_inline]] inline T finite_or_zero(T shift) { return std::isfinite(shift) ? shift : T(0); }
)"},
    {"TileSum", R"(
// Sums of groups side by side.
struct TileSum {
  static constexpr int parts = 1;
  static void merge(double, double *a, double, const double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      a[g] += b[g];
  }
};
)"},
    {"TileMax", R"(
// Maxima of groups side by side.
struct TileMax {
  static constexpr int parts = 1;
  static void merge(double, double *a, double, const double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      a[g] = greater(a[g], b[g]);
  }
};
)"},
    {"TileMin", R"(
// Minima of groups side by side.
struct TileMin {
  static constexpr int parts = 1;
  static void merge(double, double *a, double, const double *b, int64_t width) {
    for (int64_t g = 0; g < width; ++g)
      a[g] = lesser(a[g], b[g]);
  }
};
)"},
    {"TileMoments", R"(
// Of groups side by side the means, then the sums of squared deviations; merged as Chan, Golub and LeVeque do.
struct TileMoments {
  static constexpr int parts = 2;
  static void merge(double na, double *a, double nb, const double *b, int64_t width) {
    const double r = nb / (na + nb);
    for (int64_t g = 0; g < width; ++g) {
      const double d = b[g] - a[g];
      a[g] = std::isfinite(d) ? std::fma(d, r, a[g]) : a[g] + b[g];
      a[width + g] = std::fma(d * d, na * r, a[width + g] + b[width + g]);
    }
  }
};
)"}};

const llvm::ArrayRef<Snippet> monoidSnippets = monoids;

} // namespace normc::cpp
