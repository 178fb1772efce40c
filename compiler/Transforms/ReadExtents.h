//===- ReadExtents.h - extents are read of arguments ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_READEXTENTS_H
#define NORMC_COMPILER_TRANSFORMS_READEXTENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace normc {

/// Lets ops that read only extents read them of arguments, so that no value is kept for the sake of its extents.
void readExtentsOfArguments(mlir::func::FuncOp function);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_READEXTENTS_H
