//===- Expression.h - scalar arithmetic as C++ text ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_EXPRESSION_H
#define NORMC_COMPILER_BACKENDS_CPP_EXPRESSION_H

#include "dialects/Kernel/KernelDialect.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include <functional>
#include <set>
#include <string>

namespace normc::cpp {

/// How tightly an expression binds, from a choice to a name.
enum class Precedence { choice, disjunction, equality, relation, sum, product, unary, primary };

struct Expression {
  std::string text;
  Precedence precedence = Precedence::primary;

  /// The text, in parentheses where something that binds as tightly as `wanted` is needed.
  std::string at(Precedence wanted) const { return precedence < wanted ? "(" + text + ")" : text; }
};

/// How elements of a type are stored, and how they are computed with.
std::string storageName(mlir::Type element);
std::string scalarName(mlir::Type type);

/// Turns scalars into text: as code, or as the formula that a person reads, without conversions and positions.
class ExpressionBuilder {
public:
  enum class Style { code, formula };

  ExpressionBuilder(Style style, mlir::ArrayRef<int64_t> space, const llvm::DenseMap<mlir::Value, std::string> &tensors)
      : style(style), space(space), tensors(tensors) {}

  Expression build(mlir::Value value);

  /// From now on a value is this text.
  void bind(mlir::Value value, std::string text) { bound[value] = std::move(text); }
  /// What is bound, to return to when a block has been written.
  llvm::DenseMap<mlir::Value, std::string> bindings() const { return bound; }
  void restore(llvm::DenseMap<mlir::Value, std::string> bindings) { bound = std::move(bindings); }

  /// How an element of a tensor is read, where that is not at its position.
  std::function<std::string(mlir::Value)> element;

  /// Where the current point lies in a tensor of this type, in row-major order.
  std::string position(mlir::RankedTensorType type);
  /// An f64 as f16 or bf16.
  std::string narrowed(const std::string &value, mlir::Type to);

  /// An extent: a number or the name of a symbol, which is noted as used.
  std::string extent(int64_t extent);
  std::string product(mlir::ArrayRef<int64_t> extents);

  std::set<int64_t> symbols; // used

private:
  Expression buildOp(mlir::OpResult result);
  Expression constant(mlir::TypedAttr value);
  Expression fma(mlir::Operation *op);
  std::string narrow(const std::string &value, mlir::Type from, mlir::Type to);
  Expression infix(mlir::Operation *op, const char *symbol, Precedence precedence);
  Expression bitwise(mlir::Operation *op, const char *logical, const char *bits);
  Expression call(mlir::Operation *op, const std::string &function);
  Expression convert(mlir::Operation *op, const std::string &function);
  Expression sweep(mlir::OpResult result);
  bool isCode() const { return style == Style::code; }

  Style style;
  mlir::ArrayRef<int64_t> space;
  const llvm::DenseMap<mlir::Value, std::string> &tensors;
  llvm::DenseMap<mlir::Value, std::string> bound;
  /// Of a formula: characters that one has at most, and those that have been built.
  static constexpr size_t maxFormula = 400;
  llvm::DenseMap<mlir::Value, Expression> formulas;
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_EXPRESSION_H
