//===- Interpreter.h - evaluates graphs, op by op ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The oracle: unfused, in wider precision, nothing rounded but where a cast says so.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_INTERPRETER_H
#define NORMC_COMPILER_REFERENCE_INTERPRETER_H

#include "compiler/Reference/Array.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace normc::reference {

/// Whose rounding errors are bounded.
enum class BoundsOf {
  nobody,
  kernels,         ///< in the arithmetic of each value's type
  kernelsThatSave, ///< likewise, where any value may be found rounded to its type, as a backward finds what was saved
  interpreter,     ///< in Real
};

struct Options {
  /// Whether a cast between floats rounds to its type where that has not all values of the operand's type. Without,
  /// such a cast is the identity, so that a graph is as smooth as its formulas. Casts from integers always round.
  bool roundCasts = true;
  /// A value with more elements than this is refused.
  int64_t maximumElements = int64_t(1) << 30;
  /// Each op rounds its result to its type: the graph, op by op, in the arithmetic of its types.
  bool roundResults = false;
  /// The errors and terms of results are set, see Bounds.h.
  BoundsOf bounds = BoundsOf::nobody;
  /// Where not null, incremented by the elements that ops read and write.
  int64_t *work = nullptr;
};

/// Evaluates a function of norm's primitives. Every float is a Real: what is computed is not rounded to its element
/// type. Sums are compensated in Real. Arguments have their types' rank; `?` takes the argument's extent. A value is
/// freed after its last use. What cannot be evaluated is reported at its location: an op that is no primitive, an
/// argument that does not fit its type, extents that do not agree.
template <typename Real>
mlir::FailureOr<llvm::SmallVector<Array<Real>>>
interpret(mlir::func::FuncOp function, llvm::ArrayRef<Array<Real>> arguments, const Options &options = {});

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_INTERPRETER_H
