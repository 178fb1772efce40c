//===- Precision.h - in what type values are computed --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What varies along all axes that a function has is computed in f32, element by element;
// what is narrower, the arithmetic of a group, in f64, and rounded once where an
// elementwise computation reads it. f64 values are computed in f64 wherever they are.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_PRECISION_H
#define NORMC_COMPILER_TRANSFORMS_PRECISION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace normc {

/// A set of axes: bit a stands for axis a.
using AxisSet = uint32_t;
/// The axes along which a value's extent is not 1.
AxisSet variedAxes(mlir::Value value);
/// The axes over which a reduction runs and along which its operand varies.
AxisSet sweptBy(mlir::Operation *reduction);

class Precision {
public:
  explicit Precision(mlir::func::FuncOp function);

  /// Whether no value of the function varies along these axes and more.
  bool isWide(mlir::Value value) const;
  /// The type in which a value is computed: its own where it is no float.
  mlir::Type computeType(mlir::Value value) const;
  /// The type in which a value is stored that passes between kernels, or from a forward to its backward.
  mlir::RankedTensorType storedType(mlir::Value value) const;

private:
  llvm::SmallVector<AxisSet> widest;
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_PRECISION_H
