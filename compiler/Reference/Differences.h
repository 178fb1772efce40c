//===- Differences.h - gradients against finite differences --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_DIFFERENCES_H
#define NORMC_COMPILER_REFERENCE_DIFFERENCES_H

#include "compiler/Reference/Interpreter.h"

namespace normc::reference {

struct DifferenceOptions {
  /// The largest error relative to the argument's largest gradient; 0 stands for 1e-6 in double, 1e-7 in Quad.
  double tolerance = 0.0;
  /// An error may exceed the tolerance by so many times the noise of the differences.
  double noiseFactor = 10.0;
  /// About how many elements the ops may read and write in all; 0 stands for 5e9 in double, 6e7 in Quad: a few seconds.
  /// It decides how many elements of a large argument are compared.
  int64_t budget = 0;
  /// Random directions for each argument.
  int64_t directions = 2;
  uint64_t seed = 1;
};

/// How one argument's gradient compares.
struct GradientCheck {
  int64_t argument = 0;
  int64_t elements = 0;
  /// Elements that were compared. Fewer than all where the budget is short, and after 8 that differ.
  int64_t compared = 0;
  /// Elements at which the function has no derivative, and the gradient lies between those of both sides.
  int64_t kinks = 0;
  /// Elements around which the function is NaN or infinite.
  int64_t undefined = 0;
  /// Compared elements, and directions, that differ.
  int64_t failures = 0;
  double largestGradient = 0.0;
  /// Of the compared elements; and, of those that rounding alone does not explain, relative to the largest gradient.
  double largestError = 0.0, relativeError = 0.0;
  /// The largest noise: the error of a difference that comes from rounding alone.
  double noise = 0.0;
  /// The element of the largest error; -1 where none was compared. Its gradient and what the differences say.
  int64_t worst = -1;
  double worstGradient = 0.0, worstDifference = 0.0;
  /// Directions that were compared, those that met kinks or NaN even a little beside the arguments, and the largest
  /// error, relative to the gradient's Euclidean norm.
  int64_t directions = 0, skippedDirections = 0;
  double directionError = 0.0;
  /// Nothing differs, and something was compared if there are elements.
  bool ok = false;
};

/// Holds the gradients that `joint` computes against differences of L(x) = sum of <cotangent, result>, over the
/// floating-point results of `function` that are not norm.updates. Both are evaluated without rounding casts.
///
/// `joint` takes the function's arguments and the cotangents, and returns the function's results and the gradients in
/// the order of `wrt`. An element is right if |difference - gradient| <= tolerance * largest gradient + what rounding
/// can do to the terms of the gradient + noiseFactor * noise. Among the elements compared are the first, the last and
/// the one of the largest gradient; the directions cover all.
///
/// Fails, after an error, where a signature does not fit or a graph cannot be evaluated; gradients that differ are no
/// failure but a result.
template <typename Real>
mlir::FailureOr<llvm::SmallVector<GradientCheck>>
checkGradients(mlir::func::FuncOp function, mlir::func::FuncOp joint, llvm::ArrayRef<Array<Real>> arguments,
               llvm::ArrayRef<Array<Real>> cotangents, llvm::ArrayRef<int64_t> wrt,
               const DifferenceOptions &options = {});

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_DIFFERENCES_H
