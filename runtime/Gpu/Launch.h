//===- Launch.h - checks of launches ----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_LAUNCH_H
#define NORMC_RUNTIME_GPU_LAUNCH_H

#include "runtime/Status.h"
#include "runtime/module_format.h"

namespace normc::runtime::gpu {

/// Finds out whether a launch is one that a plan may ask for (its buffers are among `bufferCount`, its numbers make
/// sense), and one that a GPU can do. A module that breaks the first rule is damaged; the second depends on the extents
/// of the call.
Status checkLaunch(const normc_launch &launch, int32_t bufferCount, const normc_gpu &gpu);

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_LAUNCH_H
