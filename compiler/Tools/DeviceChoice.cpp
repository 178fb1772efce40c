//===- DeviceChoice.cpp - where a command line runs functions ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/DeviceChoice.h"
#include "compiler/Tools/GpuModule.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/SharedObject.h"
#include "runtime/normrt_device.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc {

/// What there is to compile for, in the order of capabilities.
static constexpr std::pair<int, StringLiteral> targets[] = {{75, "sm_75"}, {80, "sm_80"}, {86, "sm_86"},
                                                            {89, "sm_89"}, {90, "sm_90"}, {90, "sm_90a"}};
/// What the simt device plays unless it is told otherwise.
static constexpr StringLiteral ordinaryTarget = "sm_80";

CallOptions::CallOptions(const DeviceChoice &device, int threads, std::vector<OperandCount> *counts)
    : options{NORMRT_VERSION, threads, device.kind, device.index, nullptr, nullptr, nullptr}, simt(device.simt) {
  if (device.kind != NORMRT_SIMT)
    return;
  options.simt = &simt;
  if (!counts)
    return;
  simt.data = counts;
  simt.count = [](void *data, const normrt_count *count) {
    static_cast<std::vector<OperandCount> *>(data)->push_back(
        {count->kernel, count->operand, count->sweep, count->read, count->written});
  };
}

std::string toTable(ArrayRef<OperandCount> counts) {
  size_t kernel = 6, operand = 7;
  for (const OperandCount &count : counts) {
    kernel = std::max(kernel, count.kernel.size());
    operand = std::max(operand, count.operand.size());
  }
  std::string text = fmt::format("{:<{}} {:<{}} {:>5} {:>14} {:>14}\n", "kernel", kernel, "operand", operand, "sweep",
                                 "bytes read", "written");
  for (const OperandCount &count : counts)
    text += fmt::format("{:<{}} {:<{}} {:>5} {:>14} {:>14}\n", count.kernel, kernel, count.operand, operand,
                        count.sweep, count.read, count.written);
  return text;
}

DeviceOptions::DeviceOptions(cl::OptionCategory &category)
    : counters("simt-counters", cl::cat(category)),
      order("simt-order", cl::init(NORMRT_ASCENDING), cl::cat(category),
            cl::values(clEnumValN(NORMRT_ASCENDING, "ascending", ""), clEnumValN(NORMRT_DESCENDING, "descending", ""),
                       clEnumValN(NORMRT_SHUFFLED, "shuffled", ""))),
      seed("simt-seed", cl::init(0), cl::cat(category)), index("device-index", cl::init(0), cl::cat(category)),
      target("target", cl::cat(category)) {}

bool DeviceOptions::read(StringRef tool, DeviceChoice &device) const {
  auto wrong = [&](const Twine &message) {
    errs() << tool << ": error: " << message << '\n';
    return false;
  };
  for (auto [option, given] : {std::pair("--simt-order", order.getNumOccurrences()),
                               {"--simt-seed", seed.getNumOccurrences()},
                               {"--simt-counters", counters.getNumOccurrences()}})
    if (given && device.kind != NORMRT_SIMT)
      return wrong(Twine(option) + " goes with --device=simt only");
  if (index.getNumOccurrences() && device.kind != NORMRT_CUDA)
    return wrong("--device-index goes with --device=cuda only");
  if (index < 0)
    return wrong(fmt::format("--device-index must be 0 or more, not {}", int(index)));
  if (seed.getNumOccurrences() && order != NORMRT_SHUFFLED)
    return wrong("--simt-seed goes with --simt-order=shuffled only");
  if (target.getNumOccurrences()) {
    if (!device.isGpu())
      return wrong("--target goes with --device=simt and --device=cuda only");
    if (none_of(targets, [&](auto &known) { return known.second == target; }))
      return wrong(
          fmt::format("--target={}: there is no such target; there are sm_75, sm_80, sm_86, sm_89, sm_90 and sm_90a",
                      target.getValue()));
  }
  device.index = index;
  device.target = target;
  device.simt.order = order;
  device.simt.seed = seed;
  return true;
}

Error checkModule(const std::string &path, const DeviceChoice &device) {
  if (device.target.empty())
    return Error::success();
  return createStringError(
      fmt::format("{}: a module is compiled already; --target={} is for graphs", path, device.target));
}

/// The best target for a GPU.
static Expected<std::string> findTarget(const normrt_device_properties &gpu) {
  std::string best;
  for (auto [capability, name] : targets)
    if (capability <= gpu.capability && !name.ends_with("a"))
      best = name.str();
  if (best.empty())
    return createStringError(
        fmt::format("{} is an sm_{}, which is too old: kernels need sm_75 or later", gpu.name, gpu.capability));
  return best;
}

Error findDevice(DeviceChoice &device) {
  if (device.kind == NORMRT_SIMT && device.target.empty())
    device.target = ordinaryTarget.str();
  if (device.kind != NORMRT_CUDA)
    return Error::success();
  normrt_error error;
  normrt_device *gpu = nullptr;
  if (normrt_device_open(device.index, &gpu, &error) != NORMRT_OK)
    return toError(error);
  normrt_device_properties properties;
  const bool described = normrt_device_describe(gpu, &properties, &error) == NORMRT_OK;
  normrt_device_close(gpu);
  if (!described)
    return toError(error);
  Expected<std::string> target = findTarget(properties);
  if (!target)
    return target.takeError();
  if (device.target.empty())
    device.target = std::move(*target);
  return Error::success();
}

Expected<std::string> compileFor(const DeviceChoice &device, mlir::ModuleOp kernels) {
  return device.isGpu() ? compileGpuModule(kernels, device.target) : compileCached(emitModuleSource(kernels));
}

} // namespace normc
