//===- SimtDevice.h - GPU kernels on the host -------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_SIMTDEVICE_H
#define NORMC_RUNTIME_GPU_SIMTDEVICE_H

#include "runtime/Gpu/Device.h"
#include "runtime/Simt/Machine.h"

namespace normc::runtime::gpu {

/// A machine of fibers that stands for the GPU that a module was compiled for. Everything is done when it is asked for.
class SimtDevice : public Device {
public:
  /// `capability` is the GPU's that is played.
  SimtDevice(const normc_simt_module *kernels, int32_t capability, const normrt_simt *options);

  const normc_gpu &getProperties() const override { return properties; }
  Status allocate(int64_t bytes, void *&address) override;
  Status release(void *address) override;
  Status zero(void *address, int64_t bytes) override;
  Status copy(void *to, const void *from, int64_t bytes) override;
  Status copyIn(void *to, const void *from, int64_t bytes) override;
  Status copyOut(void *to, const void *from, int64_t bytes) override;
  Status launch(const normc_launch &launch, void **parameters, int32_t count) override;
  Status synchronize() override { return {}; }
  void finish() override;

private:
  const normc_simt_module *kernels;
  const normrt_simt *options; ///< may be null
  simt::Machine machine;
  normc_gpu properties;
};

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_SIMTDEVICE_H
