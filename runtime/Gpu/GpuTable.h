//===- GpuTable.h - checks of a module's GPU kernels ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_GPUTABLE_H
#define NORMC_RUNTIME_GPU_GPUTABLE_H

#include "runtime/Status.h"
#include "runtime/module_format.h"

namespace normc::runtime::gpu {

/// Finds what is wrong with a module's PTX and its twins for the host, if it has them.
Status checkKernels(const normc_module &module);

/// Finds what is wrong with a plan of the entry `what`. What it says for certain extents is checked at each call.
Status checkPlan(const normc_gpu_plan &plan, const std::string &what, bool hasPtx);

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_GPUTABLE_H
