//===- Line.h - a function along a line, and its slope -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_LINE_H
#define NORMC_COMPILER_REFERENCE_LINE_H

#include "compiler/Reference/Interpreter.h"

namespace normc::reference {

/// The loss L = sum of <cotangent, result> of a function.
template <typename Real>
struct Loss {
  mlir::func::FuncOp function;
  /// The results that have a cotangent.
  llvm::SmallVector<int64_t> results;
  llvm::ArrayRef<Array<Real>> cotangents;
  Options options;
  int64_t evaluations = 0;
};

/// Arguments, results and gradients there.
template <typename Real>
struct Point {
  std::vector<Array<Real>> arguments;
  llvm::SmallVector<Array<Real>> results;
  std::vector<std::vector<Real>> gradients;
  /// What rounding, in Real, can do to each element of the gradients: they may be the sum of large terms.
  std::vector<std::vector<Real>> gradientErrors;
};

/// What differences of one step h say, where -h, 0 and h are on the line. Of the slopes what the gradient gives is
/// subtracted.
template <typename Real>
struct Quotient {
  /// (L(h) - L(-h)) / 2h
  Real central = 0;
  /// The sums, over the results, of the smaller and of the larger of (L(h) - L(0)) / h and (L(0) - L(-h)) / h: a
  /// gradient that takes one side's slope at each kink, or a mean of both, lies between them.
  Real low = 0, high = 0;
  /// The sum of |cotangent * result| over the results that change: a rounding error of theirs is eps as large.
  Real size = 0;
  /// The sum of |cotangent| |change of result| / 2h: the slope, if nothing cancelled.
  Real uncancelled = 0;
  /// Whether all results that count are finite.
  bool defined = true;
};

/// x + t v, for one argument x. v is a unit vector or, where `element` is -1, `direction`.
template <typename Real>
struct Line {
  Loss<Real> &loss;
  Point<Real> &point;
  int64_t argument;
  const std::vector<Real> &gradient;
  int64_t element = -1;
  llvm::ArrayRef<Real> direction = {};
  /// What rounding can do to <gradient, v>.
  Real gradientError = 0;
  /// The step of the differences is cbrt(eps) times this, before it is adapted.
  Real scale = 1;

  mlir::FailureOr<Quotient<Real>> at(Real step);

private:
  /// Evaluates at x + t v. `slope` becomes <gradient, what x really changed by>: x + t v is rounded.
  mlir::FailureOr<llvm::SmallVector<Array<Real>>> evaluate(Real t, Real &slope);
};

enum class Verdict { agrees, differs, kink, undefined };

template <typename Real>
struct Finding {
  Verdict verdict = Verdict::undefined;
  /// difference - gradient, and what of it rounding explains.
  Real residual = 0, noise = 0;
};

struct Judgement {
  double tolerance, noiseFactor;
};

/// Remembers from line to line which step was good.
struct StepMemory {
  int step = 2;
  bool extrapolate = false;
};

/// Whether the gradient is the slope along a line. `largest` is what the tolerance is relative to.
template <typename Real>
mlir::FailureOr<Finding<Real>> judge(Line<Real> &line, Real largest, const Judgement &judgement, StepMemory &memory);

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_LINE_H
