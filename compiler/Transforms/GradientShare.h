//===- GradientShare.h - this device's part of a sum over devices --------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_GRADIENTSHARE_H
#define NORMC_COMPILER_TRANSFORMS_GRADIENTSHARE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace normc {

/// Builds, in a distributed function, a value that adds up to `value` over the devices, without a collective of its own: where `value`
/// follows linearly from merged sums, the same of the partial ones; else `value` on the first device and 0 elsewhere.
mlir::Value shareOf(mlir::func::FuncOp function, mlir::Value value);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_GRADIENTSHARE_H
