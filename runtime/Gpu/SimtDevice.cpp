//===- SimtDevice.cpp - GPU kernels on the host -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/SimtDevice.h"

#include <algorithm>

namespace normc::runtime::gpu {

/// What the GPU that is played says of its cache; plans may depend on it.
static constexpr int64_t l2Bytes = int64_t(4) << 20;

static simt::Settings settingsOf(int32_t capability, const normrt_simt *options) {
  simt::Settings settings;
  settings.capability = capability;
  if (!options)
    return settings;
  settings.order = options->order == NORMRT_DESCENDING ? simt::Order::descending
                   : options->order == NORMRT_SHUFFLED ? simt::Order::shuffled
                                                       : simt::Order::ascending;
  settings.seed = options->seed;
  if (options->multiprocessors > 0)
    settings.multiprocessors = options->multiprocessors;
  return settings;
}

SimtDevice::SimtDevice(const normc_simt_module *kernels, int32_t capability, const normrt_simt *options)
    : kernels(kernels), options(options), machine(settingsOf(capability, options)),
      properties{NORMC_MODULE_VERSION, capability, machine.settings().multiprocessors, machine.sharedPerBlock(),
                 l2Bytes} {}

Status SimtDevice::allocate(int64_t bytes, void *&address) {
  return machine.allocate(size_t(std::max<int64_t>(bytes, 1)), /*zeroed=*/false, address);
}

Status SimtDevice::release(void *address) {
  return machine.release(address);
}

Status SimtDevice::zero(void *address, int64_t bytes) {
  return machine.fill(address, 0, size_t(bytes));
}

Status SimtDevice::copy(void *to, const void *from, int64_t bytes) {
  return machine.copy(to, from, size_t(bytes));
}

Status SimtDevice::copyIn(void *to, const void *from, int64_t bytes) {
  return machine.copyIn(to, from, size_t(bytes));
}

Status SimtDevice::copyOut(void *to, const void *from, int64_t bytes) {
  return machine.copyOut(to, from, size_t(bytes));
}

Status SimtDevice::launch(const normc_launch &launch, void **parameters, int32_t count) {
  const normc_simt_kernel *kernel = simt::findKernel(kernels, launch.kernel);
  const std::string name = "kernel '" + std::string(launch.kernel) + "'";
  if (!kernel)
    return badModule(name + " has no twin for the host; compile the module again");
  if (kernel->parameter_count != count)
    return badModule(name + " takes " + std::to_string(kernel->parameter_count) +
                     " parameters, but its plan gives it " + std::to_string(count) + "; compile the module again");
  return machine.launch(*kernel, launch.grid, launch.block, launch.shared, launch.cluster, launch.cooperative != 0,
                        parameters);
}

void SimtDevice::finish() {
  if (!options || !options->count)
    return;
  for (const simt::Count &count : machine.counts()) {
    const normrt_count told = {count.kernel.c_str(), count.operand.c_str(), count.sweep, 0, count.read, count.written};
    options->count(options->data, &told);
  }
}

} // namespace normc::runtime::gpu
