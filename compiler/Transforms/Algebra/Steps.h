//===- Steps.h - the steps of a rewriting, for those who ask ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The algebra reports here which rule took what to what. Nobody listening costs
// nothing.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_STEPS_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_STEPS_H

#include "compiler/Transforms/Algebra/Terms.h"

#include <array>

namespace normc::algebra {

/// What takes one expression to another; each is stated with its formula at the place where it is applied.
enum class Rule {
  distribute,       ///< a reduction distributes over a sum
  invariant,        ///< what does not vary leaves a reduction
  sumOfOne,         ///< a sum of 1 is the count
  sumOfSum,         ///< a sum of a sum is one sum
  reciprocalCount,  ///< a constant that is 1/n to its digits stands for 1/n
  exponents,        ///< roots, quotients and powers are exponents
  meetsMean,        ///< a value that meets its own mean is deviation + mean
  deviationsVanish, ///< deviations, times their weight, add up to 0
  keepTogether,     ///< a sum of several terms stays one, what its terms share taken out
  multiplyOut,      ///< products of sums are multiplied out
  choicesAdd,       ///< choices under one condition add inside
  choiceShares,     ///< what both branches share goes outside
  sign,             ///< a choice by a sign that is known
  cap,              ///< too many terms: one stays together
};

/// One summand between a graph and its normal form: coefficient, factors, forms that stand as they are, and at most one
/// sum or choice of forms.
struct Piece {
  Rational coefficient = Rational(1);
  Monomial factors;
  llvm::SmallVector<std::pair<Form, Exponent>, 2> forms;
  struct Sum {
    Axes axes;
    Form inner;
  };
  std::optional<Sum> sum;
  std::optional<std::array<Form, 3>> choice; ///< condition, one branch, the other
};
/// A sum of pieces.
using Expression = std::vector<Piece>;

/// Listens to a walk.
class Steps {
public:
  virtual ~Steps() = default;
  /// The steps that follow belong to this value.
  virtual void begin(mlir::Value value) = 0;
  /// A rule took `before`, a part of the value, to `after`; where `before` is empty, the op as it stands.
  virtual void rewrite(Rule rule, Expression before, Expression after) = 0;
};

/// A form as it stands.
inline Expression asIs(Form form) {
  Piece piece;
  piece.forms.emplace_back(form, one);
  return {piece};
}

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_STEPS_H
