//===- MonoidHelpers.cpp - monoids, as C++ text ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

// Monoids of one group, and of many side by side, each with a number for each group. merge(b) puts what comes after behind what is
// there.

static constexpr Snippet monoids[] = {
    {"Greater greater Max TileMax", R"(
// The greater of two; NaN if one is.
template <typename T> [[gnu::always_inline]] inline T greater(T a, T b) {
  const T c = a > b ? a : b; // one instruction, of which b is the result where either is NaN
  return a != a ? a : c;
}
)"},
    {"Greater", R"(
struct Greater {
  template <typename T> [[gnu::always_inline]] T operator()(T a, T b) const { return greater(a, b); }
};
)"},
    {"Lesser lesser Min TileMin", R"(
// The lesser of two; NaN if one is.
template <typename T> [[gnu::always_inline]] inline T lesser(T a, T b) {
  const T c = a < b ? a : b; // one instruction, of which b is the result where either is NaN
  return a != a ? a : c;
}
)"},
    {"Lesser", R"(
struct Lesser {
  template <typename T> [[gnu::always_inline]] T operator()(T a, T b) const { return lesser(a, b); }
};
)"},
    {"Sum", R"(
struct Sum {
  double value;
?merge_chunks   void merge(const Sum &b) { value += b.value; }
};
)"},
    {"Max", R"(
struct Max {
  double value;
?merge_chunks   void merge(const Max &b) { value = greater(value, b.value); }
};
)"},
    {"Min", R"(
struct Min {
  double value;
?merge_chunks   void merge(const Min &b) { value = lesser(value, b.value); }
};
)"},
    {"Moments", R"(
// The mean of n points and the sum of squared deviations from it; merged as Chan, Golub and LeVeque do.
struct Moments {
  double n, mean, m2;
?merge_chunks   void merge(const Moments &b) {
?merge_chunks     const double all = n + b.n, r = b.n / all, d = b.mean - mean;
?merge_chunks     mean = std::isfinite(d) ? std::fma(d, r, mean) : mean + b.mean;
?merge_chunks     m2 = std::fma(d * d, n * r, m2 + b.m2);
?merge_chunks     n = all;
?merge_chunks   }
};
)"},
    {"moments", R"(
// Of sums about a shift: s1 of x - shift, s2 of its square.
inline Moments moments(double n, double shift, double s1, double s2) {
  const double q = s1 / n;
  return {n, shift + q, n > 0.0 ? std::max(std::fma(-s1, q, s2), 0.0) : 0.0};
}
)"},
    {"TileSum", R"(
// Sums of groups side by side.
template <int most> struct TileSum {
?width   int64_t width = most;
  double value[most];
  void merge(const TileSum &b) {
?width     for (int64_t g = 0; g < width; ++g)
!width     for (int64_t g = 0; g < most; ++g)
      value[g] += b.value[g];
  }
};
)"},
    {"TileMax", R"(
// Maxima of groups side by side.
template <int most> struct TileMax {
?width   int64_t width = most;
  double value[most];
  void merge(const TileMax &b) {
?width     for (int64_t g = 0; g < width; ++g)
!width     for (int64_t g = 0; g < most; ++g)
      value[g] = greater(value[g], b.value[g]);
  }
};
)"},
    {"TileMin", R"(
// Minima of groups side by side.
template <int most> struct TileMin {
?width   int64_t width = most;
  double value[most];
  void merge(const TileMin &b) {
?width     for (int64_t g = 0; g < width; ++g)
!width     for (int64_t g = 0; g < most; ++g)
      value[g] = lesser(value[g], b.value[g]);
  }
};
)"},
    {"TileMoments", R"(
// Means and sums of squared deviations of n points of groups side by side; merged as Chan, Golub and LeVeque do.
template <int most> struct TileMoments {
?width   int64_t width = most;
  double n, mean[most], m2[most];
  void merge(const TileMoments &b) {
    const double all = n + b.n, r = b.n / all;
?width     for (int64_t g = 0; g < width; ++g) {
!width     for (int64_t g = 0; g < most; ++g) {
      const double d = b.mean[g] - mean[g];
      mean[g] = std::isfinite(d) ? std::fma(d, r, mean[g]) : mean[g] + b.mean[g];
      m2[g] = std::fma(d * d, n * r, m2[g] + b.m2[g]);
    }
    n = all;
  }
};
)"}};

const llvm::ArrayRef<Snippet> monoidSnippets = monoids;

} // namespace normc::cpp
