//===- Notation.h - how formulas are written ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_DERIVATION_NOTATION_H
#define NORMC_COMPILER_BACKENDS_DERIVATION_NOTATION_H

#include "compiler/Transforms/Algebra/Terms.h"

#include <memory>
#include <string>

namespace normc::derivation {

/// How tightly a piece of a formula holds together; what is looser than its place gets parentheses.
enum class Level { sum, product, power, atom };

struct Text {
  std::string text;
  Level level = Level::atom;
  std::string opposite = {}; ///< where the text is this with a minus before it
};

/// Puts formulas together from their parts.
class Notation {
public:
  virtual ~Notation() = default;

  virtual std::string name(llvm::StringRef name) const = 0;
  /// Symbol k of the extents.
  virtual std::string extent(int64_t symbol) const = 0;
  virtual Text decimal(double value) const = 0;
  virtual Text parenthesized(const Text &text) const = 0;
  virtual Text product(llvm::ArrayRef<Text> factors) const = 0;
  virtual Text quotient(const Text &numerator, const Text &denominator) const = 0;
  /// base^(exponent / 16), the exponent positive
  virtual Text power(const Text &base, algebra::Exponent exponent) const = 0;
  virtual Text reduction(llvm::StringRef what, llvm::ArrayRef<int64_t> axes, const Text &body) const = 0;
  virtual Text call(llvm::StringRef function, llvm::ArrayRef<Text> arguments) const = 0;
  virtual Text choice(const Text &condition, const Text &one, const Text &other) const = 0;
  /// `relation`: eq, ne, lt, le, gt or ge
  virtual Text comparison(llvm::StringRef relation, const Text &a, const Text &b) const = 0;
  /// In the place of what is too long to be read; of `count` terms, if not 0.
  virtual std::string elision(size_t count) const = 0;

  /// In parentheses where it is looser than `level`.
  std::string at(Level level, const Text &text) const {
    return text.level < level ? parenthesized(text).text : text.text;
  }
};

std::unique_ptr<Notation> textNotation();
std::unique_ptr<Notation> latexNotation();

} // namespace normc::derivation

#endif // NORMC_COMPILER_BACKENDS_DERIVATION_NOTATION_H
