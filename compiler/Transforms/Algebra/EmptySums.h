//===- EmptySums.h - what is 0 where nothing is summed ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sum over nothing is 0, whatever would have been summed. A factor that left it, as
// the reciprocal deviation leaves the gradient of a scale, may be undefined then: the
// mean of nothing is NaN, and 0 NaN is not 0.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYSUMS_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYSUMS_H

#include "compiler/Transforms/Algebra/Graph.h"
#include "compiler/Transforms/Algebra/Terms.h"

namespace normc::algebra {

/// Which values of a graph are 0 where an extent is.
class EmptySums {
public:
  explicit EmptySums(const Graph &graph);

  /// The symbols of extents such that a value is 0 where one of these is.
  const std::set<int64_t> &symbolsOf(mlir::Value value) const { return symbols.at(value); }

private:
  std::map<mlir::Value, std::set<int64_t>, bool (*)(mlir::Value, mlir::Value)> symbols;
};

/// n mean(x) r is sum(x) r, which is 0 r of nothing, where the mean is NaN.
struct SumInside {
  Atom mean;      ///< of x
  Monomial rest;  ///< r
  Rational count; ///< the part of n that is a number
};
/// The sum that is in a monomial as a mean and the count that belongs to it, if that has a symbol.
std::optional<SumInside> sumInside(const TermTable &table, const Monomial &monomial);

/// Whether a form may be undefined where the extent of a symbol is 0, though over the reals it is 0.
bool mayBeUndefined(const TermTable &table, Form form, int64_t symbol);

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_EMPTYSUMS_H
