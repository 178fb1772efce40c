//===- TwinTables.h - what a twin says about itself -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_SIMT_TWINTABLES_H
#define NORMC_COMPILER_BACKENDS_SIMT_TWINTABLES_H

#include "runtime/simt_hooks.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Module.h"
#include <string>
#include <vector>

namespace normc::simt {

/// The accesses, operands and places of all kernels of a module, which have numbers of one sequence.
struct TwinTables {
  std::vector<normc_simt_access> accesses;
  llvm::SetVector<llvm::StringRef> operands; ///< kept by the module's metadata
  std::vector<std::string> places;
};

/// An array in shared memory, apart from the others by more than an index is usually wrong, so that overrunning one is seen.
struct SharedArray {
  std::string name;
  int32_t offset = 0;
  int32_t bytes = 0; ///< -1 where a launch says
  int32_t alignment = 1;
};

/// Gives each variable of shared memory an array; all that a launch sizes are one, the last.
llvm::MapVector<llvm::GlobalVariable *, SharedArray> layOutShared(llvm::Module &module);

/// A kernel of the twin.
struct TwinKernel {
  std::string name;
  llvm::Function *run = nullptr; ///< a normc_simt_function
  size_t parameters = 0;
  std::vector<SharedArray> arrays; ///< that it may reach
};

/// Defines NORMC_SIMT_SYMBOL in a module: a normc_simt_module.
void defineTable(llvm::Module &module, const std::vector<TwinKernel> &kernels, const TwinTables &tables);

} // namespace normc::simt

#endif // NORMC_COMPILER_BACKENDS_SIMT_TWINTABLES_H
