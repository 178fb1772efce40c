//===- GpuMeasurement.h - how long a GPU takes ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_GPUMEASUREMENT_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_GPUMEASUREMENT_H

#include "compiler/Tools/Benchmark/BenchmarkArrays.h"
#include "compiler/Tools/Benchmark/BenchmarkReport.h"
#include "runtime/normrt_device.h"

#include <memory>

namespace normc {

/// Measures calls on an NVIDIA GPU by its own clock, in turns with copies within its memory. Each call has other arrays
/// than the calls before it, so that none is found in the level 2 cache.
class GpuMeasurement {
public:
  static llvm::Expected<GpuMeasurement> create(int32_t index);

  /// About a second for each candidate where `repetitions` is 0.
  llvm::Expected<BenchmarkRow> run(const BenchmarkCase &benchmark, int repetitions);

  /// "GPU 0: NVIDIA A100, sm_80, 108 multiprocessors, 40 MiB of level 2 cache"
  std::string describe() const;

private:
  struct CloseDevice {
    void operator()(normrt_device *device) const { normrt_device_close(device); }
  };

  std::unique_ptr<normrt_device, CloseDevice> device;
  normrt_device_properties properties = {};
  int32_t index = 0;
};

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_GPUMEASUREMENT_H
