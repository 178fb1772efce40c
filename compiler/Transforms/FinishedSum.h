//===- FinishedSum.h - what a sum that rides along comes to --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernel in which a sum rides rounds it once, when all parallel points have brought
// their terms. What follows in the graph and comes to no more than that needs no kernel
// of its own: conversions to the type of the result, a power of two, which the terms can
// have instead without another rounding, and 0 where there is nothing to sum.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_FINISHEDSUM_H
#define NORMC_COMPILER_TRANSFORMS_FINISHEDSUM_H

#include "compiler/Transforms/ExtentClasses.h"
#include "dialects/Norm/NormDialect.h"

namespace normc {

/// value = the sum of factor * term, as the kernel stores it.
struct FinishedSum {
  norm::SumOp sum;
  mlir::Value value;
  double factor = 1.0; ///< a power of two, or its negative

  mlir::Value getTerm() const { return norm::SumOp(sum).getOperand(); }
};

/// The last value that a sum comes to and that only the function's caller reads; the sum itself where there is none.
FinishedSum finish(norm::SumOp sum, const ExtentClasses &classes);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_FINISHEDSUM_H
