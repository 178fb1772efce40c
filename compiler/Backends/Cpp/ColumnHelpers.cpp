//===- ColumnHelpers.cpp - sums that ride along, as C++ text ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet columns[] = {
    {"Own ColumnSums", R"(
// Memory of which each thread has a part of its own, pages away from the others': what a processor fetches ahead for one thread
// is never what another writes.
template <typename T> class Own {
  static constexpr int64_t page = 4096 / sizeof(T);
  const int64_t part;
  std::unique_ptr<T[]> all;

public:
  Own(int threads, int64_t elements) : part((elements + 2 * page - 1) / page * page), all(new T[threads * part + page]) {}
  T *of(int64_t thread) const {
    const auto past = int64_t(reinterpret_cast<uintptr_t>(all.get()) % 4096);
    return all.get() + (4096 - past) / int64_t(sizeof(T)) + thread * part;
  }
  T *mine() const { return of(omp_get_thread_num()); }
};
)"},
    {"Rows Part ColumnSums", R"(
// Rows in chunks, of which each column is summed in its lanes.
struct Rows {
  int64_t count, chunk, chunks;
  Rows(int64_t count, int64_t columns)
      : count(count), chunk(32 * rows_of_lanes(columns)), chunks((count + chunk - 1) / chunk) {}
};
)"},
    {"Part", R"(
// The chunks of rows that are a thread's own.
struct Part {
  int64_t first, last, last_row;
  explicit Part(const Rows &rows) {
    const int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    first = rows.chunks * thread / threads;
    last = rows.chunks * (thread + 1) / threads;
    last_row = std::min(rows.count, last * rows.chunk);
  }
};
)"},
    {"ColumnSums", R"(
// Sums over rows of columns side by side: those of a chunk in lanes, rows of them where columns are few, those of chunks pairwise.
// Each thread has a run of chunks and keeps what no neighbour of its own has been merged with; in the end all share the columns.
template <typename T> class ColumnSums {
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
  ColumnSums(int threads, const Rows &rows, int64_t columns)
      : columns(columns), lanes(rows_of_lanes(columns)), threads(threads), lane(threads, lanes * columns),
        sums(threads, depth(rows.chunks) * columns), nodes(threads, 1) {
    for (int thread = 0; thread < threads; ++thread)
      nodes.of(thread)->count = 0;
  }
  // This thread's lanes, empty.
  T *start() {
    std::fill_n(lane.mine(), lanes * columns, T(0));
    return lane.mine();
  }
  // What is in them is the sum of a chunk.
  void add(int64_t chunk) {
    T *const from = lane.mine();
    Nodes &own = *nodes.mine();
    fold_rows(from, lanes, columns);
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
  template <typename Store> void finish(Store store) const {
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
)"}};

const llvm::ArrayRef<Snippet> columnSnippets = columns;

} // namespace normc::cpp
