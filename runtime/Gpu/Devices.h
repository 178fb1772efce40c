//===- Devices.h - the devices that a module runs on ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_DEVICES_H
#define NORMC_RUNTIME_GPU_DEVICES_H

#include "runtime/Gpu/Device.h"

#include <map>
#include <memory>
#include <mutex>

namespace normc::runtime::cuda {
class LoadedModule;
}

namespace normc::runtime::gpu {

/// What a module has loaded on GPUs. A module has one of these, which any number of threads may ask at once.
class Devices {
public:
  Devices(std::string path, const normc_module &table);
  ~Devices();
  Devices(const Devices &) = delete;
  Devices &operator=(const Devices &) = delete;

  /// The device that options name, other than the CPU, for one call.
  Status open(const normrt_options &options, std::unique_ptr<Device> &device);

private:
  Status openCuda(const normrt_options &options, std::unique_ptr<Device> &device);
  Status openSimt(const normrt_options &options, std::unique_ptr<Device> &device);

  std::string path; ///< of the module, for messages
  const normc_module &table;
  std::mutex mutex;
  std::map<int32_t, std::unique_ptr<cuda::LoadedModule>> loaded; ///< by the GPU's index
};

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_DEVICES_H
