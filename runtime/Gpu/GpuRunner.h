//===- GpuRunner.h - entries on a GPU ---------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_GPURUNNER_H
#define NORMC_RUNTIME_GPU_GPURUNNER_H

#include "runtime/Gpu/Plan.h"
#include "runtime/Runner.h"

#include <map>

namespace normc::runtime::gpu {

/// Runs the entries' plans on a device, which outlives it.
class GpuRunner : public Runner {
public:
  explicit GpuRunner(Device &device) : device(device) {}
  /// Gives back what `finish` has not; what happens then is not heard of any more.
  ~GpuRunner() override;

  Status prepare(const normc_entry &entry, const Frame &frame) override;
  Status run(const normc_entry &entry, const Frame &frame) override;
  Status allocate(int64_t bytes, const std::string &what, void *&data) override;
  Status copy(void *to, const void *from, int64_t bytes) override;

  /// Gives back all that was allocated.
  Status finish();

private:
  Device &device;
  std::map<const normc_entry *, Plan> plans;
  std::vector<void *> allocated;
};

/// Runs a function on arrays that `frame` has in the device's memory; does not wait.
Status runOnDevice(const Function &function, const Frame &frame, Device &device);

/// Runs a function on arrays that `frame` has in the CPU's memory, and waits until the results are there.
Status runWithCopies(const Function &function, const Frame &frame, Device &device);

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_GPURUNNER_H
