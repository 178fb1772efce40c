//===- Agreement.h - results against what rounding explains --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_AGREEMENT_H
#define NORMC_COMPILER_REFERENCE_AGREEMENT_H

#include "compiler/Reference/Array.h"

namespace normc::reference {

/// How many times the staged graph's bound a closed form is allowed: it rounds what it sums once each as a factor that
/// is read, as a product, as a fused sum and as a saved value, where a step of the staged graph is charged for one
/// rounding.
inline constexpr double closedFormFactor = 4;

/// How a result compares with the reference.
struct Agreement {
  int64_t elements = 0;
  /// Those whose bound says something: it is finite.
  int64_t compared = 0;
  /// Those that are off by more than their bound.
  int64_t exceeded = 0;
  /// The element whose error is the largest part of its bound: its position, or -1, and both.
  int64_t worst = -1;
  double error = 0, bound = 0, ratio = 0;
  double got = 0, want = 0; ///< there
};

/// Holds `got`, elements of a storage type, against `want`, an array with errors:
///
///     |got - want| <= closedFormFactor error + u (|want| + closedFormFactor error) + floor
///
/// u and floor those of the storage type. What is NaN or infinite for certain must be that. Extents must agree.
template <typename Real>
Agreement holdAgainst(mlir::Type element, const Array<Real> &got, const Array<Real> &want);

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_AGREEMENT_H
