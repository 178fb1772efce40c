//===- CompensatedSum.h - sums with their rounding errors ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_COMPENSATEDSUM_H
#define NORMC_COMPILER_REFERENCE_COMPENSATEDSUM_H

#include "compiler/Reference/Wide.h"

namespace normc::reference {

/// A sum that carries its rounding errors along (Knuth's two-sum): |error| <= eps |sum| + (n eps)^2 sum of |x|.
template <typename Real>
struct CompensatedSum {
  Real sum = 0, error = 0;

  void add(Real x) {
    const Real total = sum + x;
    const Real part = total - sum;
    error += (sum - (total - part)) + (x - part);
    sum = total;
  }
  /// Once the sum is infinite or NaN its errors mean nothing.
  Real get() const { return wide::isFinite(sum) && wide::isFinite(error) ? sum + error : sum; }
};

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_COMPENSATEDSUM_H
