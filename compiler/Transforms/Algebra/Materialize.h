//===- Materialize.h - forms as graphs again -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_MATERIALIZE_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_MATERIALIZE_H

#include "compiler/Transforms/Algebra/EmptyMeans.h"
#include "compiler/Transforms/Algebra/NormalForm.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace normc::algebra {

/// Builds forms from primitives, each thing once, each coefficient at the rank at which it varies. Everything is computed in the
/// widest floating-point type of the function.
class Materializer {
public:
  Materializer(NormalForm &forms, const Graph &graph, mlir::ImplicitLocOpBuilder &builder);

  /// A value of the function by its form, with its type; 0 where that was 0 because it summed nothing, NaN where that was the mean of
  /// nothing.
  mlir::Value result(mlir::Value original);

private:
  using Term = std::pair<Monomial, Rational>;

  mlir::Value build(Form form);
  mlir::Value buildTerms(llvm::ArrayRef<Term> terms);
  mlir::Value buildProduct(const Monomial &monomial, const Rational &coefficient);
  mlir::Value buildPower(Factor factor);
  mlir::Value buildAtom(Atom atom);
  mlir::Value buildSum(Atom mean);
  mlir::Value buildFunction(const AtomData &atom);
  mlir::Value buildCount(int64_t symbol);
  mlir::Value likeness(mlir::Value original);
  mlir::Value guard(mlir::Value value, mlir::Value original);
  mlir::Value whereEmpty(llvm::ArrayRef<int64_t> symbols, double otherwise, mlir::Value value, mlir::Value original);

  mlir::Value number(double value);
  mlir::Value precise(double value);
  mlir::Value widen(mlir::Value value);
  template <typename Op, typename... Arguments>
  mlir::Value make(Arguments &&...arguments) {
    return builder.create<Op>(std::forward<Arguments>(arguments)...);
  }
  mlir::DenseI64ArrayAttr axesOf(Axes axes);
  /// Gives a value that has no name the name of the form, if the user gave one to a value of that form.
  mlir::Value name(mlir::Value value, Form form);

  NormalForm &forms;
  TermTable &table;
  mlir::func::FuncOp function;
  const ExtentClasses &classes;
  const EmptySums emptySums;
  const EmptyMeans emptyMeans;
  mlir::ImplicitLocOpBuilder &builder;
  mlir::FloatType wide;
  llvm::SmallVector<mlir::BlockArgument> own; ///< the arguments without cotangents, which have no other extents
  llvm::DenseMap<Form, llvm::StringRef> names;
  llvm::DenseMap<Form, mlir::Value> built;
  llvm::DenseMap<Atom, mlir::Value> atoms, sums;
  std::map<Factor, mlir::Value> powers;
};

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_MATERIALIZE_H
