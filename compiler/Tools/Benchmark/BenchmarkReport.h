//===- BenchmarkReport.h - what was measured -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H

#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "compiler/Tools/Benchmark/Measurement.h"

#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace normc {

/// One function, measured. Times are seconds per call.
struct BenchmarkRow {
  std::string name;
  std::string device = "cpu";
  int threads = 1; ///< of the CPU
  int64_t repetitions = 0;
  int64_t calls = 0; ///< in all repetitions together
  double minimum = 0.0, median = 0.0, processor = 0.0;
  double copyMinimum = 0.0, copyMedian = 0.0;    ///< of a streaming copy of the certified bytes
  double ratioOfMinima = 0.0, medianRatio = 0.0; ///< to that copy
  double ratioToMinimumCopy = 0.0;               ///< of minima, to a copy of the minimum bytes
  normc_traffic traffic = {};
  int64_t workingSet = 0;
  /// The working set is less than four times the threads' private caches; of a GPU, all arrays that calls take in turns
  /// are less than four times its cache.
  bool fitsCaches = false;
  normc_traffic counted = {}; ///< on the simt device, what its kernels did read and write
};

/// The row of a case whose calls, copies of the certified bytes and copies of the minimum bytes took `timings`.
BenchmarkRow makeRow(const BenchmarkCase &benchmark, llvm::ArrayRef<Timing> timings);

/// A table for a person.
std::string toTable(llvm::ArrayRef<BenchmarkRow> rows);

/// The schema of google-benchmark: `context`, and a benchmark for each row. Its counters: certified_bytes and
/// minimum_bytes; ratio_to_copy (of minima); and what else the row says, each under its name.
std::string toJson(llvm::ArrayRef<BenchmarkRow> rows, llvm::StringRef executable);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKREPORT_H
