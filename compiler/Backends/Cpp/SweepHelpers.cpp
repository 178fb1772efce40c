//===- SweepHelpers.cpp - points in lanes and blocks, as C++ text ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet lanes[] = {
    {"prefetch", R"(
// Fetches what will be read a while later, which may lie past the end.
template <typename T> [[gnu::always_inline]] inline void prefetch(const T *from, int64_t size) {
  for (int64_t k = 0; k < size; k += 64 / int64_t(sizeof(T)))
    __builtin_prefetch(from + k, 0, 3);
  __asm__ volatile(""); // or GCC takes whoever calls this for a function without effects
}
)"},
    {"rows_of_lanes", R"(
// Rows of columns, as many side by side as make 128 lanes.
inline int64_t rows_of_lanes(int64_t columns) {
  int64_t rows = 1;
  while (2 * rows * columns <= 128 && rows < 128)
    rows *= 2;
  return rows;
}
)"},
    {"each", R"(
// Calls visit(point, lane) for the points of a run; fetch(first point, points) before it visits those.
template <typename Visit, typename... Fetch>
[[gnu::always_inline]] inline void each(int64_t begin, int64_t end, Visit visit, Fetch... fetch) {
  for (; begin + 128 <= end; begin += 128) {
    (fetch(begin, 128), ...);
    for (int64_t l = 0; l < 128; ++l)
      visit(begin + l, l);
  }
  (fetch(begin, end - begin), ...);
  for (int64_t l = 0; l < end - begin; ++l)
    visit(begin + l, l);
}
)"},
    {"each_apart", R"(
// Calls visit(point, lane) for the points of a run, which have nothing to do with each other; fetch(first point, points) before.
template <typename Visit, typename... Fetch>
[[gnu::always_inline]] inline void each_apart(int64_t begin, int64_t end, int64_t lanes, Visit visit, Fetch... fetch) {
  int64_t k = begin;
  for (; k + 128 <= end; k += 128) {
    (fetch(k, 128), ...);
    const int64_t lane = (k - begin) & (lanes - 1);
    NORMC_INDEPENDENT
    for (int64_t l = 0; l < 128; ++l)
      visit(k + l, lane + l);
  }
  (fetch(k, end - k), ...);
  const int64_t lane = (k - begin) & (lanes - 1);
  NORMC_INDEPENDENT
  for (int64_t l = 0; l < end - k; ++l)
    visit(k + l, lane + l);
}
)"},
    {"fold fold_runs", R"(
// Folds lanes by halves; sums of the last 16 in vectors, which GCC would take apart.
template <int lanes, typename T, typename Combine = std::plus<T>>
[[gnu::always_inline]] inline T fold(const T *lane, Combine combine = {}) {
  T half[lanes / 2];
  if constexpr (lanes > 16 || !std::is_same_v<Combine, std::plus<T>>) {
    for (int l = 0; l < lanes / 2; ++l)
      half[l] = combine(lane[l], lane[l + lanes / 2]);
  } else {
    typedef T Half __attribute__((vector_size(lanes / 2 * sizeof(T)), aligned(alignof(T)), may_alias));
    *reinterpret_cast<Half *>(half) =
        *reinterpret_cast<const Half *>(lane) + *reinterpret_cast<const Half *>(lane + lanes / 2);
  }
  if constexpr (lanes == 2)
    return half[0];
  else
    return fold<lanes / 2>(half, combine);
}
)"},
    {"fold_rows", R"(
// Folds rows of lanes, one for each column, by halves.
template <typename T, typename Combine = std::plus<T>>
void fold_rows(T *lane, int64_t rows, int64_t columns, Combine combine = {}) {
  for (int64_t half = rows / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half * columns; ++l)
      lane[l] = combine(lane[l], lane[l + half * columns]);
}
)"},
    {"fold_runs", R"(
// Folds lanes of many groups, a run of `length` lanes each.
template <int length, typename T, typename Combine = std::plus<T>>
inline void fold_runs(T *lane, int64_t groups, Combine combine = {}) {
  constexpr int half = length > 128 ? 128 : length > 64 ? 64 : length > 32 ? 32 : length > 16 ? 16 : length > 8 ? 8 : 4;
  for (int64_t g = 0; g < groups; ++g) {
    T *run = lane + g * length;
    if (length <= half) { // 1 to 4
      for (int l = 2; l < length; ++l)
        run[l - 2] = combine(run[l - 2], run[l]);
      lane[g] = length > 1 ? combine(run[0], run[1]) : run[0];
      continue;
    }
    for (int l = 0; l < length - half; ++l)
      run[l] = combine(run[l], run[l + half]);
    lane[g] = fold<half>(run, combine);
  }
}
)"},
    {"repeat_rows", R"(
// Repeats a row of values.
template <typename T> void repeat_rows(T *lane, int64_t rows, int64_t columns) {
  for (int64_t l = columns; l < rows * columns; ++l)
    lane[l] = lane[l - columns];
}
)"},
    {"repeat_runs", R"(
// Repeats each value along a run.
template <int length, typename T> inline void repeat_runs(T *lane, int64_t groups) {
  for (int64_t g = groups; g-- > 0;) {
    const T value = lane[g];
    for (int l = 0; l < length; ++l)
      lane[g * length + l] = value;
  }
}
)"},
    {"past_line", R"(
// Elements by which a place lies past the beginning of a cache line.
template <typename T>
int64_t past_line(const T *to) { return int64_t(reinterpret_cast<uintptr_t>(to) % 64 / sizeof(T)); }
)"},
    {"put", R"(
// Copies a block to its place; with `stream`, whole cache lines past the caches.
template <typename T> void put(T *to, const T *from, int64_t size, [[maybe_unused]] bool stream) {
#ifdef __SSE2__
  constexpr int64_t line = 64 / sizeof(T);
  for (; stream && size > 0 && reinterpret_cast<uintptr_t>(to) % 64 != 0; --size)
    *to++ = *from++;
  for (; stream && size >= line; size -= line, to += line, from += line)
#ifdef __AVX512F__
    _mm512_stream_si512(reinterpret_cast<__m512i *>(to), _mm512_loadu_si512(from));
#else
    for (int k = 0; k < 4; ++k)
      _mm_stream_si128(reinterpret_cast<__m128i *>(to) + k,
                       _mm_loadu_si128(reinterpret_cast<const __m128i *>(from) + k));
#endif
#endif
  std::copy_n(from, size, to);
}
)"}};

const llvm::ArrayRef<Snippet> laneSnippets = lanes;

} // namespace normc::cpp
