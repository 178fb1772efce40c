//===- EmptyMeans.h - what is NaN where there is nothing to average ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mean of nothing is NaN, and so is what follows from it. Over the reals n leaves
// n mean(x), as in a variance that is divided by n - 1, and with it NaN.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYMEANS_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYMEANS_H

#include "compiler/Transforms/Algebra/EmptySums.h"
#include "compiler/Transforms/Algebra/NormalForm.h"

namespace normc::algebra {

/// Which values of a graph are NaN where an extent is 0.
class EmptyMeans {
public:
  EmptyMeans(const Graph &graph, const EmptySums &zeros);

  /// The symbols of extents such that a value is NaN where one of these is 0.
  const std::set<int64_t> &symbolsOf(mlir::Value value) const { return symbols.find(value)->second; }

private:
  llvm::DenseMap<mlir::Value, std::set<int64_t>> symbols;
};

/// Whether a form is NaN where the extent of a symbol is 0.
bool isUndefined(const NormalForm &forms, Form form, int64_t symbol);

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYMEANS_H
