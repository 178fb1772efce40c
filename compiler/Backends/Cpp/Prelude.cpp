//===- Prelude.cpp - what an emitted file begins with --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/CollectiveWriter.h"
#include "compiler/Backends/Cpp/Functions.h"
#include "compiler/Backends/Cpp/Prelude.h"
#include "compiler/Backends/Cpp/SweepHelpers.h"

namespace normc::cpp {

static constexpr const char *start = R"(// Emitted by normc. Needs C++17, its standard library and, for threads, OpenMP:
//   c++ -std=c++17 -O3 -march=native -fopenmp -ffp-contract=off -fno-math-errno
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#ifdef __FAST_MATH__
#error "the order of sums and the handling of NaN would be lost: compile without -ffast-math"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif
#ifdef _OPENMP
#define NORMC_PRAGMA(text) _Pragma(#text)
#define NORMC_OMP(...) NORMC_PRAGMA(omp __VA_ARGS__)
extern "C" int omp_get_max_threads(void);
extern "C" int omp_get_num_threads(void);
extern "C" int omp_get_thread_num(void);
#else
#define NORMC_OMP(...)
#pragma GCC diagnostic ignored "-Wunused-parameter"
static inline int omp_get_max_threads(void) { return 1; }
[[maybe_unused]] static inline int omp_get_num_threads(void) { return 1; }
[[maybe_unused]] static inline int omp_get_thread_num(void) { return 0; }
#endif

#ifndef NORMC_RUNTIME_MODULE_FORMAT_H
extern "C" {
// The devices that a call shares with others; null where there are none.
typedef int32_t (*normc_all_gather_function)(void *state, const char *operation, int32_t type, int64_t count,
                                             const void *mine, void *all, char *message, size_t message_size);
typedef struct normc_group {
  uint32_t version;
  int32_t rank;
  int32_t size;
  int32_t reserved;
  void *state;
  normc_all_gather_function all_gather;
  normc_all_gather_function all_gather_device;
} normc_group;
// What a call brings along; may be null.
typedef struct normc_context {
  uint32_t version;
  int32_t threads; // 0: as many as OpenMP would use
  char *message;   // where a failure is explained; may be null
  size_t message_size;
  const normc_group *group;
} normc_context;
}
#endif

namespace {

[[maybe_unused]] int thread_count(const normc_context *context) {
  return context && context->threads > 0 ? context->threads : omp_get_max_threads();
}

// Memory that is not initialized; null where there is none.
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

static constexpr const char *rest = R"(
// What float leaves of a double.
[[gnu::always_inline]] inline float rest(double value) {
  const double left = value - double(float(value));
  return std::fabs(left) < std::numeric_limits<double>::infinity() ? float(left) : 0.0f;
}
)";

static constexpr const char *halfToFloat = R"(
// f16: 1 sign, 5 exponent and 10 fraction bits. As a float's, they are 2^112 too small, but for infinity and NaN.
[[gnu::always_inline]] inline float half_to_float(uint16_t half) {
  const uint32_t bits = half, size = (bits & 0x7fff) << 13;
  const float scaled = from_bits(size) * 0x1p112f;
  const uint32_t word = size >= 0x0f800000 ? size | 0x7f800000 : bits_of(scaled);
  return from_bits(word | (bits & 0x8000) << 16);
}
)";

static constexpr const char *floatToHalf = R"(
// The nearest f16, ties to even.
[[gnu::always_inline]] inline uint16_t float_to_half(float value) {
  const uint32_t bits = bits_of(value), size = bits & 0x7fffffff, sign = bits >> 16 & 0x8000;
  // Below 2^-14 the last bit counts 2^-24, as it does in floats next to 0.5.
  const uint32_t small = bits_of(from_bits(size) + 0.5f) - 0x3f000000;
  const uint32_t normal = (size - 0x38000000 + 0xfff + (size >> 13 & 1)) >> 13;
  const uint32_t finite = size < 0x38800000 ? small : normal;
  const uint32_t large = size > 0x7f800000 ? 0x7e00 : 0x7c00;
  return static_cast<uint16_t>(sign | (size >= 0x477ff000 ? large : finite));
}
)";

