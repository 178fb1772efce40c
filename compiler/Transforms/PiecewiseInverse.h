//===- PiecewiseInverse.h - what activations can be undone ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value that follows from w in one way where w > k and in another elsewhere, as an
// activation does, tells w where both pieces grow in one direction and do not overlap:
//
//   r = w > k ? f(w) : g(w), f and g rise, g(k) <= f(k)
//   ==> w = r > g(k) ? f^-1(r) : g^-1(r)
//
// However the choice is written: the pieces are what the value is once the comparison
// is known to hold, and known not to.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_PIECEWISEINVERSE_H
#define NORMC_COMPILER_TRANSFORMS_PIECEWISEINVERSE_H

#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/MapVector.h"
#include <string>

namespace normc {

/// One op between a value and what it is inverted to.
struct InverseStep {
  mlir::Operation *op;
  unsigned operand; ///< the one that is recovered
  llvm::SmallVector<mlir::Value, 2> operands;
};

/// The way from a value back to another, op by op.
using InversePath = llvm::SmallVector<InverseStep>;

/// Builds the inverse of one op; what has been rounded to 0 counts as half of the last digit that it could have had.
/// `digits`: how many bits the result that all follows from is stored with; `floor` passes on what a sum leaves of them.
mlir::Value buildInverseStep(mlir::ImplicitLocOpBuilder &builder, const InverseStep &step, mlir::Value result,
                             unsigned digits, double &floor);

/// Why a value does not follow from another.
struct Obstacle {
  mlir::Operation *op = nullptr; ///< where
  std::string reason;
};

/// An inverse in two pieces.
struct PiecewiseInverse {
  norm::CompareOp condition;
  mlir::Value value;           ///< w, what is compared and recovered
  norm::Predicate predicate;   ///< the comparison, of the result with
  double threshold;            ///< this number
  InversePath onTrue, onFalse; ///< from the result
  /// What lies on the way of one piece, and is this number in the other.
  llvm::MapVector<mlir::Value, double> onOneWay;

  /// The value. Adds to `recovered` what the condition was, and what lies on the way.
  mlir::Value build(mlir::ImplicitLocOpBuilder &builder, mlir::Value result, unsigned digits,
                    llvm::DenseMap<mlir::Value, mlir::Value> &recovered) const;
};

/// The piecewise inverse of `result`, to one of the values in `unknown`, on which operands depend that are to be recovered. Where
/// there is none, `obstacle` says why.
std::optional<PiecewiseInverse> findPiecewiseInverse(mlir::Value result, const llvm::DenseSet<mlir::Value> &unknown,
                                                     Obstacle &obstacle);

/// "'y'", or what it is where it has no name: how a value is called in a message.
std::string describeValue(mlir::Value value);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_PIECEWISEINVERSE_H
