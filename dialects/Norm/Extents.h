//===- Extents.h - types of values and how they are inferred -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An extent of 1 does not vary; `?` varies and never broadcasts. `?` meets N as N
// and `?` as `?`; whether they agree is checked when a graph is called.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_EXTENTS_H
#define NORMC_DIALECTS_NORM_EXTENTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/ValueRange.h"
#include "llvm/ADT/BitVector.h"
#include <optional>

namespace normc::norm {

/// The largest rank of a value.
inline constexpr int64_t maxRank = 8;

bool isFloatElement(mlir::Type element);
bool isNumberElement(mlir::Type element);
bool isElement(mlir::Type element);

// Predicates of the type constraints in NormBase.td.
bool isFloatValue(mlir::Type type);
bool isNumberValue(mlir::Type type);
bool isMaskValue(mlir::Type type);
bool isValue(mlir::Type type);

/// Whether a value of this type varies along an axis.
inline bool varies(mlir::RankedTensorType type, int64_t axis) { return type.getDimSize(axis) != 1; }

/// The axes along which `type` varies and `other` does not.
llvm::SmallVector<int64_t> axesVaryingOnlyIn(mlir::RankedTensorType type, mlir::RankedTensorType other);

// Result types; null, after an error at `location`, where a constraint does not hold. Without a location the error is
// not reported.
mlir::Type inferElementwise(std::optional<mlir::Location> location, mlir::ValueRange operands);
mlir::Type inferCompare(std::optional<mlir::Location> location, mlir::ValueRange operands);
mlir::Type inferSelect(std::optional<mlir::Location> location, mlir::ValueRange operands);
mlir::Type inferReduction(std::optional<mlir::Location> location, mlir::Value operand, mlir::DenseI64ArrayAttr axes);
mlir::Type inferLike(std::optional<mlir::Location> location, mlir::Value operand, mlir::DenseI64ArrayAttr axes);
mlir::Type inferNormalization(std::optional<mlir::Location> location, mlir::ValueRange operands,
                              mlir::DenseI64ArrayAttr axes);
mlir::Type inferIndex(std::optional<mlir::Location> location, mlir::Value like, mlir::IntegerAttr axis,
                      mlir::TypeAttr element);
mlir::Type inferCount(std::optional<mlir::Location> location, mlir::Value like, mlir::DenseI64ArrayAttr axes,
                      mlir::TypeAttr element);
mlir::Type inferBroadcast(std::optional<mlir::Location> location, mlir::Value operand, mlir::Value like);
mlir::Type inferMerge(std::optional<mlir::Location> location, mlir::Value partial, mlir::Value like,
                      mlir::DenseI64ArrayAttr axes);
mlir::Type inferRank(std::optional<mlir::Location> location, mlir::Value like);
mlir::Type inferCast(std::optional<mlir::Location> location, mlir::Value operand, mlir::TypeAttr element);

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_EXTENTS_H
