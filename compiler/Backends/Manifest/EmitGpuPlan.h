//===- EmitGpuPlan.h - launch plans as C++ -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_MANIFEST_EMITGPUPLAN_H
#define NORMC_COMPILER_BACKENDS_MANIFEST_EMITGPUPLAN_H

#include "compiler/Backends/Ptx/LaunchPlan.h"

#include <string>

namespace normc::manifest {

/// What launch plans are computed with: how extents split the groups of a kernel among blocks.
std::string gpuPlanHelpers();

/// The functions of one entry's `normc_gpu_plan`, and the plan itself, `PREFIX_gpu`.
std::string emitGpuPlan(const std::string &prefix, const ptx::LaunchPlan &plan);

/// A text as a constant, a line of it on each line.
std::string emitTextConstant(const std::string &name, const std::string &text);

} // namespace normc::manifest

#endif // NORMC_COMPILER_BACKENDS_MANIFEST_EMITGPUPLAN_H
