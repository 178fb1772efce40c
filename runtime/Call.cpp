//===- Call.cpp - calls of functions ----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Call.h"

#include "runtime/CpuRunner.h"
#include "runtime/Gpu/Devices.h"
#include "runtime/Gpu/GpuRunner.h"
#include "runtime/Groups/Group.h"

namespace normc::runtime {

static Status checkOptions(const normrt_options &options) {
  if (options.version != NORMRT_VERSION)
    return badArgument("the options have version " + std::to_string(options.version) + ", but this runtime reads " +
                       std::to_string(NORMRT_VERSION));
  if (options.threads < 0 || options.threads > NORMRT_MAX_THREADS)
    return badArgument("threads must be between 0 and " + std::to_string(NORMRT_MAX_THREADS) + ", not " +
                       std::to_string(options.threads));
  if (options.device < NORMRT_CPU || options.device > NORMRT_CUDA)
    return badArgument("there is no device " + std::to_string(options.device) +
                       "; they are 0 (cpu), 1 (simt) and 2 (cuda)");
  if (options.device != NORMRT_CUDA && (options.device_index != 0 || options.stream))
    return badArgument("only the cuda device has an index and a stream");
  if (options.device != NORMRT_SIMT && options.simt)
    return badArgument("only the simt device has an order");
  if (options.device != NORMRT_CPU && options.group)
    return badArgument("a group's ranks run on the CPU, not on another device");
  return {};
}

/// Where the call's tensors lie: the first one tells.
static Place placeOf(const normrt_options &options, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
                     int32_t outputCount) {
  const DLTensor *first = inputCount > 0 ? inputs : outputCount > 0 ? outputs : nullptr;
  return {options.device == NORMRT_CUDA && first && first->device.device_type == kDLCUDA, options.device_index};
}

/// A single device has everything: what is a share elsewhere has the extent that the graph states.
static Status checkWhole(const Frame &frame) {
  for (int32_t i = 0; i < frame.signature.argumentCount; ++i) {
    const normc_value &value = frame.signature.arguments[i];
    if (value.shard == 0 || value.joined < 0 || frame.arguments[i].extents.values[value.shard - 1] == value.joined)
      continue;
    return badArgument(describeArgument(frame.signature, i) + " has extent " + std::to_string(value.joined) + " along axis " +
                       std::to_string(value.shard - 1) + ", but the array is " + toText(frame.arguments[i].extents) +
                       "; pass all of it, or a share of it together with a group");
  }
  return {};
}

static Status callAlone(const Function &function, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
                        int32_t outputCount, const normrt_options &options) {
  if (Status failed = checkOptions(options))
    return failed;
  const Place place = placeOf(options, inputs, inputCount, outputs, outputCount);
  Frame frame(function.signature);
  if (Status failed = bindArrays(frame, inputs, inputCount, outputs, outputCount, place))
    return failed;
  if (!options.group)
    if (Status failed = checkWhole(frame))
      return failed;
  if (options.device == NORMRT_CPU) {
    CpuRunner runner(options.threads, reinterpret_cast<Group *>(options.group));
    return runFunction(function, frame, runner);
  }
  std::unique_ptr<gpu::Device> device;
  if (Status failed = function.devices->open(options, device))
    return failed;
  return place.onGpu ? gpu::runOnDevice(function, frame, *device) : gpu::runWithCopies(function, frame, *device);
}

Status call(const Function &function, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
            int32_t outputCount, const normrt_options &options) {
  Status status = callAlone(function, inputs, inputCount, outputs, outputCount, options);
  // Others must not wait for a rank that has failed.
  if (status && options.version == NORMRT_VERSION && options.group)
    reinterpret_cast<Group *>(options.group)->abandon(status.getMessage());
  return status;
}

} // namespace normc::runtime
