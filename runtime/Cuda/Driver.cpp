//===- Driver.cpp - NVIDIA's driver library, opened at run time -*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Cuda/Driver.h"

#include <cstdlib>
#include <dlfcn.h>

namespace normc::runtime::cuda {

std::string versionText(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

static Status noGpu(const std::string &reason) {
  return {NORMRT_NO_DEVICE, "cannot use a GPU: " + reason};
}

template <typename Function>
Status Driver::lookUp(void *library, const std::string &path, const char *name, const char *symbol,
                      Function &call) const {
  call.driver = this;
  call.name = name;
  call.function = reinterpret_cast<decltype(call.function)>(dlsym(library, symbol));
  if (call.function)
    return {};
  return noGpu("'" + path + "' is not NVIDIA's driver, or is damaged: it does not export " + symbol);
}

Status Driver::load(const std::string &path) {
  // Drivers are not made to be unloaded.
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char *reason = dlerror();
    return noGpu("there is no NVIDIA driver on this machine (" + (reason ? std::string(reason) : path) + ")");
  }
#define NORMC_CUDA_FIRST_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)                                                    \
  if (Status failed = lookUp(library, path, #NAME, #NAME #SUFFIX, MEMBER))                                             \
    return failed;
#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)
#include "runtime/Cuda/DriverFunctions.def"
  if (Status failed = driverGetVersion(&version))
    return noGpu(failed.getMessage());
  // Before the other functions are looked up: an old driver is not a damaged one.
  if (version < oldestVersion)
    return noGpu("the NVIDIA driver is one for CUDA " + versionText(version) + ", but " + versionText(oldestVersion) +
                 " or later is needed; update the driver");
#define NORMC_CUDA_FIRST_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)
#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)                                                          \
  if (Status failed = lookUp(library, path, #NAME, #NAME #SUFFIX, MEMBER))                                             \
    return failed;
#include "runtime/Cuda/DriverFunctions.def"
  if (Status failed = init(0))
    return noGpu(failed.getMessage());
  return {};
}

Status Driver::open(std::unique_ptr<const Driver> &driver) {
  const char *path = std::getenv("NORMC_LIBCUDA");
  std::unique_ptr<Driver> opened(new Driver);
  if (Status failed = opened->load(path && *path ? path : "libcuda.so.1"))
    return failed;
  driver = std::move(opened);
  return {};
}

/// What to do about it, where that is known.
static const char *hint(Result result) {
  switch (result) {
  case errorDeviceUnavailable:
    return "the GPU is busy, or reserved for another process";
  case errorNoDevice:
    return "check with nvidia-smi whether one is there, and what CUDA_VISIBLE_DEVICES says";
  case errorNoBinaryForGpu:
    return "compile the module for this GPU, with --target";
  case errorInvalidPtx:
    return "compile the module for this GPU, with --target; if it was, this is a fault of normc";
  case errorJitCompilerNotFound:
    return "libnvidia-ptxjitcompiler, a part of the driver, is missing";
  case errorUnsupportedPtxVersion:
    return "update the driver, or compile the module with a normc that writes older PTX";
  case errorLaunchTimeout:
    return "the GPU also drives a display, whose watchdog stops long kernels";
  case errorSystemDriverMismatch:
    return "the driver's library and its kernel module have different versions; a reboot or a reinstallation helps";
  case errorSystemNotReady:
    return "the machine's fabric manager is not running";
  }
  return nullptr;
}

static normrt_status codeOf(Result result) {
  switch (result) {
  case errorOutOfMemory:
    return NORMRT_OUT_OF_MEMORY;
  case errorDeviceUnavailable:
  case errorNoDevice:
  case errorInvalidDevice:
  case errorNoBinaryForGpu:
  case errorInvalidPtx:
  case errorJitCompilerNotFound:
  case errorUnsupportedPtxVersion:
  case errorSystemNotReady:
  case errorSystemDriverMismatch:
  case errorCompatNotSupportedOnDevice:
    return NORMRT_NO_DEVICE;
  }
  return NORMRT_DEVICE_FAILED;
}

Status Driver::describe(const char *name, Result result) const {
  // Asked directly: these two may not know a code, which is no failure of theirs.
  const char *code = nullptr, *words = nullptr;
  if (getErrorName.function(result, &code) != success || !code)
    code = "an error that the driver has no name for";
  if (getErrorString.function(result, &words) != success)
    words = nullptr;
  std::string message = std::string(name) + " failed with " + code + " (" + std::to_string(result) +
                        (words ? std::string(": ") + words : "") + ")";
  if (const char *advice = hint(result))
    message += std::string("; ") + advice;
  return {codeOf(result), message};
}

} // namespace normc::runtime::cuda
