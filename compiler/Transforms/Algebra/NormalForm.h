//===- NormalForm.h - values as sums of terms ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_NORMALFORM_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_NORMALFORM_H

#include "compiler/Transforms/Algebra/Graph.h"
#include "compiler/Transforms/Algebra/Steps.h"
#include "dialects/Norm/TermBuilder.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace normc::algebra {

/// What one walk over a graph finds out for the next one.
struct Findings {
  /// Values that are not taken apart: what feeds a function, and what would multiply reductions.
  llvm::SetVector<mlir::Value> kept;
  /// Values that are one atom, products too: those who asked for it look for them again.
  llvm::SetVector<mlir::Value> opaque;
  /// Values that meet their own mean, which are deviation + mean from the start: the axes, and the value of the weight, if any.
  struct Centre {
    Axes axes;
    mlir::Value weight;
  };
  llvm::MapVector<mlir::Value, Centre> centred;
  /// Deviations of a value from its mean over other axes than those of its centre; and that mean.
  struct Deviation {
    mlir::Value of;
    Axes axes;
    bool isMean;
  };
  llvm::MapVector<mlir::Value, Deviation> deviations;
};

/// The normal form of every value of a straight-line function, by one walk. Section by section, a room for each kind of rule:
/// Arithmetic.cpp, Signs.cpp, Reductions.cpp, Choices.cpp, Centring.cpp, Rejoin.cpp.
class NormalForm : public norm::TermBuilder {
public:
  /// Reports to `steps`, if there are any, what it does to each value.
  NormalForm(const Graph &graph, const Findings &findings, Steps *steps = nullptr);

  Form formOf(mlir::Value value) const { return forms.lookup(value); }
  TermTable table;

  /// What this walk noted, in the ops that the user wrote.
  llvm::SetVector<mlir::Value> toKeep;
  struct Meeting {
    Axes axes;
    std::optional<Monomial> weight;
  };
  llvm::MapVector<Atom, Meeting> meetings; ///< atoms that meet their own means
  llvm::MapVector<mlir::Value, Atom> shifted; ///< differences from something narrower, by the atom that is shifted

  // norm::TermBuilder
  Form number(const llvm::APFloat &value) override;
  Form count(mlir::Value like, llvm::ArrayRef<int64_t> axes) override;
  Form add(Form x, Form y, int64_t factor) override;
  Form multiply(Form x, Form y) override;
  Form power(Form x, int64_t numerator, int64_t denominator) override;
  std::optional<std::pair<int64_t, int64_t>> exponentIn(Form x) override;
  Form sum(Form x, mlir::Value operand, llvm::ArrayRef<int64_t> axes) override;
  Form choose(Form condition, Form x, Form y) override;
  std::optional<Form> maximum(Form x, Form y) override;
  std::optional<Form> minimum(Form x, Form y) override;
  std::optional<Form> absolute(Form x) override;

  /// The form that is an atom to a power.
  Form ofAtom(Atom atom, Exponent exponent = one);
  /// The atom that a form is, if it is one.
  std::optional<Atom> asAtom(Form form) const;
  bool isNonnegative(Form form) const;
  /// Terms in which a value that is written as deviation + mean stands for itself where nothing has cancelled.
  Terms rejoined(Terms terms) const;
  /// x - sum(x)/n ==> the axes of the sum, and the form of the mean
  std::optional<std::pair<Axes, Form>> ownMeanIn(Form form, Atom x);
  /// Whether what stands beside x in a form varies along these axes.
  bool variesBeside(Form form, Atom x, Axes axes) const;
  /// A sum of terms as one atom, so that nothing takes it apart again.
  Form whole(Form form);

private:
  void visit(mlir::Operation *op);
  Form functionOf(mlir::Operation *op, llvm::ArrayRef<Form> operands);
  Form finish(mlir::Value value, Form form);
  /// Whether a coefficient has more than `maxCoefficientBits` above or below its fraction line.
  bool hasLongNumbers(Form form) const;
  static constexpr unsigned maxCoefficientBits = 512;
  Form opaque(Form form);
  Atom wholeAtom(Form form);

  // Arithmetic.cpp
  static void accumulate(Terms &terms, const Monomial &monomial, const Rational &coefficient);
  Monomial common(llvm::ArrayRef<Form> forms) const;
  Form without(Form form, const Monomial &factors);
  Form factored(Form form);
  unsigned countWide(Form form) const;
  bool isSplit(Form form) const;
  bool cancelsIn(Form sum, Form single) const;
  bool holdsMean(Form form) const;
  Form scaled(Form form, const Monomial &monomial, const Rational &coefficient);

  // Signs.cpp
  bool isNonnegative(Factor factor) const;
  bool isNonnegativeFunction(mlir::Operation *op, llvm::ArrayRef<Form> operands) const;
  Terms difference(Form x, Form y) const;
  std::optional<Form> settled(Form condition, Form x, Form y);

  // Choices.cpp
  Terms mergeChoices(Terms terms);

  // Reductions.cpp
  struct Reduced {
    Monomial outer, inner;
    Axes axes = 0; ///< of the sum that remains over `inner`, if any
    Rational coefficient;
    bool vanishes = false, isFresh = false;
  };
  Reduced reduceTerm(const Monomial &monomial, const Rational &coefficient, Axes axes, llvm::ArrayRef<int64_t> extents);
  Monomial countOf(Axes axes, llvm::ArrayRef<int64_t> extents, Rational &coefficient);
  std::optional<Form> takenApart(Form x, Axes axes, llvm::ArrayRef<int64_t> extents);
  bool isMeanOfAnother(const Monomial &monomial, const Reduced &reduced, const Terms &terms);
  Form sumAtom(const Reduced &reduced);
  void reportSum(Form x, Axes axes, llvm::ArrayRef<Reduced> parts, bool together);

  // Centring.cpp
  bool vanishes(const Monomial &inner, Axes axes) const;
  struct Norm {
    Monomial weight, inverse; ///< w, and 1/n
  };
  llvm::SmallVector<Norm> normsOf(const Monomial &monomial, Atom sum, Exponent power);
  void noteMean(const Terms &terms, const Monomial &monomial, Factor factor);
  void noteCovariance(const Terms &terms, const Monomial &monomial, Atom first, Atom second);
  void noteMeeting(Atom x, Axes axes, const Monomial &weight);
  void noteMeetings(const Terms &terms);
  void noteShift(mlir::Value value, Form form);
  std::optional<Atom> shiftedIn(Form form) const;
  Terms gathered(Terms terms) const;
  Form centre(Form form, const Findings::Centre &centre);
  Atom deviationFrom(Atom base, Axes axes, const Monomial &weight);
  Form deviation(const Findings::Deviation &found);

  const Graph &graph;
  const Findings &findings;
  Steps *steps;
  bool isNoting = false;
  llvm::DenseMap<mlir::Value, Form> forms;
  /// By the atom that is shifted: differences that are kept together.
  llvm::DenseMap<Atom, llvm::SmallVector<Atom, 1>> differences;
};

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_NORMALFORM_H
