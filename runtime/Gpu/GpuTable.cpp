//===- GpuTable.cpp - checks of a module's GPU kernels ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/GpuTable.h"

#include "runtime/simt_hooks.h"

#include <utility>

namespace normc::runtime::gpu {

/// "sm_90" or "sm_90a"
static bool isTarget(const std::string &text) {
  if (text.compare(0, 3, "sm_") != 0)
    return false;
  const size_t end = text.find_first_not_of("0123456789", 3),
               digits = (end == std::string::npos ? text.size() : end) - 3;
  return digits >= 2 && digits <= 3 && (end == std::string::npos || text.substr(end) == "a");
}

static Status checkTwin(const normc_simt_kernel &kernel, int32_t index) {
  const std::string what = "its GPU kernel " + std::to_string(index) + " for the host ";
  if (!kernel.name || !*kernel.name || !kernel.run)
    return badModule(what + "has no name or no code");
  for (auto [count, list] : {std::pair<int32_t, const void *>(kernel.operand_count, kernel.operands),
                             {kernel.access_count, kernel.accesses},
                             {kernel.place_count, kernel.places},
                             {kernel.shared_count, kernel.shared}})
    if (count < 0 || (count > 0 && !list))
      return badModule(what + "has operands, accesses, places or arrays that are counted, but not described");
  for (int32_t i = 0; i < kernel.access_count; ++i)
    if (kernel.accesses[i].operand < -1 || kernel.accesses[i].operand >= kernel.operand_count)
      return badModule(what + "accesses operand " + std::to_string(kernel.accesses[i].operand) + ", but there are " +
                       std::to_string(kernel.operand_count));
  return {};
}

Status checkKernels(const normc_module &module) {
  if (!module.ptx && module.simt)
    return badModule("it has GPU kernels for the host, but no PTX");
  if (!module.ptx)
    return module.ptx_target ? badModule("it names a target for PTX, but has none") : Status();
  if (!module.ptx_target || !isTarget(module.ptx_target))
    return badModule("its PTX is for the unknown target '" + std::string(module.ptx_target ? module.ptx_target : "") +
                     "'");
  if (module.simt && module.simt->version != NORMC_SIMT_VERSION)
    return badModule("its GPU kernels for the host are of version " + std::to_string(module.simt->version) +
                     ", but this runtime reads version " + std::to_string(NORMC_SIMT_VERSION));
  if (module.simt && (module.simt->kernel_count < 0 || (module.simt->kernel_count > 0 && !module.simt->kernels)))
    return badModule("its GPU kernels for the host are counted, but not described");
  for (int32_t i = 0; module.simt && i < module.simt->kernel_count; ++i)
    if (Status failed = checkTwin(module.simt->kernels[i], i))
      return failed;
  return {};
}

Status checkPlan(const normc_gpu_plan &plan, const std::string &what, bool hasPtx) {
  if (!hasPtx)
    return badModule(what + " has a plan for GPUs, but the module has no PTX");
  if (plan.temporary_count < 0 || plan.launch_count < 0 || plan.temporary_count > INT16_MAX ||
      plan.launch_count > INT16_MAX)
    return badModule(what + " has a plan for GPUs of " + std::to_string(plan.temporary_count) + " temporaries and " +
                     std::to_string(plan.launch_count) + " launches");
  if ((plan.temporary_count > 0 && !plan.temporaries) || (plan.launch_count > 0 && !plan.launch))
    return badModule(what + " has a plan for GPUs without code");
  return {};
}

} // namespace normc::runtime::gpu
