//===- Plan.h - the launches of one call ------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_PLAN_H
#define NORMC_RUNTIME_GPU_PLAN_H

#include "runtime/Gpu/Device.h"

#include <vector>

namespace normc::runtime::gpu {

/// An entry's plan for the extents of a call and a GPU: all of it is known and checked before anything is launched.
class Plan {
public:
  /// Asks the entry, which has a plan, and checks what it says.
  Status read(const normc_entry &entry, std::vector<int64_t> symbols, const normc_gpu &gpu);

  /// Allocates the temporaries, launches the kernels, and gives the temporaries back. `arrays` are the addresses of the
  /// entry's arguments and results on the device.
  Status run(Device &device, std::vector<void *> arrays) const;

private:
  struct Launch {
    normc_launch launch;
    std::string kernel; ///< the plan's strings and lists are its own, and may change with its next answer
    std::vector<int32_t> buffers;
  };

  Status launchAll(Device &device, const std::vector<void *> &buffers) const;

  const char *name = nullptr; ///< of the entry
  std::vector<int64_t> symbols;
  std::vector<normc_temporary> temporaries;
  std::vector<Launch> launches;
};

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_PLAN_H
