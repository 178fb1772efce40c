//===- LoadedModule.cpp - a module's kernels on a GPU -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Cuda/LoadedModule.h"

#include <cstdlib>
#include <vector>

namespace normc::runtime::cuda {

/// Dynamic shared memory that every launch may ask for; above it, a kernel has to opt in.
static constexpr int32_t ordinarySharedBytes = 48 * 1024;

std::string findTargetFault(const std::string &target, int32_t capability) {
  char *end = nullptr;
  const long wanted = std::strtol(target.c_str() + 3, &end, 10); // after "sm_", which the table's check has seen
  const bool isExact = *end == 'a';
  if (isExact ? wanted == capability : wanted <= capability)
    return "";
  return "its kernels are compiled for " + target + ", which this GPU " +
         (wanted > capability ? "is too old for" : "is too new for, as code for that target runs on no other") +
         "; compile it again with --target=sm_" + std::to_string(capability) + " or an earlier one";
}

/// The compiler's log, on one line.
static std::string tidy(std::string log) {
  log.resize(log.find('\0') == std::string::npos ? log.size() : log.find('\0'));
  while (!log.empty() && (log.back() == '\n' || log.back() == ' '))
    log.pop_back();
  for (char &c : log)
    if (c == '\n' || c == '\r' || c == '\t')
      c = ' ';
  return log;
}

Status LoadedModule::load(const char *ptx) {
  std::string log(8192, '\0');
  JitOption options[] = {jitErrorLogBuffer, jitErrorLogBufferSizeBytes};
  // The value of an option that is a number stands in the pointer's place.
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size())};
  if (Status failed = gpu->getDriver().moduleLoad(&module, ptx, 2, options, values)) {
    module = nullptr;
    log = tidy(log);
    return {failed.getCode(), failed.getMessage() + (log.empty() ? "" : "; the driver's compiler says: " + log)};
  }
  return {};
}

Status LoadedModule::open(const char *ptx, const char *target, std::unique_ptr<const Gpu> gpu,
                          std::unique_ptr<LoadedModule> &module) {
  std::string fault = findTargetFault(target, gpu->getProperties().capability);
  if (!fault.empty())
    return {NORMRT_NO_DEVICE, fault};
  std::unique_ptr<LoadedModule> opened(new LoadedModule(std::move(gpu)));
  Current current;
  if (Status failed = current.enter(*opened->gpu))
    return failed;
  if (Status failed = opened->load(ptx))
    return failed;
  module = std::move(opened);
  return {};
}

LoadedModule::~LoadedModule() {
  Current current;
  if (module && !current.enter(*gpu))
    (void)bool(gpu->getDriver().moduleUnload(module));
}

Status LoadedModule::find(const char *name, int32_t sharedBytes, Function &function) {
  std::lock_guard lock(mutex);
  Kernel &kernel = kernels[name];
  const Driver &driver = gpu->getDriver();
  if (!kernel.function)
    if (Status failed = driver.moduleGetFunction(&kernel.function, module, name))
      return failed;
  if (sharedBytes > ordinarySharedBytes && sharedBytes > kernel.sharedBytes) {
    if (Status failed = driver.functionSetAttribute(kernel.function, maxDynamicSharedSizeBytes, sharedBytes))
      return failed;
    kernel.sharedBytes = sharedBytes;
  }
  function = kernel.function;
  return {};
}

} // namespace normc::runtime::cuda
