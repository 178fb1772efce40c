//===- Gradients.h - gradients to be checked, for tests ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_COMPILER_REFERENCE_GRADIENTS_H
#define NORMC_TEST_COMPILER_REFERENCE_GRADIENTS_H

#include "Graphs.h"
#include "compiler/Reference/Differences.h"

#include <random>

namespace normc::reference {

/// Numbers around `mean`, at most `deviation` away.
template <typename Real>
Array<Real> random(llvm::ArrayRef<int64_t> extents, unsigned seed, double mean = 0.0, double deviation = 1.0) {
  std::mt19937 generator(seed);
  Array<Real> array;
  array.extents.assign(extents.begin(), extents.end());
  for (int64_t i = 0, size = *elementCount(extents); i < size; ++i)
    array.reals.push_back(Real(mean + deviation * (double(generator()) / 2147483648.0 - 1.0)));
  return array;
}

template <typename Real>
llvm::SmallVector<GradientCheck> check(Graphs &graphs, llvm::ArrayRef<Array<Real>> arguments,
                                       llvm::ArrayRef<Array<Real>> cotangents, llvm::ArrayRef<int64_t> wrt,
                                       const DifferenceOptions &options = {}) {
  auto checks = checkGradients<Real>(graphs.function("f"), graphs.function("g"), arguments, cotangents, wrt, options);
  EXPECT_TRUE(mlir::succeeded(checks)) << graphs.errors;
  return mlir::succeeded(checks) ? std::move(*checks) : llvm::SmallVector<GradientCheck>(wrt.size());
}

// Suites run in both precisions.
struct Names {
  template <typename Real>
  static std::string GetName(int) {
    return digits<Real> == 53 ? "double" : "Quad";
  }
};
using Reals = testing::Types<double, Quad>;

} // namespace normc::reference

#endif // NORMC_TEST_COMPILER_REFERENCE_GRADIENTS_H
