//===- Prelude.cpp - what an emitted file begins with --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Prelude.h"

namespace normc::cpp {

static constexpr const char *start = R"(// Emitted by normc. Needs C++17, its standard library and, for threads, OpenMP:
//   c++ -std=c++17 -O2 -fopenmp -ffp-contract=off
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#ifdef __FAST_MATH__
#error "the order of sums and the handling of NaN would be lost: compile without -ffast-math"
#endif
#ifdef _OPENMP
extern "C" int omp_get_max_threads(void);
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif

#ifndef NORMC_RUNTIME_MODULE_FORMAT_H
extern "C" {
// What a call brings along; may be null.
typedef struct normc_context {
  uint32_t version;
  int32_t threads; // 0: as many as OpenMP would use
  char *message;   // where a failure is explained; may be null
  size_t message_size;
} normc_context;
}
#endif

namespace {

[[maybe_unused]] int thread_count(const normc_context *context) {
  if (context && context->threads > 0)
    return context->threads;
#ifdef _OPENMP
  return omp_get_max_threads();
#else
  return 1;
#endif
}

// What passes from one kernel to another; null where there is no memory for it.
template <typename T>
struct Buffer : std::unique_ptr<T[]> {
  explicit Buffer(int64_t elements) : std::unique_ptr<T[]>(new (std::nothrow) T[elements]) {}
};

[[maybe_unused]] int32_t out_of_memory(const normc_context *context, const char *function) {
  if (context && context->message)
    std::snprintf(context->message, context->message_size, "%s: no memory for intermediate values", function);
  return 1;
}
)";

static constexpr const char *sum = R"(
// A sum in a fixed order: blocks of 128 terms, then the blocks.
struct Sum {
  double total = 0.0, block = 0.0;
  int terms = 0;
  void add(double term) {
    block += term;
    if (++terms == 128) {
      total += block;
      block = 0.0;
      terms = 0;
    }
  }
  double value() const { return total + block; }
};
)";

static constexpr const char *maximum = R"(
// A maximum; NaN if one term is.
struct Max {
  double largest = -std::numeric_limits<double>::infinity();
  void add(double term) { largest = largest > term || largest != largest ? largest : term; }
  double value() const { return largest; }
};
)";

static constexpr const char *minimum = R"(
// A minimum; NaN if one term is.
struct Min {
  double smallest = std::numeric_limits<double>::infinity();
  void add(double term) { smallest = smallest < term || smallest != smallest ? smallest : term; }
  double value() const { return smallest; }
};
)";

static constexpr const char *halfToDouble = R"(
// f16: 1 sign, 5 exponent and 10 fraction bits.
double half_to_double(uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double sign = bits >> 15 ? -1.0 : 1.0;
  if (exponent == 31)
    return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  return sign * (exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24));
}
)";

static constexpr const char *doubleToHalf = R"(
// The nearest f16, ties to even. Adding 2^(e + 42) leaves a double no bits below the last one of an f16 of exponent e.
uint16_t double_to_half(double value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double size = std::fabs(value);
  if (size != size)
    return sign | 0x7e00;
  if (size >= 65520.0)
    return sign | 0x7c00;
  const int exponent = size < 0x1p-14 ? -14 : std::ilogb(size);
  const double magic = std::ldexp(1.0, exponent + 42);
  const double rounded = (size + magic) - magic;
  const int fraction = static_cast<int>(std::ldexp(rounded, 10 - exponent));
  return static_cast<uint16_t>(sign + ((exponent + 14) << 10) + fraction);
}
)";

static constexpr const char *bfloatToDouble = R"(
// bf16: the upper half of a float.
double bfloat_to_double(uint16_t bits) {
  const uint32_t word = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}
)";

static constexpr const char *doubleToBfloat = R"(
// The nearest bf16, ties to even, by way of a float that is rounded to odd, so that nothing is rounded twice.
uint16_t double_to_bfloat(double value) {
  if (value != value)
    return std::signbit(value) ? 0xffc0 : 0x7fc0;
  float nearest = static_cast<float>(value);
  uint32_t word;
  std::memcpy(&word, &nearest, sizeof word);
  if (static_cast<double>(nearest) != value && !(word & 1)) {
    // An inexact float whose last bit is even: its odd neighbour on the other side of the value is the one rounded to odd.
    const bool away = std::fabs(static_cast<double>(nearest)) > std::fabs(value);
    word = away ? word - 1 : word + 1;
  }
  return static_cast<uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
}
)";

std::string prelude(const std::set<Helper> &helpers) {
  std::string text = start;
  for (Helper helper : helpers)
    switch (helper) {
    case Helper::sum:
      text += sum;
      break;
    case Helper::maximum:
      text += maximum;
      break;
    case Helper::minimum:
      text += minimum;
      break;
    case Helper::halfToDouble:
      text += halfToDouble;
      break;
    case Helper::doubleToHalf:
      text += doubleToHalf;
      break;
    case Helper::bfloatToDouble:
      text += bfloatToDouble;
      break;
    case Helper::doubleToBfloat:
      text += doubleToBfloat;
      break;
    }
  return text + "\n} // namespace\n";
}

} // namespace normc::cpp
