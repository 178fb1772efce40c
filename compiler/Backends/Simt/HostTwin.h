//===- HostTwin.h - GPU kernels compiled for the host --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a GPU backend has to do:
//
//   - attach !normc.operand !{!"x", i32 SWEEP} to each access of global memory in its LLVM IR;
//   - call `compileForHost` with the module that it is about to hand to NVPTX;
//   - set `hostTwins` in the manifest, so that the module's table points to the twins;
//   - hand the object file to `compileSharedObject` or `compileCached` with the emitted C++.
//
// The runtime finds the twins in normc_module.simt, by the names of the kernels, and runs them: runtime/Simt/Machine.h.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_SIMT_HOSTTWIN_H
#define NORMC_COMPILER_BACKENDS_SIMT_HOSTTWIN_H

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace normc::simt {

/// The metadata of an access of global memory: which operand of the kernel, and in which sweep.
constexpr const char *operandMetadata = "normc.operand";

/// Refuses kernels that NVPTX and the host could not both be given: README.md has the constraints by number. An intrinsic that
/// NVPTX cannot select would end the process, so this is for every module that goes to NVPTX.
llvm::Error checkKernels(const llvm::Module &gpu);

/// The kernels of a module as the host would run them, with hooks (runtime/simt_hooks.h) in place of what only a GPU has and
/// before what is checked. No pass changes the code before that, nor after.
llvm::Expected<std::unique_ptr<llvm::Module>> buildHostTwin(const llvm::Module &gpu);

/// The same as an object file for this machine, with the table NORMC_SIMT_SYMBOL.
llvm::Expected<std::string> compileForHost(const llvm::Module &gpu);

} // namespace normc::simt

#endif // NORMC_COMPILER_BACKENDS_SIMT_HOSTTWIN_H
