//===- TileHelpers.cpp - sums of many groups side by side ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepHelpers.h"

namespace normc::cpp {

const char *const ownHelper = R"(
// Memory of which each thread has a part of its own, pages away from the others': what a processor fetches ahead for one thread
// is never what another writes.
template <typename T>
class Own {
  static constexpr int64_t page = 4096 / sizeof(T);
  const int64_t part;
  Buffer<T> all;

public:
  Own(int threads, int64_t elements) : part((elements + 2 * page - 1) / page * page), all(threads * part + page) {}
  bool ready() const { return bool(all); }
  T *of(int64_t thread) const {
    const auto past = int64_t(reinterpret_cast<uintptr_t>(all.get()) % 4096);
    return all.get() + (4096 - past) / int64_t(sizeof(T)) + thread * part;
  }
  T *mine() const { return of(omp_get_thread_num()); }
};
)";

const char *const tilesHelper = R"(
// Folds lanes of many groups, a run of `length` lanes each.
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
  Buffer<double> tasks;
  Own<double> trees;
  TileParts(const Split &split, int64_t width)
      : width(width), tasks(split.shared ? 2 * split.tasks * T::parts * width : 1),
        trees(split.threads, (levels + 2) * T::parts * width) {}
  bool ready() const { return tasks && trees.ready(); }
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
        tree(parts.trees.mine()) {}
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

const char *const columnsHelper = R"(
// The chunks of rows that are a thread's own.
struct Part {
  int64_t first, last, last_row;
  explicit Part(const Order &rows) {
    const int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    first = rows.chunks * thread / threads;
    last = rows.chunks * (thread + 1) / threads;
    last_row = std::min(rows.runs, last * rows.whole);
  }
};

// Sums over rows of columns side by side: those of a chunk in lanes, rows of them where columns are few, those of chunks pairwise.
// Each thread has a run of chunks and keeps what no neighbour of its own has been merged with; in the end all share the columns.
template <typename T>
class ColumnSums {
  struct Node {
    int64_t chunk; // the first of 2^level
    int level;
  };
  struct Nodes {
    int count = 0;
    Node node[128];
    // Whether the last one is the right neighbour of the one before it.
    bool can_merge() const {
      const Node &right = node[count - 1];
      return count > 1 && node[count - 2].level == right.level && (right.chunk >> right.level & 1) != 0;
    }
    void push(Node last) { node[count++] = last; }
    void merge() { ++node[--count - 1].level; }
  };
  static constexpr int64_t block = 128;
  const int64_t columns, lanes;
  const int threads;
  Own<T> lane;
  Own<double> sums; // a row for each node
  Own<Nodes> nodes;

  static int64_t depth(int64_t chunks) {
    int64_t levels = 1;
    while (chunks >> levels)
      ++levels;
    return 2 * levels + 1;
  }

public:
  ColumnSums(int threads, const Order &rows, int64_t columns)
      : columns(columns), lanes(rows_of_lanes(columns)), threads(threads), lane(threads, lanes * columns),
        sums(threads, depth(rows.chunks) * columns), nodes(threads, 1) {
    for (int thread = 0; ready() && thread < threads; ++thread)
      nodes.of(thread)->count = 0;
  }
  bool ready() const { return lane.ready() && sums.ready() && nodes.ready(); }
  // This thread's lanes, empty.
  T *start() {
    std::fill_n(lane.mine(), lanes * columns, T(0));
    return lane.mine();
  }
  // What is in them is the sum of a chunk.
  void add(int64_t chunk) {
    T *const from = lane.mine();
    Nodes &own = *nodes.mine();
    fold_rows(from, lanes, columns, Plus());
    own.push({chunk, 0});
    const int last = own.count - 1;
    while (own.can_merge())
      own.merge();
    for (int64_t first = 0; first < columns; first += block) {
      const int64_t size = std::min(block, columns - first);
      double sum[block];
      for (int64_t k = 0; k < size; ++k)
        sum[k] = double(from[first + k]);
      for (int n = last; n >= own.count; --n) {
        const double *left = sums.mine() + (n - 1) * columns + first;
        for (int64_t k = 0; k < size; ++k)
          sum[k] = left[k] + sum[k];
      }
      std::copy_n(sum, size, sums.mine() + (own.count - 1) * columns + first);
    }
  }
  // When all threads have added theirs: hands out the totals of a part of the columns.
  template <typename Store>
  void finish(Store store) const {
    const int64_t thread = omp_get_thread_num(), count = omp_get_num_threads(), blocks = (columns + block - 1) / block;
    for (int64_t first = blocks * thread / count * block; first < std::min(columns, blocks * (thread + 1) / count * block);
         first += block) {
      const int64_t size = std::min(block, columns - first);
      Nodes open;
      double sum[64][block];
      auto merge = [&](double *left, const double *right) {
        for (int64_t k = 0; k < size; ++k)
          left[k] += right[k];
      };
      for (int64_t t = 0; t < threads; ++t)
        for (int n = 0; n < nodes.of(t)->count; ++n) {
          std::copy_n(sums.of(t) + n * columns + first, size, sum[open.count]);
          for (open.push(nodes.of(t)->node[n]); open.can_merge(); open.merge())
            merge(sum[open.count - 2], sum[open.count - 1]);
        }
      if (open.count == 0)
        std::fill_n(sum[open.count++], size, 0.0);
      for (; open.count > 1; --open.count)
        merge(sum[open.count - 2], sum[open.count - 1]);
      for (int64_t k = 0; k < size; ++k)
        store(first + k, sum[0][k]);
    }
  }
};
)";

} // namespace normc::cpp
