//===- ScalarBuilder.h - primitives as scalar arithmetic -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bodies of kernels: what an elementwise primitive does to one element, in arith
// and math. Floats are computed in f64, whatever they are stored as.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H
#define NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H

#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace normc {

/// The type in which values of this element type are computed.
mlir::Type computeType(mlir::Type element);

/// The type in which a value that passes from a forward to its backward is stored: that in which it was computed, so that what
/// the backward compares with it is what the forward compared with it.
mlir::RankedTensorType savedType(mlir::RankedTensorType type);

/// Converts a scalar between storage and compute types of one kind, rounding once.
mlir::Value convert(mlir::ImplicitLocOpBuilder &builder, mlir::Value scalar, mlir::Type type);

/// A floating-point or integer constant of a compute type.
mlir::Value constantScalar(mlir::ImplicitLocOpBuilder &builder, mlir::TypedAttr value);

/// One element of the result of an elementwise primitive or of norm.cast; null for other ops.
mlir::Value buildScalar(mlir::ImplicitLocOpBuilder &builder, mlir::Operation *op, mlir::ValueRange operands);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H
