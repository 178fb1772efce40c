//===- BenchmarkArrays.h - arrays to measure a function with -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKARRAYS_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKARRAYS_H

#include "compiler/Tools/HostArray.h"

#include <map>
#include <vector>

namespace normc {

/// An entry of a module with all that a call takes.
struct BenchmarkCase {
  std::string name;
  const normrt_function *entry = nullptr;
  std::vector<DLTensor> inputs, outputs;
  normc_traffic traffic = {};
  int64_t workingSet = 0; ///< bytes of all arrays of a call
};

/// The arrays of a function, or of both halves of a gradient: floats are random normals, masks all true, other integers
/// zero. Each array is touched first by the threads that will use it.
class BenchmarkArrays {
public:
  /// `shapes` are those of the first arguments; the others must be known from the graph, as cotangents are from the
  /// results.
  static llvm::Expected<BenchmarkArrays> create(const normrt_function *function, llvm::ArrayRef<ArrayType> shapes,
                                                int threads, mlir::MLIRContext &context);

  /// The function, or NAME_forward and NAME_backward. They point into the arrays.
  std::vector<BenchmarkCase> cases;

private:
  /// By role and position, as a gradient's halves know them; an entry's arguments and results by their numbers.
  std::map<std::pair<int32_t, int32_t>, HostArray> arrays;

  friend class ArrayMaker;
};

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_BENCHMARKARRAYS_H
