//===- Recovery.h - values read off a result -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a result back towards the arguments, op by op, each undone by its inverse: the
// values on this way need neither be saved nor be computed from an argument again.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_RECOVERY_H
#define NORMC_COMPILER_TRANSFORMS_RECOVERY_H

#include "compiler/Transforms/PiecewiseInverse.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <variant>

namespace normc {

/// r = a - log b ==> e^a = b e^r, and r = a + log b ==> e^a = e^r / b: a itself is not needed.
struct ExponentialInverse {
  norm::ExpOp power;   ///< e^a
  mlir::Value factor;  ///< b
  bool isSubtracted;
};

/// Lets the backward part of a joint function compute from one of its results what the forward computed on the way to it.
class Recovery {
public:
  /// Every value that can be computed without `overwritten` is known; ops are undone whatever digits that costs.
  static Recovery inPlace(mlir::func::FuncOp joint, unsigned result, mlir::BlockArgument overwritten);
  /// Only what loses nothing but roundings, under no condition that depends on data.
  static Recovery stable(mlir::func::FuncOp joint, unsigned result);

  /// Whether anything can be recovered.
  bool isEmpty() const { return steps.empty(); }
  /// Where the way ends, and why.
  const Obstacle &getObstacle() const { return obstacle; }

  /// Gives the joint function one more argument, the result (`norm.result`), and makes what only the backward computes follow
  /// from it.
  void apply();
  /// Whether what is recovered has been rounded once more than what it stands for.
  bool addsRoundings() const;

  /// After that: whether anything follows from it.
  bool wasUsed() const { return isUsed; }
  /// What the algebra must not take apart, as sums that were undone would be subtracted in another order.
  llvm::ArrayRef<mlir::Value> getKept() const { return kept; }
  /// What the backward part computes now in place of a value; null where that stayed.
  mlir::Value replacementOf(mlir::Value value) const { return recovered.lookup(value); }
  /// Values by which is divided, and which must not be 0 anywhere; none of them is known to be different from 0.
  llvm::ArrayRef<mlir::Value> getDivisors() const { return divisors; }

private:
  struct Step {
    std::variant<InverseStep, PiecewiseInverse, ExponentialInverse> inverse;
    mlir::Value value; ///< what is recovered
    bool isStable;
  };

  Recovery(mlir::func::FuncOp joint, unsigned index);
  void walk(bool stableOnly);
  bool addStep(mlir::Operation *op, unsigned operand, bool stableOnly);
  bool addExponential(mlir::Operation *op, unsigned operand);
  void substitute(llvm::ArrayRef<mlir::Operation *> original);
  void findDivisors();

  mlir::func::FuncOp joint;
  unsigned index;
  mlir::Value result;
  llvm::DenseSet<mlir::Operation *> late;
  llvm::DenseSet<mlir::Value> unknown; ///< what is to be recovered
  llvm::SmallVector<Step> steps;
  Obstacle obstacle;
  llvm::DenseMap<mlir::Value, mlir::Value> recovered;
  llvm::SmallVector<mlir::Value> kept, divisors;
  bool isUsed = false;
};

/// Values that depend on `source` position by position: not through a reduction.
llvm::DenseSet<mlir::Value> elementwiseUsersOf(mlir::func::FuncOp function, mlir::Value source);

/// Those of the factors of `value` that may be 0, as far as signs and constants tell. With a builder, what the terms of a sum share
/// is taken out of it.
void findFactorsThatMayBeZero(mlir::Value value, llvm::SmallVectorImpl<mlir::Value> &factors,
                              mlir::OpBuilder *builder = nullptr);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_RECOVERY_H
