//===- Inverse.h - what an inversion is worth -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_INVERSE_H
#define NORMC_DIALECTS_NORM_INVERSE_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/StringRef.h"

namespace normc::norm {

/// How a result changes while one operand grows and the others stay.
enum class Growth { unknown, rises, falls };

/// Whether and under which conditions an operand follows from the result and the other operands.
struct Inverse {
  /// Why there is none, as what goes on "the result ..": "is the same for x and -x". Empty where there is one.
  llvm::StringRef obstacle;
  /// The operand is right up to a few roundings, relative to itself: true of products, not of sums, which cancel.
  bool isStable = false;
  /// The result is positive, unless it has been rounded to 0.
  bool isPositive = false;
  /// A value that must be different from 0 at each position; null if there is none.
  mlir::Value nonzero;

  static Inverse none(llvm::StringRef obstacle) { return {obstacle, false, false, {}}; }
  static Inverse stable(mlir::Value nonzero = {}) { return {"", true, false, nonzero}; }
  static Inverse unstable() { return {"", false, false, {}}; }
  explicit operator bool() const { return obstacle.empty(); }
};

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_INVERSE_H
