//===- ClosedForm.h - the chain rule collapsed by algebra ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_CLOSEDFORM_H
#define NORMC_COMPILER_TRANSFORMS_CLOSEDFORM_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace normc {

/// Rewrites a function to its closed form, in which the values `kept` stay together. Fails, after an error, where extents
/// contradict each other.
llvm::LogicalResult rewriteToClosedForm(mlir::func::FuncOp function, llvm::ArrayRef<mlir::Value> kept = {});

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_CLOSEDFORM_H
