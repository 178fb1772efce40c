//===- ShareHelpers.cpp - who does what, as C++ text -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet share[] = {
    {"l2_bytes", R"(
constexpr int64_t l2_bytes = 2 << 20; // that a thread has for itself
)"},
    {"merge_chunks Share", R"(
// What chunks come to: neighbours merged pairwise, level by level, an odd last one passing up.
template <typename T, typename Chunk> void merge_chunks(int64_t first, int64_t last, T &to, const Chunk &chunk) {
  if (last - first == 1)
    return chunk(first, to);
  const int64_t half = int64_t(1) << std::ilogb(last - first - 1); // the greatest power of two below
  T right;
  merge_chunks(first, first + half, to, chunk);
  merge_chunks(first + half, last, right, chunk);
  to.merge(right);
}
)"},
    {"Share", R"(
// Each thread has groups of its own; or all share each, by ranges of its chunks, if they are few, or one exceeds an L2.
struct Share {
  const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
  const bool shared;
  int64_t task = 1, tasks; // chunks that are merged before others merge what they come to, and how often
  int64_t first_group, last_group, first_chunk, last_chunk;
?leads   const bool leads = !shared || thread == 0;
?cache   const int64_t cache = (shared ? threads : 1) * l2_bytes; // of those who share a group
  Share(int64_t groups, int64_t chunks, int64_t bytes)
      : shared(threads > 1 && chunks >= threads &&
               (groups < threads || bytes > l2_bytes || (2 * bytes > l2_bytes && bytes > threads * 262144) ||
                (groups % threads != 0 && groups < 8 * threads))) {
    while (task * 16 * threads < chunks)
      task *= 2;
    tasks = (chunks + task - 1) / task;
    first_group = shared ? 0 : groups * thread / threads;
    last_group = shared ? groups : groups * (thread + 1) / threads;
    first_chunk = shared ? task * (tasks * thread / threads) : 0;
    last_chunk = shared ? std::min(chunks, task * (tasks * (thread + 1) / threads)) : chunks;
  }
  // What the chunks of a group come to. Those who share it leave in `parts` what their tasks come to, for all to merge.
  template <typename T, typename Chunk> void total(T &to, T *parts, int64_t group, const Chunk &chunk) const {
    if (!shared)
      return merge_chunks(first_chunk, last_chunk, to, chunk);
    parts += group % 2 * tasks;
    for (int64_t c = first_chunk; c < last_chunk; c += task)
      merge_chunks(c, std::min(c + task, last_chunk), parts[c / task], chunk);
    NORMC_OMP("omp barrier")
    merge_chunks(0, tasks, to, [&](int64_t t, T &part) { part = parts[t]; });
  }
};
)"}};

const llvm::ArrayRef<Snippet> shareSnippets = share;

} // namespace normc::cpp
