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
#ifdef __SSE2__
  const unsigned callers = _mm_getcsr();
  Rounding() { _mm_setcsr(0x1f80); }
  ~Rounding() { _mm_sfence(), _mm_setcsr(callers); }
#else
  Rounding() {}
#endif
};
)"},
    {"l2_bytes", R"(
constexpr int64_t l2_bytes = 2 << 20; // that a thread has for itself
)"},
    {"Share", R"(
// Each thread has groups of its own, or all share each, by tasks of 2^j chunks: if there are few, or one exceeds an L2.
struct Share {
  const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num(), chunks;
  const bool shared;
  int64_t task = 1, tasks, first_group, last_group, first_chunk, last_chunk;
?leads   const bool leads = !shared || thread == 0;
?cache   const int64_t cache = (shared ? threads : 1) * l2_bytes; // of those who share a group
  Share(int64_t groups, int64_t chunks, int64_t bytes)
      : chunks(chunks),
        shared(threads > 1 &&
               (groups == 1 || (chunks >= threads && (groups < threads || bytes > l2_bytes ||
                (2 * bytes > l2_bytes && bytes > threads * 262144) ||
                (groups % threads != 0 && groups < 8 * threads))))) {
    while (task * std::min<int64_t>(16 * threads, 1024) < chunks)
      task *= 2;
    tasks = (chunks + task - 1) / task;
    first_group = shared ? 0 : groups * thread / threads;
    last_group = shared ? groups : groups * (thread + 1) / threads;
    first_chunk = shared ? task * (tasks * thread / threads) : 0;
    last_chunk = shared ? std::min(chunks, task * (tasks * (thread + 1) / threads)) : chunks;
  }
?wait   void wait() const { // for what the others have left
?wait     if (shared) { NORMC_OMP(barrier) }
?wait   }
};
)"}};

const llvm::ArrayRef<Snippet> shareSnippets = share;

} // namespace normc::cpp