static constexpr const char *bfloatToFloat = R"(
// bf16: the upper half of a float.
[[gnu::always_inline]] inline float bfloat_to_float(uint16_t half) { return from_bits(uint32_t(half) << 16); }
)";

static constexpr const char *floatToBfloat = R"(
// The nearest bf16, ties to even.
[[gnu::always_inline]] inline uint16_t float_to_bfloat(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
}
)";

static constexpr const char *oddFloat = R"(
// The float next to a double that a rounding to fewer bits takes to where it would take the double: an inexact one has its last
// bit set.
[[gnu::always_inline]] inline float odd_float(double value) {
  const float nearest = static_cast<float>(value);
  const uint32_t word = bits_of(nearest);
  if (double(nearest) == value || value != value || (word & 1))
    return nearest;
  return from_bits(std::fabs(double(nearest)) > std::fabs(value) ? word - 1 : word + 1);
}
)";

static constexpr const char *nonzero = R"(
// Whether no element is 0; explains which is. Elements of 16 bits are floats of which the first bit is the sign.
template <typename T>
bool is_nonzero(const T *values, std::initializer_list<int64_t> extents, const char *name, const normc_context *context) {
  int64_t count = 1;
  for (int64_t extent : extents)
    count *= extent;
  for (int64_t i = 0; i < count; ++i) {
    if (sizeof(T) == 2 ? (uint32_t(values[i]) & 0x7fff) != 0 : values[i] != T(0))
      continue;
    if (!context || !context->message)
      return false;
    char place[200] = "";
    int64_t inner = count, left = i;
    size_t length = 0;
    for (int64_t extent : extents) {
      inner /= extent;
      length += size_t(std::snprintf(place + length, sizeof place - length, length ? ", %lld" : "%lld", (long long)(left / inner)));
      left %= inner;
    }
    std::snprintf(context->message, context->message_size,
                  "argument '%s' is 0 at element [%s]; it must not be 0 anywhere, as what a result has been written over is "
                  "recovered by dividing by it", name, place);
    return false;
  }
  return true;
}
)";

std::string prelude(const std::set<Helper> &wanted) {
  std::set<Helper> helpers = wanted;
  // What helpers use themselves comes before them, in the order of the enumeration.
  auto needs = [&](Helper helper, std::initializer_list<Helper> others) {
    if (helpers.count(helper))
      helpers.insert(others);
  };
  needs(Helper::oddFloat, {Helper::bits});
  for (Helper helper : {Helper::halfToFloat, Helper::floatToHalf, Helper::bfloatToFloat, Helper::floatToBfloat})
    needs(helper, {Helper::bits});
  std::string text = start;
  for (Helper helper : helpers)
    switch (helper) {
    case Helper::collective:
      text += collectiveHelper;
      break;
    case Helper::sweeps:
      text += sweepsHelper;
      break;
    case Helper::lanes:
      text += lanesHelper;
      break;
    case Helper::sum:
      text += sumHelper;
      break;
    case Helper::moments:
      text += momentsHelper;
      break;
    case Helper::maximum:
      text += maximumHelper;
      break;
    case Helper::minimum:
      text += minimumHelper;
      break;
    case Helper::tree:
      text += treeHelper;
      break;
    case Helper::tiles:
      text += tilesHelper;
      break;
    case Helper::streaming:
      text += streamingHelper;
      break;
    case Helper::rest:
      text += rest;
      break;
    case Helper::bits:
      text += emitConversions();
      break;
    case Helper::halfToFloat:
      text += halfToFloat;
      break;
    case Helper::floatToHalf:
      text += floatToHalf;
      break;
    case Helper::bfloatToFloat:
      text += bfloatToFloat;
      break;
    case Helper::floatToBfloat:
      text += floatToBfloat;
      break;
    case Helper::oddFloat:
      text += oddFloat;
      break;
    case Helper::nonzero:
      text += nonzero;
      break;
    }
  return text + "\n} // namespace\n";
}

} // namespace normc::cpp
