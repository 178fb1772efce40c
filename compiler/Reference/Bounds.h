//===- Bounds.h - what rounding can do to a graph ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A running error analysis. Beside each element v of a value go
//
//   error   |what kernels compute - v| is at most this; infinite where nothing can be said
//   terms   |v| if nothing cancelled: the sum of the magnitudes of what v is a sum of
//
// An op adds to what its operands' errors do to it what its own rounding does,
//
//   error(op) = sup |op(x') - op(x)| over |x' - x| <= error(x), + roundings u terms + floor
//
// u and floor those of the arithmetic. Rounding is charged on the terms, not on their sum: kernels compute a closed
// form, which may multiply a sum out. Where rounding may decide a comparison, what is chosen is off by the distance of
// the two choices. See README.md for each rule.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_BOUNDS_H
#define NORMC_COMPILER_REFERENCE_BOUNDS_H

#include "compiler/Reference/Arithmetic.h"
#include "compiler/Reference/Interpreter.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace normc::reference {

/// A number, and how well it is known. Integers are numbers, too; a mask that is not decided is off by 1.
template <typename Real>
struct Approximate {
  Real value = 0;
  double error = 0, terms = 0;
};

/// What an op makes of errors, before its own rounding.
struct Outcome {
  double error = 0, terms = 0;
  /// How often kernels may round on the way to the result.
  double roundings = 0;
};

/// Bounds the values of one function, in the order of its ops.
template <typename Real>
class Bounder {
public:
  Bounder(mlir::func::FuncOp function, const Options &options);

  /// Sets the errors and the terms of `result`, whose elements are set. An array without errors is exact.
  void bound(mlir::Operation *op, llvm::ArrayRef<const Array<Real> *> operands, Array<Real> &result);

private:
  using Operands = llvm::ArrayRef<const Array<Real> *>;
  /// What an op does with its operands at a point, of which the last argument is its value.
  using Rule = llvm::function_ref<Outcome(const Approximate<Real> *, Real)>;

  struct Rounding {
    Format arithmetic;
    /// Of a value that the backward may find rounded to its type.
    double storedRoundoff = 0, floor = 0;
    bool ranged = true;
  };

  Rounding roundingOf(mlir::Value value) const;
  /// Whether a sweep computes the value at its points, in the type's arithmetic, and not once a group, in f64: no other
  /// value varies along its axes and more.
  bool isAtPoints(mlir::Value value) const;
  double round(const Rounding &rounding, Real value, const Outcome &outcome) const;

  void applyAtPoints(mlir::Operation *op, Operands operands, Array<Real> &result, Rule rule);
  bool boundFunction(mlir::Operation *op, Operands operands, Array<Real> &result);
  bool boundChoice(mlir::Operation *op, Operands operands, Array<Real> &result);
  bool boundReduction(mlir::Operation *op, Operands operands, Array<Real> &result);
  bool boundDeviation(mlir::Operation *op, Operands operands, Array<Real> &result);
  bool boundHits(mlir::Operation *op, Operands operands, Array<Real> &result);
  void boundCast(mlir::Operation *op, Operands operands, Array<Real> &result);
  void boundSum(mlir::Operation *op, const Array<Real> &x, Array<Real> &result);
  void boundExtremum(const Array<Real> &x, double sign, Array<Real> &result);

  const Options &options;
  /// The sets of axes along which values vary, a bit an axis, that no other value's contains.
  llvm::SmallVector<unsigned> widest;
};

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_BOUNDS_H
