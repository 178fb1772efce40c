//===- Timing.h - what a compilation takes -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_TIMING_H
#define NORMC_COMPILER_TOOLS_TIMING_H

#include "mlir/Support/Timing.h"

namespace normc {

/// Lets `manager` print to standard error, when it ends, the milliseconds of each stage as a tree.
void printMilliseconds(mlir::DefaultTimingManager &manager);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_TIMING_H
