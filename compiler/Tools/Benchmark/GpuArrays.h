//===- GpuArrays.h - arrays on a GPU that no cache holds -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_GPUARRAYS_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_GPUARRAYS_H

#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "runtime/normrt_device.h"

namespace normc {

/// Memory on a GPU, given back at the end.
class GpuMemory {
public:
  explicit GpuMemory(normrt_device *device) : device(device) {}
  ~GpuMemory();
  GpuMemory(GpuMemory &&other) : device(other.device), addresses(std::exchange(other.addresses, {})) {}
  GpuMemory &operator=(GpuMemory &&) = delete;

  llvm::Expected<void *> allocate(int64_t bytes);

private:
  normrt_device *device;
  std::vector<void *> addresses;
};

/// How many copies of something of so many bytes are four times a cache; between 1 and what half of the memory holds.
int64_t countRotations(int64_t bytes, const normrt_device_properties &gpu);

/// Copies of a case's arrays.
struct GpuArrays {
  struct Set {
    std::vector<DLTensor> inputs, outputs;
  };
  GpuMemory memory;
  std::vector<Set> sets;

  static llvm::Expected<GpuArrays> create(const BenchmarkCase &benchmark, normrt_device *device, int32_t index,
                                          int64_t count);
};

/// A copy within the GPU's memory that moves `read` + `written` bytes: half of it from one place, to another.
class GpuCopy {
public:
  static llvm::Expected<GpuCopy> create(int64_t read, int64_t written, normrt_device *device,
                                        const normrt_device_properties &gpu);
  /// The run of this number, from 0: each at another place.
  normrt_status run(int64_t number, normrt_error &error) const;

private:
  explicit GpuCopy(normrt_device *device) : memory(device), device(device) {}

  GpuMemory memory;
  normrt_device *device;
  char *from = nullptr, *to = nullptr;
  int64_t bytes = 0, count = 1;
};

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_GPUARRAYS_H
