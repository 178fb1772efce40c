//===- StreamDevice.h - a GPU in the order of a stream ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CUDA_STREAMDEVICE_H
#define NORMC_RUNTIME_CUDA_STREAMDEVICE_H

#include "runtime/Cuda/LoadedModule.h"
#include "runtime/Gpu/Device.h"

namespace normc::runtime::cuda {

/// One call on a GPU: all of it goes into one stream. Lives on the thread that made it.
class StreamDevice : public gpu::Device {
public:
  StreamDevice(LoadedModule &module, Stream stream)
      : module(module), gpu(module.getGpu()), driver(gpu.getDriver()), stream(stream) {}

  /// First of all.
  Status enter() { return current.enter(gpu); }

  const normc_gpu &getProperties() const override { return gpu.getProperties(); }
  Status allocate(int64_t bytes, void *&address) override;
  Status release(void *address) override;
  Status zero(void *address, int64_t bytes) override;
  Status copy(void *to, const void *from, int64_t bytes) override;
  Status copyIn(void *to, const void *from, int64_t bytes) override;
  Status copyOut(void *to, const void *from, int64_t bytes) override;
  Status launch(const normc_launch &launch, void **parameters, int32_t count) override;
  Status synchronize() override;

private:
  LoadedModule &module;
  const Gpu &gpu;
  const Driver &driver;
  Stream stream;
  Current current;
};

inline DevicePointer toDevice(const void *address) {
  return DevicePointer(reinterpret_cast<uintptr_t>(address));
}
inline void *toAddress(DevicePointer pointer) {
  return reinterpret_cast<void *>(uintptr_t(pointer));
}

} // namespace normc::runtime::cuda

#endif // NORMC_RUNTIME_CUDA_STREAMDEVICE_H
