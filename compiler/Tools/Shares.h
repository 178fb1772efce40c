//===- Shares.h - arrays in parts, one for each rank ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_SHARES_H
#define NORMC_COMPILER_TOOLS_SHARES_H

#include "compiler/Tools/HostArray.h"

namespace normc {

/// As even as they can be, the first ones larger.
std::vector<int64_t> evenShares(int64_t extent, int32_t ranks);

/// The array with the extents that the graph gives it: where all are stated, extents of 1 may have been dropped and neighbours joined
/// or split. The error says what does not fit.
llvm::Expected<llvm::SmallVector<int64_t>> graphExtents(const HostArray &array, const normrt_value &value);

/// The part of an array from `start` on along an axis. `extents` are the array's.
llvm::Expected<HostArray> slice(const HostArray &array, llvm::ArrayRef<int64_t> extents, int64_t axis, int64_t start,
                                int64_t length);

/// Parts, put together again along an axis.
llvm::Expected<HostArray> join(llvm::ArrayRef<const HostArray *> parts, int64_t axis);

/// The sum of floating-point arrays, in their order, rounded once.
llvm::Expected<HostArray> addUp(llvm::ArrayRef<const HostArray *> parts, mlir::MLIRContext &context);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_SHARES_H
