//===- Limits.h - what a GPU can hold ---------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_LIMITS_H
#define NORMC_RUNTIME_SIMT_LIMITS_H

#include "runtime/Simt/Launch.h"

namespace normc::runtime::simt {

/// Of one compute capability, as the CUDA C++ Programming Guide tabulates them.
struct Limits {
  int32_t threadsPerMultiprocessor, blocksPerMultiprocessor;
  int32_t sharedPerMultiprocessor, sharedPerBlock; ///< bytes
  int32_t cluster;                                 ///< blocks in a portable one, 1 for none
};

Limits limitsOf(int32_t capability);

/// Blocks that are resident at once, bounded by what fibers there may be, too.
int64_t residentBlocks(const Settings &settings, int32_t block, int32_t shared);

/// Refuses what a launch on such a GPU would refuse.
Status checkLimits(const Settings &settings, const normc_simt_kernel &kernel, const Shape &shape);

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_LIMITS_H
