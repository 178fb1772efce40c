//===- Plan.cpp - the launches of one call ----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/Plan.h"

#include "runtime/Gpu/Launch.h"

namespace normc::runtime::gpu {

static Status within(const char *entry, const Status &failed) {
  return {failed.getCode(), "function '" + std::string(entry) + "' failed: " + failed.getMessage()};
}

/// What a plan says where it cannot run: the extents are not for it.
static Status refused(const char *message) {
  return badArgument(*message ? message : "its plan has no launches for arrays of these extents on this GPU");
}

Status Plan::read(const normc_entry &entry, std::vector<int64_t> values, const normc_gpu &gpu) {
  const normc_gpu_plan &plan = *entry.gpu;
  name = entry.name;
  symbols = std::move(values);
  temporaries.resize(plan.temporary_count);
  launches.clear();
  char message[NORMRT_MESSAGE_SIZE] = "";
  auto cutOff = [&]() -> const char * {
    message[sizeof message - 1] = '\0';
    return message;
  };
  if (plan.temporary_count > 0 &&
      plan.temporaries(symbols.data(), &gpu, temporaries.data(), message, sizeof message) != 0)
    return within(name, refused(cutOff()));
  for (size_t i = 0; i < temporaries.size(); ++i)
    if (temporaries[i].bytes < 0)
      return within(name, badModule("its temporary " + std::to_string(i) + " has " +
                                    std::to_string(temporaries[i].bytes) + " bytes; compile it again"));
  const int32_t bufferCount = entry.argument_count + entry.result_count + plan.temporary_count;
  for (int32_t i = 0; i < plan.launch_count; ++i) {
    normc_launch launch = {};
    launch.cluster = 1;
    if (plan.launch(symbols.data(), &gpu, i, &launch, message, sizeof message) != 0)
      return within(name, refused(cutOff()));
    if (Status failed = checkLaunch(launch, bufferCount, gpu))
      return within(name, failed);
    if (launch.grid > 0)
      launches.push_back({launch, launch.kernel, {launch.buffers, launch.buffers + launch.buffer_count}});
  }
  return {};
}

Status Plan::launchAll(Device &device, const std::vector<void *> &buffers) const {
  for (const Launch &planned : launches) {
    normc_launch launch = planned.launch;
    launch.kernel = planned.kernel.c_str();
    launch.buffers = planned.buffers.data();
    // A pointer for each buffer, then the symbols, then the scalars: 8 bytes each.
    std::vector<uint64_t> values;
    for (int32_t buffer : planned.buffers)
      values.push_back(reinterpret_cast<uintptr_t>(buffers[buffer]));
    for (int64_t symbol : symbols)
      values.push_back(uint64_t(symbol));
    for (int32_t i = 0; i < launch.scalar_count; ++i)
      values.push_back(uint64_t(launch.scalars[i]));
    std::vector<void *> parameters;
    for (uint64_t &value : values)
      parameters.push_back(&value);
    if (Status failed = device.launch(launch, parameters.data(), int32_t(parameters.size())))
      return failed;
  }
  return {};
}

Status Plan::run(Device &device, std::vector<void *> buffers) const {
  const size_t arrays = buffers.size();
  Status result;
  for (const normc_temporary &temporary : temporaries) {
    void *address = nullptr;
    if (Status failed = device.allocate(temporary.bytes, address)) {
      result = failed;
      break;
    }
    buffers.push_back(address);
    if (temporary.zeroed && temporary.bytes > 0)
      if (Status failed = device.zero(address, temporary.bytes)) {
        result = failed;
        break;
      }
  }
  if (!result)
    result = launchAll(device, buffers);
  // Also after a failure; the first one is told.
  for (size_t i = arrays; i < buffers.size(); ++i)
    if (Status failed = device.release(buffers[i]); failed && !result)
      result = failed;
  return result ? within(name, result) : result;
}

} // namespace normc::runtime::gpu
