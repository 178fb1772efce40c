//===- SweepHelpers.cpp - what emitted sweeps are written with ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepHelpers.h"

namespace normc::cpp {

const char *const sweepsHelper = R"(
// Rounds to nearest and keeps subnormal numbers, whatever the caller has set for its thread.
struct Rounding {
#ifdef __SSE2__
  const unsigned callers = _mm_getcsr();
  Rounding() { _mm_setcsr(0x1f80); }
  ~Rounding() { _mm_setcsr(callers); }
#endif
  Rounding(const Rounding &) = delete;
#ifndef __SSE2__
  Rounding() {}
#endif
};

// The points that are summed up for a group, in chunks: pieces of a run of more than 2,048 points, or whole runs (rows, where the
// last axis is kept). A chunk is summed in lanes that fold by halves; chunks merge pairwise. So the order never changes.
struct Chunk {
  int64_t first, last; // runs or rows
  int64_t begin, end;  // points of each run
  int64_t points() const { return (last - first) * (end - begin); }
};
struct Order {
  int64_t runs, length, whole, pieces, head, chunks;
  Order(int64_t runs, int64_t length, int64_t whole, int64_t head)
      : runs(runs), length(length), whole(whole), pieces((length + 2047) / 2048), head(head),
        chunks(pieces > 1 ? runs * pieces : pieces * ((runs + whole - 1) / whole)) {}
  Chunk chunk(int64_t c) const {
    if (pieces > 1)
      return {c / pieces, c / pieces + 1, c % pieces * 2048, std::min(length, c % pieces * 2048 + 2048)};
    return {c * whole, std::min(runs, (c + 1) * whole), 0, length};
  }
  // Its first 128 points or so, whose mean the others are compared with.
  Chunk head_of(const Chunk &chunk) const {
    return {chunk.first, std::min(chunk.last, chunk.first + head), chunk.begin, std::min(chunk.end, chunk.begin + 128)};
  }
};
[[maybe_unused]] Order order_of_runs(int64_t runs, int64_t length) {
  const int64_t some = std::max<int64_t>(length, 1);
  return Order(runs, length, std::max<int64_t>(1, std::min<int64_t>(32, 2048 / some)), (127 + some) / some);
}
// Rows of columns, as many side by side as make 128 lanes.
[[maybe_unused]] int64_t rows_of_lanes(int64_t columns) {
  int64_t rows = 1;
  while (2 * rows * columns <= 128 && rows < 128)
    rows *= 2;
  return rows;
}
[[maybe_unused]] Order order_of_columns(int64_t positions, int64_t columns) {
  return Order(positions, 1, 32 * rows_of_lanes(columns), 4 * rows_of_lanes(columns));
}

// Who does what: each thread has groups of its own, or all share each group, where there are few or one exceeds a thread's L2.
constexpr int64_t l2_bytes = 2 << 20;
struct Split {
  int threads;
  bool shared;
  int64_t groups, chunks, task = 1, tasks; // a task is 2^j chunks
  Split(int most, int64_t groups, int64_t chunks, int64_t bytes)
      : threads(groups * bytes < 65536 ? 1 : most),
        shared(threads > 1 && chunks >= threads &&
               (groups < threads || bytes > l2_bytes || (2 * bytes > l2_bytes && bytes > threads * 262144) ||
                (groups % threads != 0 && groups < 8 * threads))),
        groups(groups), chunks(chunks) {
    while (task * std::min(16 * threads, 1024) < chunks)
      task *= 2;
    tasks = (chunks + task - 1) / task;
  }
};
struct Share {
  bool shared, leads;
  int64_t cache; // of those who share a group
  int64_t first_group, last_group, first_chunk, last_chunk;
  explicit Share(const Split &split) : shared(split.shared) {
    const int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    leads = !shared || thread == 0;
    cache = shared ? threads * l2_bytes : l2_bytes;
    first_group = shared ? 0 : split.groups * thread / threads;
    last_group = shared ? split.groups : split.groups * (thread + 1) / threads;
    first_chunk = shared ? split.task * (split.tasks * thread / threads) : 0;
    last_chunk = shared ? std::min(split.chunks, split.task * (split.tasks * (thread + 1) / threads)) : split.chunks;
  }
  void wait() const {
    if (shared) {
      NORMC_OMP(barrier)
    }
  }
};
)";

const char *const lanesHelper = R"(
// Calls visit(point, lane) for the points of a run, which have nothing to do with each other, and before that fetch(first point, points).
#if defined(__GNUC__) && !defined(__clang__)
#define NORMC_INDEPENDENT _Pragma("GCC ivdep")
#else
#define NORMC_INDEPENDENT
#endif
template <typename Fetch, typename Visit>
[[gnu::always_inline]] inline void each(int64_t begin, int64_t end, int64_t lanes, Fetch fetch, Visit visit) {
  int64_t k = begin;
  for (; k + 128 <= end; k += 128) {
    fetch(k, 128);
    const int64_t lane = (k - begin) & (lanes - 1);
    NORMC_INDEPENDENT
    for (int64_t l = 0; l < 128; ++l)
      visit(k + l, lane + l);
  }
  fetch(k, end - k);
  const int64_t lane = (k - begin) & (lanes - 1);
  NORMC_INDEPENDENT
  for (int64_t l = 0; l < end - k; ++l)
    visit(k + l, lane + l);
}
template <typename Visit>
[[gnu::always_inline]] inline void each(int64_t begin, int64_t end, int64_t lanes, Visit visit) {
  each(begin, end, lanes, [](int64_t, int64_t) {}, visit);
}

