//===- Kernels.h - what is asked of LLVM IR for a GPU ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_SIMT_KERNELS_H
#define NORMC_COMPILER_BACKENDS_SIMT_KERNELS_H

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include <optional>
#include <string>

namespace normc::simt {

/// Address spaces of NVPTX.
enum AddressSpace : unsigned { generic = 0, global = 1, shared = 3, constant = 4, local = 5 };

/// The kernels of a module: by calling convention, or as nvvm.annotations says.
llvm::SetVector<llvm::Function *> kernelsOf(llvm::Module &module);

/// Where an access goes, as far as that can be told from the code.
enum class Place {
  own,    ///< the thread's own variables, and constants: nothing to check
  shared, ///< shared memory, of the block or of its cluster
  global  ///< global memory, or what may be
};
Place placeOf(const llvm::Value *pointer);

/// The address and the type of an instruction that accesses memory, or nothing.
struct Access {
  const llvm::Value *pointer;
  llvm::Type *type;
  llvm::Align alignment;
  bool isVolatile;
};
std::optional<Access> accessOf(const llvm::Instruction &instruction);

} // namespace normc::simt

#endif // NORMC_COMPILER_BACKENDS_SIMT_KERNELS_H
