//===- MemoryReport.h - the arrays that a call needs at once -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_MEMORYREPORT_H
#define NORMC_COMPILER_TOOLS_MEMORYREPORT_H

#include "compiler/Tools/HostArray.h"
#include "runtime/normrt.h"

#include "mlir/IR/BuiltinOps.h"

namespace normc {

/// A table of the arrays of a call and of their bytes: for a gradient, those of its forward and those of its backward. An array
/// that is written over another one has that one's memory; one of which only the extents are read has none. With the plans
/// that the module was made of, `plans`, also what entries keep from one kernel to the next; null where there are none.
llvm::Expected<std::string> reportMemory(const normrt_function *function, llvm::ArrayRef<HostArray> inputs,
                                         mlir::ModuleOp plans);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_MEMORYREPORT_H
