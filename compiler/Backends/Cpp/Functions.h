//===- Functions.h - elementary functions as C++ -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H
#define NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H

#include "dialects/Kernel/Functions/Functions.h"

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace normc::cpp {

/// One function: `inline float exp_f32(float x) { .. }`, with how it works and how far off it is as a comment.
std::string emitFunction(kernel::Function function, mlir::FloatType type);

/// What the definitions of functions call: between floats and their bits.
std::string emitConversions();

/// The definitions of all functions that the ops of a module stand for; empty where there are none.
std::string emitFunctions(mlir::ModuleOp module);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H
