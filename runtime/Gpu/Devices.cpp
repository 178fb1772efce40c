//===- Devices.cpp - the devices that a module runs on ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/Devices.h"

#include "runtime/Cuda/StreamDevice.h"
#include "runtime/Gpu/SimtDevice.h"

#include <cstdlib>

namespace normc::runtime::gpu {

static constexpr int32_t mostMultiprocessors = 1024;

/// 90 for "sm_90" and "sm_90a", which the table's check has seen.
static int32_t capabilityOf(const char *target) {
  return int32_t(std::strtol(target + 3, nullptr, 10));
}

Devices::Devices(std::string path, const normc_module &table) : path(std::move(path)), table(table) {}

Devices::~Devices() = default;

Status Devices::open(const normrt_options &options, std::unique_ptr<Device> &device) {
  if (!table.ptx)
    return {NORMRT_NO_DEVICE,
            "'" + path + "' has no GPU kernels; compile it for a GPU, as with --emit=module --target=sm_80"};
  return options.device == NORMRT_CUDA ? openCuda(options, device) : openSimt(options, device);
}

Status Devices::openCuda(const normrt_options &options, std::unique_ptr<Device> &device) {
  std::unique_lock lock(mutex);
  std::unique_ptr<cuda::LoadedModule> &module = loaded[options.device_index];
  if (!module) {
    std::unique_ptr<const cuda::Gpu> gpu;
    if (Status failed = cuda::Gpu::open(options.device_index, gpu))
      return failed;
    const std::string where = gpu->describe();
    if (Status failed = cuda::LoadedModule::open(table.ptx, table.ptx_target, std::move(gpu), module))
      return {failed.getCode(), "cannot load '" + path + "' on " + where + ": " + failed.getMessage()};
  }
  lock.unlock();
  auto opened = std::make_unique<cuda::StreamDevice>(*module, static_cast<cuda::Stream>(options.stream));
  if (Status failed = opened->enter())
    return failed;
  device = std::move(opened);
  return {};
}

Status Devices::openSimt(const normrt_options &options, std::unique_ptr<Device> &device) {
  if (!table.simt)
    return {NORMRT_NO_DEVICE, "'" + path + "' has GPU kernels, but not their twins for the host; compile it again"};
  const normrt_simt *simt = options.simt;
  if (simt && (simt->order < NORMRT_ASCENDING || simt->order > NORMRT_SHUFFLED))
    return badArgument("there is no order " + std::to_string(simt->order) +
                       " of threads; they are 0 (ascending), 1 (descending) and 2 (shuffled)");
  if (simt && (simt->multiprocessors < 0 || simt->multiprocessors > mostMultiprocessors))
    return badArgument("a GPU with " + std::to_string(simt->multiprocessors) +
                       " multiprocessors cannot be played; give 1 to " + std::to_string(mostMultiprocessors) +
                       ", or 0");
  device = std::make_unique<SimtDevice>(table.simt, capabilityOf(table.ptx_target), simt);
  return {};
}

} // namespace normc::runtime::gpu
