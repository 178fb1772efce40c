//===- Passes.h - the compiler's passes ----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_PASSES_H
#define NORMC_COMPILER_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include "dialects/Kernel/KernelDialect.h"
#include "dialects/Norm/NormDialect.h"

namespace normc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Transforms/Passes.h.inc"

/// Whether a function is a graph, as verify-graph checks it; fails after an error. For passes that would not survive another.
llvm::LogicalResult isGraph(mlir::func::FuncOp function);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_PASSES_H
