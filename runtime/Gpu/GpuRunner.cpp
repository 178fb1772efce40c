//===- GpuRunner.cpp - entries on a GPU -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/GpuRunner.h"

#include "runtime/Gpu/Nonzero.h"

namespace normc::runtime::gpu {

GpuRunner::~GpuRunner() {
  (void)bool(finish());
}

Status GpuRunner::prepare(const normc_entry &entry, const Frame &frame) {
  if (!entry.gpu)
    return {NORMRT_NO_DEVICE, "function '" + std::string(entry.name) +
                                  "' has no GPU kernels; compile its module for a GPU, as with --target=sm_80"};
  return plans[&entry].read(entry, frame.symbols.getValues(), device.getProperties());
}

Status GpuRunner::run(const normc_entry &entry, const Frame &frame) {
  if (Status failed = checkNonzero(frame, device))
    return {failed.getCode(), "function '" + std::string(entry.name) + "' failed: " + failed.getMessage()};
  return plans.at(&entry).run(device, frame.getData());
}

Status GpuRunner::allocate(int64_t bytes, const std::string &what, void *&data) {
  if (Status failed = device.allocate(bytes, data)) {
    const std::string reason = ": " + failed.getMessage();
    if (failed.getCode() != NORMRT_OUT_OF_MEMORY)
      return {failed.getCode(), "cannot allocate the " + std::to_string(bytes) + " bytes of " + what + reason};
    return {NORMRT_OUT_OF_MEMORY,
            "no memory on the GPU for the " + std::to_string(bytes) + " bytes of " + what + reason};
  }
  allocated.push_back(data);
  return {};
}

Status GpuRunner::copy(void *to, const void *from, int64_t bytes) {
  return device.copy(to, from, bytes);
}

Status GpuRunner::finish() {
  Status result;
  for (void *address : allocated)
    if (Status failed = device.release(address); failed && !result)
      result = failed;
  allocated.clear();
  return result;
}

Status runOnDevice(const Function &function, const Frame &frame, Device &device) {
  GpuRunner runner(device);
  if (Status failed = runFunction(function, frame, runner))
    return failed;
  return runner.finish();
}

/// Host arrays' twins on the device. An array without elements, or of which only the extents are read, has none.
static Status allocateTwins(const normc_value *values, const std::vector<Array> &arrays, const char *kind,
                            GpuRunner &runner, std::vector<Array> &twins) {
  for (size_t i = 0; i < arrays.size(); ++i) {
    twins[i].data = nullptr;
    if (arrays[i].bytes > 0 && (values[i].flags & NORMC_EXTENTS_ONLY) == 0)
      if (Status failed = runner.allocate(arrays[i].bytes, describe(kind, values[i], int32_t(i)), twins[i].data))
        return failed;
  }
  return {};
}

/// All but the waiting: host memory is being written until then, so the caller waits also where this fails.
static Status runTwins(const Function &function, const Frame &frame, Device &device, GpuRunner &runner) {
  Frame twin = frame;
  if (Status failed = allocateTwins(frame.signature.arguments, frame.arguments, "argument", runner, twin.arguments))
    return failed;
  if (Status failed = allocateTwins(frame.signature.results, frame.results, "result", runner, twin.results))
    return failed;
  for (size_t i = 0; i < frame.arguments.size(); ++i)
    if (const Array &array = twin.arguments[i]; array.data)
      if (Status failed = device.copyIn(array.data, frame.arguments[i].data, array.bytes))
        return failed;
  if (Status failed = runFunction(function, twin, runner))
    return failed;
  for (size_t i = 0; i < frame.results.size(); ++i)
    if (const Array &array = twin.results[i]; array.data)
      if (Status failed = device.copyOut(frame.results[i].data, array.data, array.bytes))
        return failed;
  return {};
}

Status runWithCopies(const Function &function, const Frame &frame, Device &device) {
  GpuRunner runner(device);
  Status result = runTwins(function, frame, device, runner);
  Status released = runner.finish(), done = device.synchronize();
  for (Status *failed : {&released, &done})
    if (*failed && !result)
      result = std::move(*failed);
  if (!result)
    device.finish();
  return result;
}

} // namespace normc::runtime::gpu
