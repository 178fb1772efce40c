//===- LaunchPlan.h - what a plan launches on a GPU ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is launched is a function of the extents of a call and of the GPU, so that it is
// code: C++ expressions of `symbols`, the values of the plan's extent symbols, of `gpu`, and
// of the quantities that a kernel's launches share. compiler/Backends/Manifest writes it
// into the table that a module exports.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_LAUNCHPLAN_H
#define NORMC_COMPILER_BACKENDS_PTX_LAUNCHPLAN_H

#include <cstdint>
#include <string>
#include <vector>

namespace normc::ptx {

/// Memory on the GPU for one call.
struct Temporary {
  std::string name;
  std::string bytes; ///< an expression; `split` is that of `kernel`
  int kernel = -1;   ///< whose quantities it needs, or -1
  bool zeroed = false;
};

struct Launch {
  std::string what;       ///< for a reader
  int kernel = 0;         ///< whose quantities it needs
  std::string name;       ///< the function with 32-bit positions; empty where there is none
  std::string wideName;   ///< that with 64-bit positions; empty where there is none
  std::string condition;  ///< an expression: whether it is launched at all; empty for always
  std::string blocks;     ///< an expression
  int64_t threads = 0;
  std::vector<int32_t> buffers;
  unsigned scalars = 0; ///< how many of the split's it takes: `shift`, then `blocks`
  bool isHeld = false;  ///< takes those of groups that are held in shared memory
  std::string shared, cluster, cooperative; ///< expressions; empty for 0, 1, 0
};

/// How the extents of a call split a kernel's groups: the initializer of a `normc_split`, and all points of its space.
struct KernelSplit {
  std::string name;
  std::string split;  ///< an expression
  std::string points; ///< an expression
};

/// All of one plan.
struct LaunchPlan {
  std::vector<KernelSplit> kernels;
  std::vector<Temporary> temporaries;
  std::vector<Launch> launches;
};

/// Positions of 32 bits suffice up to so many points.
inline constexpr int64_t narrowPoints = int64_t(1) << 30;

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_LAUNCHPLAN_H
