//===- DeviceChoice.h - where a command line runs functions --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_DEVICECHOICE_H
#define NORMC_COMPILER_TOOLS_DEVICECHOICE_H

#include "compiler/Tools/Compilation.h"
#include "compiler/Tools/Usage.h"
#include "runtime/normrt.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace normc {

/// What a sweep of a kernel moved of an operand, as the simt device counts it.
struct OperandCount {
  std::string kernel, operand;
  int32_t sweep = 0;
  int64_t read = 0, written = 0;
};

/// A device of the runtime, and how it runs.
struct DeviceChoice {
  int32_t kind = NORMRT_CPU; ///< enum normrt_device_kind
  int32_t index = 0;         ///< of GPUs
  std::string target;        ///< what to compile graphs for, "sm_80"; empty to find out
  normrt_simt simt = {};

  bool isGpu() const { return kind != NORMRT_CPU; }
};

/// Options of a call there. Where `counts` is not null, what the simt device counts is added to it. Both outlive the
/// options.
class CallOptions {
public:
  CallOptions(const DeviceChoice &device, int threads, std::vector<OperandCount> *counts);
  CallOptions(const CallOptions &) = delete;
  CallOptions &operator=(const CallOptions &) = delete;

  normrt_options options;

private:
  normrt_simt simt;
};

/// `kernel operand sweep read written`, a line for each.
std::string toTable(llvm::ArrayRef<OperandCount> counts);

/// The options of a command line that belong to a GPU, played or real.
class DeviceOptions {
public:
  explicit DeviceOptions(llvm::cl::OptionCategory &category);

  /// Fills in what the options say; `kind` is known. False, after a sentence on standard error that begins with the
  /// tool's name, where they do not fit the device.
  bool read(llvm::StringRef tool, DeviceChoice &device) const;

  llvm::cl::opt<bool> counters;

private:
  WordOption<normrt_simt_order> order;
  llvm::cl::opt<unsigned long long> seed;
  llvm::cl::opt<int> index;
  llvm::cl::opt<std::string> target;
};

/// Compiles a module of kernels into a loadable one, for the CPU and, where the device is one, for a GPU. Yields its
/// path in the user's cache.
llvm::Expected<std::string> compileFor(const DeviceChoice &device, mlir::ModuleOp kernels);

/// Fails where the device asks for something that a module, compiled already, cannot have.
llvm::Error checkModule(const std::string &path, const DeviceChoice &device);

/// Fails where the device is not there, before anything is compiled for it.
llvm::Error findDevice(DeviceChoice &device);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_DEVICECHOICE_H
