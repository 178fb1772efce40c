//===- StreamingCopy.h - how fast memory is ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_STREAMINGCOPY_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_STREAMINGCOPY_H

#include "runtime/Buffer.h"

#include "llvm/Support/Error.h"

namespace normc {

/// Reads and writes given numbers of bytes, and computes next to nothing: what a kernel with this traffic is held
/// against. All threads stream through shares of their own, fewer where their shares would be small. As many bytes as
/// can be are copied, the rest is only read (where more is read than written) or only written, evenly in between.
/// Stores bypass the caches where what is written exceeds twice the threads' private caches.
class StreamingCopy {
public:
  /// Memory for the copy, touched first by the threads that use it. More than a cap is visited in several rounds.
  static llvm::Expected<StreamingCopy> create(int64_t read, int64_t written, int threads);

  void run();

private:
  void runShare(int64_t from, int64_t to, unsigned &sink);

  int64_t read = 0, written = 0;           ///< multiples of a block
  int64_t readRound = 0, writtenRound = 0; ///< after how many bytes the arrays begin anew
  int threads = 1;
  bool bypass = false;
  runtime::Buffer source, target;
  unsigned sink = 0; ///< depends on all that is read
};

/// The bytes of the private cache of one core, level 2; 1 MiB where the system does not say.
int64_t privateCacheBytes();

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_STREAMINGCOPY_H
