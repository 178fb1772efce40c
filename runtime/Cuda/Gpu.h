//===- Gpu.h - one of this machine's GPUs -----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CUDA_GPU_H
#define NORMC_RUNTIME_CUDA_GPU_H

#include "runtime/Cuda/Driver.h"
#include "runtime/module_format.h"

namespace normc::runtime::cuda {

/// A GPU, with its primary context (the one that other libraries in the process use too) and a pool of its memory.
class Gpu {
public:
  static Status open(int32_t index, std::unique_ptr<const Gpu> &gpu);
  ~Gpu();
  Gpu(const Gpu &) = delete;
  Gpu &operator=(const Gpu &) = delete;

  const Driver &getDriver() const { return *driver; }
  const normc_gpu &getProperties() const { return properties; }
  int64_t getMemoryBytes() const { return memoryBytes; }
  bool canCooperate() const { return cooperates; }
  /// What memory comes from in the order of a stream; null where the GPU or its driver has no such pools.
  Pool getPool() const { return pool; }
  const std::string &getName() const { return name; }
  /// "GPU 0 (NVIDIA A100, sm_80)"
  std::string describe() const;

private:
  friend class Current;

  explicit Gpu(std::unique_ptr<const Driver> driver) : driver(std::move(driver)) {}
  Status find(int32_t index);
  Status readProperties();
  Status createPool();

  std::unique_ptr<const Driver> driver;
  int32_t index = 0;
  DeviceHandle device = 0;
  Context context = nullptr;
  Pool pool = nullptr;
  bool cooperates = false;
  int64_t memoryBytes = 0;
  std::string name;
  normc_gpu properties = {};
};

/// Makes a GPU's context the calling thread's, as long as this lives.
class Current {
public:
  Current() = default;
  ~Current();
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

  Status enter(const Gpu &gpu);

private:
  const Driver *driver = nullptr;
};

} // namespace normc::runtime::cuda

#endif // NORMC_RUNTIME_CUDA_GPU_H
