//===- Graph.h - what the algebra knows of a function -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_GRAPH_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_GRAPH_H

#include "compiler/Transforms/ExtentClasses.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/DenseSet.h"
#include <set>

namespace normc::algebra {

/// A straight-line function, and what follows from its ops and extents alone.
struct Graph {
  /// Fails, after an error, where extents contradict each other.
  static mlir::FailureOr<Graph> of(mlir::func::FuncOp function);

  auto ops() const { return function->getRegion(0).front().without_terminator(); }

  mutable mlir::func::FuncOp function;
  ExtentClasses classes;
  /// The ops that the user wrote: what depends on no cotangent. Only there it is decided what stays together.
  llvm::DenseSet<mlir::Operation *> forward;
  /// Over how many points the reductions among them go, one by one and one after the other; as far as extents are
  /// static.
  std::set<int64_t> counts;
};

/// The count n for which a constant stands for 1/n: the value of its type that is nearest to 1/n, or one that was
/// written with 6 digits or more and agrees with 1/n to these. People write means as sums times 0.0833333.
std::optional<int64_t> reciprocalOf(const llvm::APFloat &value, const std::set<int64_t> &counts);

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_GRAPH_H
