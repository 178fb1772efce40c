//===- Device.h - a GPU, as one call sees it --------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a plan of launches needs of a device. Everything happens in the order of the
// calls; what is not said to wait may return before it is done.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_DEVICE_H
#define NORMC_RUNTIME_GPU_DEVICE_H

#include "runtime/Status.h"
#include "runtime/module_format.h"

namespace normc::runtime::gpu {

class Device {
public:
  virtual ~Device() = default;

  /// What plans depend on.
  virtual const normc_gpu &getProperties() const = 0;

  /// Memory of the device, at least one byte; contents are undefined.
  virtual Status allocate(int64_t bytes, void *&address) = 0;
  /// Gives memory back once all that was asked for before is done.
  virtual Status release(void *address) = 0;
  virtual Status zero(void *address, int64_t bytes) = 0;
  /// Within the device's memory.
  virtual Status copy(void *to, const void *from, int64_t bytes) = 0;
  /// From and to the host; the host's memory stays as it is until `synchronize`.
  virtual Status copyIn(void *to, const void *from, int64_t bytes) = 0;
  virtual Status copyOut(void *to, const void *from, int64_t bytes) = 0;

  /// Launches the kernel `launch.kernel` of the device's module. `parameters` points to each of `count` parameters, 8
  /// bytes each. The launch has been checked against the device's properties.
  virtual Status launch(const normc_launch &launch, void **parameters, int32_t count) = 0;

  /// Waits until all of it is done. What a kernel did wrong is known then, if not before.
  virtual Status synchronize() = 0;

  /// Called when a call has succeeded.
  virtual void finish() {}
};

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_DEVICE_H