// Folds lanes by halves.
struct Plus {
  template <typename T>
  [[gnu::always_inline]] T operator()(T a, T b) const { return a + b; }
};
template <int lanes, typename T, typename Combine>
[[gnu::always_inline]] inline T fold(const T *lane, Combine combine) {
  if constexpr (lanes == 1) {
    return *lane;
  } else {
    T half[lanes / 2];
    for (int l = 0; l < lanes / 2; ++l)
      half[l] = combine(lane[l], lane[l + lanes / 2]);
    return fold<lanes / 2>(half, combine);
  }
}
// The same with rows of lanes, one for each column.
template <typename T, typename Combine>
inline void fold_rows(T *lane, int64_t rows, int64_t width, Combine combine) {
  for (int64_t half = rows / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half * width; ++l)
      lane[l] = combine(lane[l], lane[l + half * width]);
}
)";

const char *const treeHelper = R"(
// Merges what chunks, or tasks, come to: neighbours pairwise, level by level, an odd last one passing up.
template <typename T>
struct Tree {
  T level[64];
  uint64_t entries = 0;
  void add(T value) {
    int k = 0;
    for (uint64_t bits = entries++; bits & 1; bits >>= 1)
      value = merge(level[k++], value);
    level[k] = value;
  }
  T total() const {
    T value = T::identity();
    bool any = false;
    for (int k = 0; entries >> k; ++k)
      if (entries >> k & 1) {
        value = any ? merge(level[k], value) : level[k];
        any = true;
      }
    return value;
  }
};

// One sum of a group. Threads that share the group leave theirs, task by task, for all to merge.
template <typename T>
struct Parts {
  int64_t tasks;
  Buffer<T> values;
  explicit Parts(const Split &split) : tasks(split.tasks), values(split.shared ? 2 * split.tasks : 1) {}
  bool ready() const { return bool(values); }
  T &at(int64_t turn, int64_t task) { return values[turn * tasks + task]; }
};
template <typename T>
class Total {
  Parts<T> &parts;
  const Split &split;
  const Share &share;
  const int64_t turn;
  Tree<T> tree;

public:
  Total(Parts<T> &parts, const Split &split, const Share &share, int64_t group)
      : parts(parts), split(split), share(share), turn(group & 1) {}
  void add(int64_t chunk, T value) {
    tree.add(value);
    if (share.shared && ((chunk + 1) % split.task == 0 || chunk + 1 == split.chunks)) {
      parts.at(turn, chunk / split.task) = tree.total();
      tree.entries = 0;
    }
  }
  T get() {
    if (share.shared)
      for (int64_t task = 0; task < split.tasks; ++task)
        tree.add(parts.at(turn, task));
    return tree.total();
  }
};
)";

const char *const streamingHelper = R"(
// The points of a run in blocks that end at cache lines of `to`.
struct Block {
  int64_t begin, size, end;
  template <typename T>
  Block(const T *to, int64_t begin, int64_t end) : begin(begin), end(end) {
    const int64_t past = int64_t(reinterpret_cast<uintptr_t>(to + begin) / sizeof(T) % (64 / sizeof(T)));
    size = std::min<int64_t>(128 - past, end - begin);
  }
  void next() {
    begin += size;
    size = std::min<int64_t>(128, end - begin);
  }
};
// Copies a block to its place; past the caches where the output is much larger than they are.
template <typename T>
inline void put(T *to, const T *from, int64_t size, [[maybe_unused]] bool stream) {
  int64_t k = 0;
#ifdef __SSE2__
  const int64_t line = 64 / sizeof(T);
  if (stream) {
    k = std::min(size, (line - int64_t(reinterpret_cast<uintptr_t>(to) / sizeof(T)) % line) % line);
    if (k > 0)
      std::copy_n(from, k, to);
    for (; k + line <= size; k += line) {
#ifdef __AVX512F__
      _mm512_stream_si512(reinterpret_cast<__m512i *>(to + k), _mm512_loadu_si512(from + k));
#else
      for (int64_t l = 0; l < line; l += 16 / int64_t(sizeof(T)))
        _mm_stream_si128(reinterpret_cast<__m128i *>(to + k + l),
                         _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + k + l)));
#endif
    }
  }
#ifdef __AVX512F__
  for (; k + line <= size; k += line) {
    _mm512_storeu_si512(to + k, _mm512_loadu_si512(from + k));
    __asm__ volatile(""); // or GCC makes a `rep movs` of it, which has hardly begun when this is done
  }
#endif
#endif
  if (k < size)
    std::copy_n(from + k, size - k, to + k);
}
// Fetches what the next group will read.
template <typename T>
[[gnu::always_inline]] inline void prefetch(const T *from, int64_t size) {
  for (int64_t k = 0; k < size; k += 64 / int64_t(sizeof(T)))
    __builtin_prefetch(from + k, 0, 2);
  __asm__ volatile(""); // or GCC takes whoever calls this for a function without effects
}
// Before other threads look.
inline void drain() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}
)";

} // namespace normc::cpp
