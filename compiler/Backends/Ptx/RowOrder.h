//===- RowOrder.h - accumulators of columns ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_ROWORDER_H
#define NORMC_COMPILER_BACKENDS_PTX_ROWORDER_H

#include "compiler/Backends/Ptx/Code.h"
#include "dialects/Kernel/Order.h"

namespace normc::ptx {

/// A: the largest power of two with A columns <= 128, at least 1.
inline mlir::Value rowsOfLanes(Code &code, mlir::Value columns) {
  mlir::Value rows = code.integer(1);
  for (int64_t power = 2; power <= kernel::chunkLanes; power *= 2)
    rows = code.select(code.less(code.integer(kernel::chunkLanes / power), columns), rows, code.integer(power));
  return rows;
}

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_ROWORDER_H
