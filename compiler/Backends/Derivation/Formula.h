//===- Formula.h - forms and ops as formulas ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_DERIVATION_FORMULA_H
#define NORMC_COMPILER_BACKENDS_DERIVATION_FORMULA_H

#include "compiler/Backends/Derivation/Notation.h"
#include "compiler/Transforms/Algebra/NormalForm.h"

namespace normc::derivation {

/// Writes forms under the names that the user gave. Each formula has a bounded length: what goes beyond it is elided.
class Formula {
public:
  Formula(const algebra::NormalForm &forms, const algebra::Graph &graph, const Notation &notation);

  /// Lets formulas of ops call a value by a name; a name that is taken gets a number.
  void setName(mlir::Value value, llvm::StringRef name);
  /// Lets forms call what a value is by its name.
  void nameForm(mlir::Value value);
  /// Whether forms call an atom, or a power of it, by a name.
  bool isNamed(algebra::Atom atom) const { return powers.count(atom) != 0; }
  bool hasName(mlir::Value value) const { return names.count(value) != 0; }
  std::string nameOf(mlir::Value value) const { return notation.name(names.lookup(value)); }

  std::string form(algebra::Form form);
  std::string expression(const algebra::Expression &expression);
  /// The op that yields a value, of its operands by name; what has no name is written out.
  std::string written(mlir::Value value);
  /// The same, its operands by their forms.
  std::string substituted(mlir::Value value);

private:
  using Signed = std::pair<bool, Text>; ///< whether it is subtracted

  void restart() { budget = maxPieces; }
  Text sum(llvm::ArrayRef<algebra::Piece> pieces);
  Text formText(algebra::Form form);
  Signed pieceText(const algebra::Piece &piece);
  Text atomText(algebra::Atom atom);
  /// A factor by the best name that there is, and the exponent that remains.
  std::pair<Text, algebra::Exponent> factorText(algebra::Factor factor);
  Text opText(mlir::Operation *op, llvm::ArrayRef<Text> operands);
  Text valueText(mlir::Value value, int depth);
  Text magnitude(const algebra::Rational &number);
  llvm::SmallVector<int64_t> axesOf(algebra::Axes axes) const;

  static constexpr int maxPieces = 48, maxDepth = 6;

  const algebra::NormalForm &forms;
  const algebra::TermTable &table;
  const algebra::Graph &graph;
  const Notation &notation;
  int budget = maxPieces; // pieces that the formula may still have
  llvm::DenseMap<mlir::Value, std::string> names;
  std::set<std::string> taken;
  std::map<algebra::Atom, std::map<algebra::Exponent, std::string>> powers; // names of atoms and of their powers
};

} // namespace normc::derivation

#endif // NORMC_COMPILER_BACKENDS_DERIVATION_FORMULA_H
