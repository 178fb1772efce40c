//===- LoadedModule.h - a module's kernels on a GPU -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CUDA_LOADEDMODULE_H
#define NORMC_RUNTIME_CUDA_LOADEDMODULE_H

#include "runtime/Cuda/Gpu.h"

#include <map>
#include <mutex>

namespace normc::runtime::cuda {

/// Why a GPU cannot run PTX for `target`, as "sm_80": a target runs on GPUs of its capability or a later one; one that
/// ends in `a` only on its own. Empty where it can.
std::string findTargetFault(const std::string &target, int32_t capability);

/// PTX, compiled by the driver for one GPU.
class LoadedModule {
public:
  static Status open(const char *ptx, const char *target, std::unique_ptr<const Gpu> gpu,
                     std::unique_ptr<LoadedModule> &module);
  ~LoadedModule();
  LoadedModule(const LoadedModule &) = delete;
  LoadedModule &operator=(const LoadedModule &) = delete;

  const Gpu &getGpu() const { return *gpu; }

  /// The kernel of this name, ready for launches with that much dynamic shared memory. The GPU's context is current.
  Status find(const char *name, int32_t sharedBytes, Function &function);

private:
  struct Kernel {
    Function function = nullptr;
    int32_t sharedBytes = 0; ///< what launches may ask for
  };

  explicit LoadedModule(std::unique_ptr<const Gpu> gpu) : gpu(std::move(gpu)) {}
  Status load(const char *ptx);

  std::unique_ptr<const Gpu> gpu;
  Module module = nullptr;
  std::mutex mutex;
  std::map<std::string, Kernel> kernels;
};

} // namespace normc::runtime::cuda

#endif // NORMC_RUNTIME_CUDA_LOADEDMODULE_H
