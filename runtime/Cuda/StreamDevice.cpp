//===- StreamDevice.cpp - a GPU in the order of a stream --------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Cuda/StreamDevice.h"

#include <algorithm>

namespace normc::runtime::cuda {

Status StreamDevice::allocate(int64_t bytes, void *&address) {
  DevicePointer pointer = 0;
  const size_t size = size_t(std::max<int64_t>(bytes, 1));
  Status failed =
      gpu.getPool() ? driver.memAllocFromPool(&pointer, size, gpu.getPool(), stream) : driver.memAlloc(&pointer, size);
  if (failed)
    return failed;
  address = toAddress(pointer);
  return {};
}

Status StreamDevice::release(void *address) {
  if (gpu.getPool())
    return driver.memFreeAsync(toDevice(address), stream);
  // Without pools there is no freeing in the stream's order, so the stream has to end first.
  Status waited = driver.streamSynchronize(stream);
  Status freed = driver.memFree(toDevice(address));
  return waited ? waited : freed;
}

Status StreamDevice::zero(void *address, int64_t bytes) {
  return driver.fill(toDevice(address), 0, size_t(bytes), stream);
}

Status StreamDevice::copy(void *to, const void *from, int64_t bytes) {
  return driver.copyWithin(toDevice(to), toDevice(from), size_t(bytes), stream);
}

Status StreamDevice::copyIn(void *to, const void *from, int64_t bytes) {
  return driver.copyIn(toDevice(to), from, size_t(bytes), stream);
}

Status StreamDevice::copyOut(void *to, const void *from, int64_t bytes) {
  return driver.copyOut(to, toDevice(from), size_t(bytes), stream);
}

Status StreamDevice::launch(const normc_launch &launch, void **parameters, int32_t) {
  auto within = [&](const Status &failed) -> Status {
    return {failed.getCode(), "kernel '" + std::string(launch.kernel) + "': " + failed.getMessage()};
  };
  if (launch.cooperative && !gpu.canCooperate())
    return within(
        {NORMRT_NO_DEVICE, "its blocks meet at barriers of the grid, which " + gpu.describe() + " does not offer"});
  Function function = nullptr;
  if (Status failed = module.find(launch.kernel, launch.shared, function))
    return within(failed);
  LaunchAttribute attributes[2] = {};
  unsigned count = 0;
  if (launch.cooperative) {
    attributes[count].id = launchCooperative;
    attributes[count++].value.cooperative = 1;
  }
  if (launch.cluster > 1) {
    attributes[count].id = launchClusterDimension;
    attributes[count++].value.cluster = {unsigned(launch.cluster), 1, 1};
  }
  const LaunchConfig config = {
      unsigned(launch.grid), 1, 1, unsigned(launch.block), 1, 1, unsigned(launch.shared), stream, attributes, count};
  if (Status failed = driver.launchKernel(&config, function, parameters, nullptr))
    return within(failed);
  return {};
}

Status StreamDevice::synchronize() {
  return driver.streamSynchronize(stream);
}

} // namespace normc::runtime::cuda
