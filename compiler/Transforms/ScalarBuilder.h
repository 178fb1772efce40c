//===- ScalarBuilder.h - primitives as scalar arithmetic -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bodies of kernels: what an elementwise primitive does to one element, in arith
// and math.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H
#define NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H

#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace normc {

/// Converts a scalar between floating-point types, rounding once; others stay.
mlir::Value convert(mlir::ImplicitLocOpBuilder &builder, mlir::Value scalar, mlir::Type type);

/// What an op of f64 comes to as f32, computed in f32 where its operands are of f32 and the result is the same; null elsewhere.
mlir::Value roundedTo(mlir::ImplicitLocOpBuilder &builder, mlir::Value scalar, mlir::Type type);

/// The constant that an op of constants comes to; any other scalar as it is.
mlir::Value foldConstants(mlir::ImplicitLocOpBuilder &builder, mlir::Value scalar);

/// A floating-point constant in f64, or an integer constant.
mlir::Value constantScalar(mlir::ImplicitLocOpBuilder &builder, mlir::TypedAttr value);

/// One element of the result of an elementwise primitive or of norm.cast; null for other ops. Floating-point operands, but for
/// norm.cast's, are of the type `real`, as is the result.
mlir::Value buildScalar(mlir::ImplicitLocOpBuilder &builder, mlir::Operation *op, mlir::ValueRange operands,
                        mlir::FloatType real);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SCALARBUILDER_H
