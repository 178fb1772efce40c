//===- EmitPtx.h - plans as PTX ------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_EMITPTX_H
#define NORMC_COMPILER_BACKENDS_PTX_EMITPTX_H

#include "compiler/Backends/Ptx/LaunchPlan.h"
#include "compiler/Backends/Ptx/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <map>
#include <memory>

namespace normc::ptx {

/// The kernels of a module on the GPU, on their way to PTX.
struct DeviceModule {
  mlir::Location location;                           ///< of the graph
  mlir::OwningOpRef<mlir::ModuleOp> operations;      ///< gpu, nvvm
  std::map<std::string, LaunchPlan> plans;           ///< by plan
  std::map<std::string, std::string> comments;       ///< by function: its formula and schedule, as lines of a comment
};

/// The kernels of `module`, which form-kernels has made, in the gpu dialect. Fails, after an error, where one has no lowering.
mlir::FailureOr<DeviceModule> buildDeviceModule(mlir::ModuleOp module, const Target &target);

/// The same as LLVM IR: what PTX is made of, and what is retargeted where no GPU is. Each access to global memory carries its operand
/// and sweep as `!normc.operand !{!"x", i32 0}`. Fails after an error.
mlir::FailureOr<std::unique_ptr<llvm::Module>> translate(DeviceModule &device, const Target &target,
                                                         llvm::LLVMContext &context);

/// PTX of an IR; the IR stays as it is.
mlir::FailureOr<std::string> emitPtx(const llvm::Module &module, const DeviceModule &device, const Target &target);

/// All of it.
mlir::FailureOr<std::string> emitPtx(mlir::ModuleOp module, const Target &target);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_EMITPTX_H
