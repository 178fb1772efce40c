//===- TotalHelpers.cpp - what chunks come to, as C++ text -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet totals[] = {
    {"Tree Total", R"(
// Merges what chunks come to: neighbours pairwise, level by level, an odd last one passing up.
template <typename T>
struct Tree {
  T level[64] = {};
  int count = 0;
  int64_t added = 0;
  void add(T value) {
    for (int64_t bits = added++; bits & 1; bits >>= 1)
      value = merge(level[--count], value);
    level[count++] = value;
  }
  T total() {
    for (; count > 1; --count)
      level[count - 2] = merge(level[count - 2], level[count - 1]);
    added = count = 0;
    return level[0];
  }
};
)"},
    {"Total", R"(
// One sum of a group. Threads that share the group leave theirs, task by task, for all to merge.
template <typename T>
struct Total {
  const Share &mine;
  T *const tasks;
  Tree<T> tree;
  Total(const Share &mine, T *parts, int64_t group) : mine(mine), tasks(parts + group % 2 * mine.tasks) {}
  void add(int64_t chunk, T value) {
    tree.add(value);
    if (mine.shared && ((chunk + 1) % mine.task == 0 || chunk + 1 == mine.chunks))
      tasks[chunk / mine.task] = tree.total();
  }
  T get() {
    for (int64_t task = 0; mine.shared && task < mine.tasks; ++task)
      tree.add(tasks[task]);
    return tree.total();
  }
};
)"},
    {"TileTree TileTotal", R"(
// Merges what chunks of groups side by side come to, T's parts and, behind them, the number of points: neighbours
// pairwise, level by level, an odd last one passing up.
template <typename T>
struct TileTree {
  double *const level;
  const int64_t width, size;
  int64_t count = 0, added = 0;
  TileTree(double *level, int64_t width) : level(level), width(width), size(T::parts * width + 1) {}
  double *next() { return level + count * size; } // the place of the next chunk's
  void merge() {
    double *b = level + --count * size, *a = b - size;
    T::merge(b[-1], a, b[size - 1], b, width);
    b[-1] += b[size - 1];
  }
  void add(double points) {
    next()[size - 1] = points;
    ++count;
    for (int64_t bits = added++; bits & 1; bits >>= 1)
      merge();
  }
  double *total() {
    while (count > 1)
      merge();
    count = added = 0;
    return level;
  }
};
)"},
    {"TileTotal", R"(
// Threads that share the groups leave what theirs come to, task by task, for all to merge.
template <typename T>
struct TileTotal {
  const Share &mine;
  TileTree<T> tree;
  double *const tasks;
  // Doubles that a group needs for `threads`.
  static int64_t memory(int64_t threads, int64_t width) { return threads * (32 + 48) * (T::parts * width + 1); }
  TileTotal(const Share &mine, double *parts, int64_t group, int64_t width)
      : mine(mine), tree(parts + (32 * mine.threads + 48 * mine.thread) * (T::parts * width + 1), width),
        tasks(parts + group % 2 * mine.tasks * tree.size) {}
  double *next() { return tree.next(); }
  void add(int64_t chunk, double points) {
    tree.add(points);
    if (mine.shared && ((chunk + 1) % mine.task == 0 || chunk + 1 == mine.chunks))
      std::copy_n(tree.total(), tree.size, tasks + chunk / mine.task * tree.size);
  }
  double *get() {
    for (int64_t task = 0; mine.shared && task < mine.tasks; ++task) {
      const double *part = tasks + task * tree.size;
      std::copy_n(part, tree.size, next());
      tree.add(part[tree.size - 1]);
    }
    return tree.total();
  }
};
)"}};

const llvm::ArrayRef<Snippet> totalSnippets = totals;

} // namespace normc::cpp
