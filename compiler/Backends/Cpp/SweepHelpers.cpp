//===- SweepHelpers.cpp - what emitted sweeps are written with ------------===//
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
// Calls visit(point, lane) for the points of a run, which have nothing to do with each other.
#if defined(__GNUC__) && !defined(__clang__)
#define NORMC_INDEPENDENT _Pragma("GCC ivdep")
#else
#define NORMC_INDEPENDENT
#endif
template <typename Visit>
[[gnu::always_inline]] inline void each(int64_t begin, int64_t end, int64_t lanes, Visit visit) {
  int64_t k = begin;
  for (; k + 128 <= end; k += 128) {
    const int64_t lane = (k - begin) & (lanes - 1);
    NORMC_INDEPENDENT
    for (int64_t l = 0; l < 128; ++l)
      visit(k + l, lane + l);
  }
  const int64_t lane = (k - begin) & (lanes - 1);
  NORMC_INDEPENDENT
  for (int64_t l = 0; l < end - k; ++l)
    visit(k + l, lane + l);
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
)";

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

const char *const tilesHelper = R"(
// Folds lanes of many groups: rows of them, or a run of `length` lanes each.
template <typename T, typename Combine>
inline void fold_rows(T *lane, int64_t rows, int64_t width, Combine combine) {
  for (int64_t half = rows / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half * width; ++l)
      lane[l] = combine(lane[l], lane[l + half * width]);
}
template <int length, typename T, typename Combine>
inline void fold_runs(T *lane, int64_t width, Combine combine) {
  constexpr int half = length > 128 ? 128 : length > 64 ? 64 : length > 32 ? 32 : length > 16 ? 16 : length > 8 ? 8 : 4;
  for (int64_t g = 0; g < width; ++g) {
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
// Repeats the values of groups for all lanes: row by row, or along runs.
template <typename T>
inline void repeat_rows(T *lane, int64_t rows, int64_t width) {
  for (int64_t l = width; l < rows * width; ++l)
    lane[l] = lane[l - width];
}
template <int length, typename T>
inline void repeat_runs(T *lane, int64_t width) {
  for (int64_t g = width; g-- > 0;) {
    const T value = lane[g];
    for (int l = 0; l < length; ++l)
      lane[g * length + l] = value;
  }
}

// As Total, of many groups side by side: an array for each part of T.
template <typename T>
struct TileParts {
  static constexpr int levels = 48;
  int64_t width;
  Buffer<double> tasks, trees;
  TileParts(const Split &split, int64_t width)
      : width(width), tasks(split.shared ? 2 * split.tasks * T::parts * width : 1),
        trees(split.threads * (levels + 2) * T::parts * width) {}
  bool ready() const { return tasks && trees; }
};
template <typename T>
class TileTotal {
  TileParts<T> &parts;
  const Split &split;
  const Share &share;
  const Order &order;
  const int64_t width, turn;
  double *const tree;
  double points[TileParts<T>::levels + 1] = {};
  uint64_t entries = 0;

  double *level(int k) { return tree + k * T::parts * width; }
  double *task(int64_t t) { return parts.tasks.get() + (turn * split.tasks + t) * T::parts * width; }
  void push(double n) {
    int k = 0;
    for (uint64_t bits = entries++; bits & 1; bits >>= 1, ++k) {
      T::merge(points[k], level(k), n, next(), width);
      n += points[k];
    }
    std::copy_n(next(), T::parts * width, level(k));
    points[k] = n;
  }
  double collect(double *to) {
    double n = 0.0;
    for (int k = 0; entries >> k; ++k)
      if (entries >> k & 1) {
        if (n > 0.0)
          T::merge(points[k], level(k), n, to, width);
        else
          std::copy_n(level(k), T::parts * width, to);
        n += points[k];
      }
    entries = 0;
    return n;
  }

public:
  TileTotal(TileParts<T> &parts, const Split &split, const Share &share, const Order &order, int64_t group, int64_t width)
      : parts(parts), split(split), share(share), order(order), width(width), turn(group & 1),
        tree(parts.trees.get() + omp_get_thread_num() * (TileParts<T>::levels + 2) * T::parts * parts.width) {}
  // Where the next chunk's parts are written before `add`, and where all that come to is left.
  double *next() { return level(TileParts<T>::levels); }
  double *total() { return level(TileParts<T>::levels + 1); }
  void add(int64_t chunk, double n) {
    push(n);
    if (share.shared && ((chunk + 1) % split.task == 0 || chunk + 1 == split.chunks))
      collect(task(chunk / split.task));
  }
  // The parts of all; `none` where there are no points.
  const double *get() {
    if (share.shared)
      for (int64_t t = 0; t < split.tasks; ++t) {
        std::copy_n(task(t), T::parts * width, next());
        const int64_t first = t * split.task, last = std::min(split.chunks, first + split.task);
        push(points_between(first, last));
      }
    const double n = collect(total());
    if (n == 0.0)
      T::none(total(), width);
    return total();
  }

private:
  double points_between(int64_t first, int64_t last) const {
    return double(std::min(order.runs, last * order.whole) - first * order.whole) * double(order.length);
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
    size = std::min<int64_t>(512 - past, end - begin);
  }
  void next() {
    begin += size;
    size = std::min<int64_t>(512, end - begin);
  }
};
// Copies a block to its place; past the caches where the output is much larger than they are.
template <typename T>
inline void put(T *to, const T *from, int64_t size, bool stream) {
#ifdef __SSE2__
  if (stream) {
    const int64_t line = 64 / sizeof(T);
    int64_t k = std::min(size, (line - int64_t(reinterpret_cast<uintptr_t>(to) / sizeof(T)) % line) % line);
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
    std::copy_n(from + k, size - k, to + k);
    return;
  }
#endif
  (void)stream;
  std::copy_n(from, size, to);
}
// Fetches what the next group will read.
template <typename T>
[[gnu::always_inline]] inline void prefetch(const T *from, int64_t size) {
  for (int64_t k = 0; k < size; k += 64 / int64_t(sizeof(T)))
    __builtin_prefetch(from + k, 0, 2);
}
// Before other threads look.
inline void drain() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}
)";

} // namespace normc::cpp
