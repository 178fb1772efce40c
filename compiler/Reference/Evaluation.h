//===- Evaluation.h - how the interpreter evaluates an op ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_EVALUATION_H
#define NORMC_COMPILER_REFERENCE_EVALUATION_H

#include "compiler/Reference/Interpreter.h"
#include "dialects/Norm/NormDialect.h"

namespace normc::reference {

template <typename Real>
using Operands = llvm::ArrayRef<const Array<Real> *>;

// Each fills the elements of `result`, whose extents are set, and says whether the op is one of its own.

/// Ops whose operands' extents agree up to 1s, and broadcast.
template <typename Real>
bool evaluateElementwise(mlir::Operation *op, Operands<Real> operands, Array<Real> &result);
template <typename Real>
bool evaluateReduction(mlir::Operation *op, Operands<Real> operands, Array<Real> &result);
template <typename Real>
bool evaluateCast(mlir::Operation *op, Operands<Real> operands, const Options &options, Array<Real> &result);
/// constant, index, count
template <typename Real>
bool evaluateNullary(mlir::Operation *op, Operands<Real> operands, Array<Real> &result);

inline bool isFloat(mlir::Value value) {
  return norm::isFloatElement(mlir::getElementTypeOrSelf(value));
}

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_EVALUATION_H
