//===- TermBuilder.h - how ops state their terms -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the algebra offers to an op that says what it is in sums, products and powers.
// An op that does not is a function of its operands to it.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_TERMBUILDER_H
#define NORMC_DIALECTS_NORM_TERMBUILDER_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace normc::norm {

class TermBuilder {
public:
  using Form = unsigned;
  virtual ~TermBuilder() = default;

  virtual Form number(const llvm::APFloat &value) = 0;
  /// How many elements `like` has along axes.
  virtual Form count(mlir::Value like, llvm::ArrayRef<int64_t> axes) = 0;
  /// x + factor y
  virtual Form add(Form x, Form y, int64_t factor) = 0;
  virtual Form multiply(Form x, Form y) = 0;
  /// x^(numerator / denominator)
  virtual Form power(Form x, int64_t numerator, int64_t denominator) = 0;
  /// The number that a form is, if it can be an exponent.
  virtual std::optional<std::pair<int64_t, int64_t>> exponentIn(Form x) = 0;
  /// The sum of x, which is `operand`, over axes.
  virtual Form sum(Form x, mlir::Value operand, llvm::ArrayRef<int64_t> axes) = 0;
  /// condition ? x : y
  virtual Form choose(Form condition, Form x, Form y) = 0;
  /// The larger of x and y, the smaller, |x|: where signs tell which of the operands that is.
  virtual std::optional<Form> maximum(Form x, Form y) = 0;
  virtual std::optional<Form> minimum(Form x, Form y) = 0;
  virtual std::optional<Form> absolute(Form x) = 0;
};

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_TERMBUILDER_H
