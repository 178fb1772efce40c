//===- ShareHelpers.cpp - who does what, as C++ text -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet share[] = {
    {"Rounding", R"(
// Rounds to nearest and keeps subnormal numbers, whatever the caller has set; leaves no streamed store behind.
struct Rounding {
  std::fenv_t callers;
  Rounding() { std::fegetenv(&callers), std::fesetenv(FE_DFL_ENV); }
?put   ~Rounding() { std::atomic_thread_fence(std::memory_order_seq_cst), std::fesetenv(&callers); }
!put   ~Rounding() { std::fesetenv(&callers); }
};
)"},
    {"l2_bytes", R"(
constexpr int64_t l2_bytes = 2 << 20; // that a thread has for itself
)"},
    {"merge_chunks Tasks Share", R"(
// What chunks come to: neighbours merged pairwise, level by level, an odd last one passing up.
template <typename T, typename Chunk>
void merge_chunks(int64_t first, int64_t last, T &to, const Chunk &chunk) {
  if (last - first == 1)
    return chunk(first, to);
  int64_t half = 1;
  while (2 * half < last - first)
    half *= 2;
  T right;
  merge_chunks(first, first + half, to, chunk);
  merge_chunks(first + half, last, right, chunk);
  to.merge(right);
}
)"},
    {"Tasks Share", R"(
// The chunks of a group that all threads share, in tasks of 2^j.
struct Tasks {
  const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num(), chunks;
  int64_t task = 1, tasks, first_chunk, last_chunk;
  explicit Tasks(int64_t chunks) : chunks(chunks) {
    while (task * std::min<int64_t>(16 * threads, 1024) < chunks)
      task *= 2;
    tasks = (chunks + task - 1) / task;
    first_chunk = task * (tasks * thread / threads);
    last_chunk = std::min(chunks, task * (tasks * (thread + 1) / threads));
  }
  // What all chunks come to: each thread leaves in `parts` what its tasks come to, for all to merge.
  template <typename T, typename Chunk>
  void total(T &to, T *parts, const Chunk &chunk) const {
    for (int64_t c = first_chunk; c < last_chunk; c += task)
      merge_chunks(c, std::min(c + task, last_chunk), parts[c / task], chunk);
    NORMC_OMP("omp barrier")
    merge_chunks(0, tasks, to, [&](int64_t t, T &part) { part = parts[t]; });
  }
};
)"},
    {"Share", R"(
// Each thread has groups of its own, or all share each: if there are few, or one exceeds an L2.
struct Share : Tasks {
  const bool shared;
  int64_t first_group, last_group;
?leads   const bool leads = !shared || thread == 0;
?cache   const int64_t cache = (shared ? threads : 1) * l2_bytes; // of those who share a group
  Share(int64_t groups, int64_t chunks, int64_t bytes)
      : Tasks(chunks),
        shared(threads > 1 && chunks >= threads &&
               (groups < threads || bytes > l2_bytes || (2 * bytes > l2_bytes && bytes > threads * 262144) ||
                (groups % threads != 0 && groups < 8 * threads))) {
    first_group = shared ? 0 : groups * thread / threads;
    last_group = shared ? groups : groups * (thread + 1) / threads;
    first_chunk = shared ? first_chunk : 0;
    last_chunk = shared ? last_chunk : chunks;
  }
  template <typename T, typename Chunk>
  void total(T &to, T *parts, int64_t group, const Chunk &chunk) const {
    shared ? Tasks::total(to, parts + group % 2 * tasks, chunk) : merge_chunks(0, chunks, to, chunk);
  }
};
)"}};

const llvm::ArrayRef<Snippet> shareSnippets = share;

} // namespace normc::cpp
