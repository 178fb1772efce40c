//===- GpuModule.h - modules with GPU kernels ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_GPUMODULE_H
#define NORMC_COMPILER_TOOLS_GPUMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <string>

namespace normc {

/// Compiles a module of kernels for the CPU and for a GPU, "sm_80": with PTX, launch plans, and the kernels' twins for the host.
/// Yields the path of the shared object in the user's cache.
llvm::Expected<std::string> compileGpuModule(mlir::ModuleOp kernels, llvm::StringRef target);

/// The same, as a file of its own.
llvm::Error compileGpuModule(mlir::ModuleOp kernels, llvm::StringRef target, llvm::StringRef path);

/// What of the GPU's code is asked for.
enum class GpuText {
  llvm, ///< LLVM IR, as it becomes PTX
  ptx,
  cubin ///< machine code, by the CUDA Toolkit's ptxas
};
llvm::Expected<std::string> emitGpuText(mlir::ModuleOp kernels, llvm::StringRef target, GpuText what);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_GPUMODULE_H
