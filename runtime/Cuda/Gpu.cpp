//===- Gpu.cpp - one of this machine's GPUs ---------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Cuda/Gpu.h"

namespace normc::runtime::cuda {

Status Current::enter(const Gpu &gpu) {
  if (Status failed = gpu.driver->contextPush(gpu.context))
    return failed;
  driver = gpu.driver.get();
  return {};
}

Current::~Current() {
  Context popped = nullptr;
  if (driver)
    (void)bool(driver->contextPop(&popped)); // what was pushed is popped, whatever else has gone wrong meanwhile
}

std::string Gpu::describe() const {
  return "GPU " + std::to_string(index) + " (" + name + ", sm_" + std::to_string(properties.capability) + ")";
}

Status Gpu::find(int32_t wanted) {
  index = wanted;
  int count = 0;
  if (Status failed = driver->deviceGetCount(&count))
    return failed;
  if (count < 1)
    return {NORMRT_NO_DEVICE, "cannot use a GPU: the NVIDIA driver finds none on this machine"};
  if (index < 0 || index >= count)
    return badArgument("there is no GPU " + std::to_string(index) + "; the NVIDIA driver finds " +
                       std::to_string(count) + ", counted from 0");
  return driver->deviceGet(&device, index);
}

Status Gpu::readProperties() {
  char text[256] = "";
  if (Status failed = driver->deviceGetName(text, sizeof text - 1, device))
    return failed;
  name = text;
  size_t bytes = 0;
  if (Status failed = driver->deviceTotalMem(&bytes, device))
    return failed;
  memoryBytes = int64_t(bytes);
  int major = 0, minor = 0, multiprocessors = 0, shared = 0, l2 = 0, cooperative = 0;
  for (auto [attribute, value] : {std::pair(computeCapabilityMajor, &major),
                                  {computeCapabilityMinor, &minor},
                                  {multiprocessorCount, &multiprocessors},
                                  {maxSharedMemoryPerBlockOptin, &shared},
                                  {l2CacheSize, &l2},
                                  {cooperativeLaunch, &cooperative}})
    if (Status failed = driver->deviceGetAttribute(value, attribute, device))
      return failed;
  cooperates = cooperative != 0;
  properties = {NORMC_MODULE_VERSION, 10 * major + minor, multiprocessors, shared, l2};
  return {};
}

Status Gpu::createPool() {
  int supported = 0;
  if (Status failed = driver->deviceGetAttribute(&supported, memoryPoolsSupported, device))
    return failed;
  if (!supported)
    return {};
  PoolProperties wanted = {};
  wanted.allocation = allocationPinned;
  wanted.location = {locationDevice, int(device)};
  if (Status failed = driver->poolCreate(&pool, &wanted))
    return failed;
  // Otherwise all of it would go back to the system at each wait, and come again at the next call.
  unsigned long long keep = ~0ull;
  return driver->poolSetAttribute(pool, poolReleaseThreshold, &keep);
}

Status Gpu::open(int32_t index, std::unique_ptr<const Gpu> &gpu) {
  std::unique_ptr<const Driver> driver;
  if (Status failed = Driver::open(driver))
    return failed;
  std::unique_ptr<Gpu> opened(new Gpu(std::move(driver)));
  if (Status failed = opened->find(index))
    return failed;
  if (Status failed = opened->readProperties())
    return failed;
  if (Status failed = opened->driver->primaryContextRetain(&opened->context, opened->device))
    return failed;
  if (Status failed = opened->createPool())
    return failed;
  gpu = std::move(opened);
  return {};
}

// At the end of a process the driver may be gone before this; there is nobody to tell, and nothing is left to free.
Gpu::~Gpu() {
  if (pool)
    (void)bool(driver->poolDestroy(pool));
  if (context)
    (void)bool(driver->primaryContextRelease(device));
}

} // namespace normc::runtime::cuda
