//===- KernelDialect.h - the kernel dialect ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_KERNELDIALECT_H
#define NORMC_DIALECTS_KERNEL_KERNELDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Kernel/KernelDialect.h.inc"
#include "dialects/Kernel/KernelEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.h.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.h.inc"

namespace normc::kernel {

// On arguments and results of a plan.
inline constexpr llvm::StringLiteral nameAttr = "kernel.name";       // the user's name
inline constexpr llvm::StringLiteral extentsAttr = "kernel.extents"; // run-time extents, -1 - k for symbol k

// On a sweep: the user's names of its results, "" where there is none.
inline constexpr llvm::StringLiteral namesAttr = "kernel.names";

// On a collective: the bytes that a device sends.
inline constexpr llvm::StringLiteral bytesAttr = "kernel.bytes";

/// The extents of what a kernel or a collective has computed, -1 - k for symbol k.
llvm::SmallVector<int64_t> extentsOf(mlir::Value tensor);

/// How many results of a sweep a monoid has.
inline unsigned resultCount(Monoid monoid) { return monoid == Monoid::moments ? 2 : 1; }

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_KERNELDIALECT_H
