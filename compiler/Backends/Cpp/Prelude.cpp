//===- Prelude.cpp - what an emitted file begins with --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Prelude.h"
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr const char *start =
    "// Emitted by normc: c++ -std=c++17 -O3 -march=native -fopenmp -ffp-contract=off -fno-math-errno, or without OpenMP\n";

static constexpr Snippet frame[] = {
    {"std::min std::max std::copy std::copy_n std::fill std::fill_n", "#include <algorithm>\n"},
    {"std::fenv_t", "#include <cfenv>\n"},
    {"std::fma std::fabs std::sqrt std::isnan std::isfinite std::ilogb", "#include <cmath>\n"},
    {"size_t", "#include <cstddef>\n"},
    {"int64_t int32_t uint64_t uint32_t uint16_t uint8_t", "#include <cstdint>\n"},
    {"std::snprintf", "#include <cstdio>\n"},
    {"std::memcpy", "#include <cstring>\n"},
    {"std::plus", "#include <functional>\n"},
    {"std::initializer_list", "#include <initializer_list>\n"},
    {"std::numeric_limits", "#include <limits>\n"},
    {"std::unique_ptr", "#include <memory>\n"},
    {"std::bad_alloc", "#include <new>\n"},
    {"std::is_same_v", "#include <type_traits>\n"},
    {"_mm_stream_si128", R"(#ifdef __SSE2__
#include <immintrin.h>
#endif
)"},
    {"normc_context", R"(#if defined(__FAST_MATH__)
#error "the order of sums and the handling of NaN would be lost: compile without -ffast-math"
#elif defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
)"},
    {"NORMC_OMP omp_get_max_threads omp_get_num_threads omp_get_thread_num", R"(#ifdef _OPENMP
?NORMC_OMP #define NORMC_OMP(text) _Pragma(text)
?omp_get_max_threads extern "C" int omp_get_max_threads(void);
?omp_get_num_threads extern "C" int omp_get_num_threads(void), omp_get_thread_num(void);
!omp_get_num_threads ?omp_get_thread_num extern "C" int omp_get_thread_num(void);
#else
?NORMC_OMP #define NORMC_OMP(text)
?omp_get_max_threads static int omp_get_max_threads(void) { return 1; }
?omp_get_num_threads static int omp_get_num_threads(void) { return 1; }
?omp_get_thread_num static int omp_get_thread_num(void) { return 0; }
#endif
)"},
    {"NORMC_INDEPENDENT", R"(#if defined(__GNUC__) && !defined(__clang__)
#define NORMC_INDEPENDENT _Pragma("GCC ivdep")
#else
#define NORMC_INDEPENDENT
#endif
)"},
    {"normc_context", R"(#ifndef NORMC_RUNTIME_MODULE_FORMAT_H
?normc_group extern "C" {
?normc_group // The devices that a call shares with others; null where there are none.
?normc_group typedef int32_t (*normc_all_gather_function)(void *state, const char *operation, int32_t type, int64_t count,
?normc_group                                              const void *mine, void *all, char *message, size_t message_size);
?normc_group typedef struct normc_group {
?normc_group   uint32_t version;
?normc_group   int32_t rank;
?normc_group   int32_t size;
?normc_group   int32_t reserved;
?normc_group   void *state;
?normc_group   normc_all_gather_function all_gather;
?normc_group   normc_all_gather_function all_gather_device;
?normc_group } normc_group;
typedef struct normc_context { // what a call brings along; may be null
  uint32_t version;
?message   int32_t threads; // 0: as many as OpenMP would use
!message   int32_t threads; // 0: as many as OpenMP would use; more follows, which is not read here
?message   char *message; // where a failure is explained; may be null
?message   size_t message_size;
?message   const struct normc_group *group; // null for a single device
} normc_context;
?normc_group }
#endif
)"}};

static constexpr Snippet call[] = {
    {"is_nonzero", R"(
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
)"}};

const llvm::ArrayRef<Snippet> frameSnippets = frame;
const llvm::ArrayRef<Snippet> callSnippets = call;

std::string withPrelude(const std::string &functions, const std::string &kernels) {
  // Kernels come after the namespace, in which everything else stands: what they use is looked for first.
  static constexpr const char *end = "} // namespace\n";
  std::string text = functions + end + kernels;
  for (llvm::ArrayRef<Snippet> group : {columnSnippets, laneSnippets, shareSnippets, monoidSnippets, collectiveSnippets,
                                        conversionSnippets, callSnippets})
    text = withSnippets(group, text);
  const bool isEmpty = llvm::StringRef(text).starts_with(end);
  return start + withSnippets(frameSnippets, isEmpty ? kernels : "\nnamespace {" + text);
}

} // namespace normc::cpp
