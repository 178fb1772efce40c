//===- Functions.h - elementary functions as arithmetic -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One definition a function, for every backend: additions, products, fused multiply-adds
// and selects that each round to nearest, and integer operations on the bits. So a
// function gives the same bits wherever it runs. There are no branches, tables or calls,
// so that loops over it can be vectorized.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_FUNCTIONS_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_FUNCTIONS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include <optional>
#include <string>

namespace normc::kernel {

/// decay is the exponential of what is not positive, with the same bits.
enum class Function { exp, decay, log, tanh, sigmoid, erf, pow };

/// On math.exp, unit: its operand is not positive (or is NaN), so that it is a decay.
inline constexpr llvm::StringLiteral notPositiveAttr = "kernel.not_positive";

/// The function that an op on f32 or f64 scalars stands for: math.exp, math.log, math.tanh, math.erf, math.powf and
/// kernel.sigmoid; none for other ops.
std::optional<Function> functionOf(mlir::Operation *op);

inline constexpr Function functions[] = {Function::exp,     Function::decay, Function::log, Function::tanh,
                                         Function::sigmoid, Function::erf,   Function::pow};

/// "exp", and "exp_f32".
mlir::StringRef functionName(Function function);
std::string functionName(Function function, mlir::FloatType type);

bool isFunctionName(mlir::StringRef name);

/// The names of its operands.
mlir::SmallVector<mlir::StringRef> parameterNames(Function function);

/// How it is computed, as a formula, and how far it is off at most, in units in the last place.
mlir::StringRef methodOf(Function function);
double boundOf(Function function, mlir::FloatType type);

/// Builds the function of scalars of one type, f32 or f64, out of arith ops and math.fma, math.absf. Ops that a reader
/// wants to see have a name as their location.
mlir::Value buildFunction(mlir::ImplicitLocOpBuilder &builder, Function function, mlir::ValueRange operands);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_FUNCTIONS_H
