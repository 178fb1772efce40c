//===- Inversions.h - joint functions that read results again ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_INVERSIONS_H
#define NORMC_COMPILER_TRANSFORMS_INVERSIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>

namespace normc {

/// A result that is written over an argument.
struct Overwriting {
  unsigned result;
  mlir::BlockArgument argument;
};
llvm::SmallVector<Overwriting> overwritingsOf(mlir::func::FuncOp joint);

/// Where recovering from a result came to an end.
struct LostValue {
  mlir::Location place;
  std::string reason;
};

/// A joint function whose backward part reads results of which it recovers what it needs.
struct Inverted {
  mlir::func::FuncOp joint;
  /// Computed values by which is divided, so that they must not be 0 anywhere; arguments are marked, `norm.nonzero`.
  llvm::SmallVector<mlir::Value> divisors;
  llvm::SmallVector<std::pair<Overwriting, LostValue>> lost;
};

/// Rewrites `joint` so that nothing in its backward part depends on these arguments, as far as that can be. Null after an error.
mlir::FailureOr<Inverted> recoverOverwritten(mlir::func::FuncOp joint, llvm::ArrayRef<Overwriting> overwritings);

/// Another way to write a joint function, in which the backward reads a result in place of what the result was computed from.
struct Alternative {
  mlir::func::FuncOp joint; ///< stands behind the other one in its module
  bool addsRoundings;
};
llvm::SmallVector<Alternative> alternativesTo(mlir::func::FuncOp joint);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_INVERSIONS_H
