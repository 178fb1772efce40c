//===- BenchmarkReport.h - what was measured -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H

#include "runtime/module_format.h"

#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace normc {

/// One function, measured. Times are seconds per call.
struct BenchmarkRow {
  std::string name;
  int threads = 1;
  int64_t repetitions = 0;
  int64_t calls = 0; ///< in all repetitions together
  double minimum = 0.0, median = 0.0, processor = 0.0;
  double copyMinimum = 0.0, copyMedian = 0.0;    ///< of a streaming copy of the certified bytes
  double ratioOfMinima = 0.0, medianRatio = 0.0; ///< to that copy
  double ratioToMinimumCopy = 0.0;               ///< of minima, to a copy of the minimum bytes
  normc_traffic traffic = {};
  int64_t workingSet = 0;
  bool fitsCaches = false; ///< the working set is less than four times the threads' private caches
};

/// A table for a person.
std::string toTable(llvm::ArrayRef<BenchmarkRow> rows);

/// The schema of google-benchmark: `context`, and a benchmark for each row. Its counters: certified_bytes and
/// minimum_bytes; ratio_to_copy (of minima); and what else the row says, each under its name.
std::string toJson(llvm::ArrayRef<BenchmarkRow> rows, llvm::StringRef executable);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H
