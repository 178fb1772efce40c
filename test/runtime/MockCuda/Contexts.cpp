//===- Contexts.cpp - the driver, its GPUs and their contexts ---*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Calls.h"

#include <algorithm>
#include <climits>
#include <cstring>

namespace normc::runtime::cuda {

Result cuDriverGetVersion(int *version) {
  return ask("cuDriverGetVersion", [&](Mock &mock) {
    *version = mock.settings.version;
    return success;
  });
}

Result cuGetErrorName(Result error, const char **text) {
  static const std::map<Result, const char *> names = {
      {errorInvalidValue, "CUDA_ERROR_INVALID_VALUE"},
      {errorOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
      {errorNoDevice, "CUDA_ERROR_NO_DEVICE"},
      {errorInvalidDevice, "CUDA_ERROR_INVALID_DEVICE"},
      {errorInvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
      {errorNoBinaryForGpu, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
      {errorInvalidPtx, "CUDA_ERROR_INVALID_PTX"},
      {errorUnsupportedPtxVersion, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
      {errorInvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
      {errorNotFound, "CUDA_ERROR_NOT_FOUND"},
      {errorIllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {errorLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"},
      {errorCooperativeLaunchTooLarge, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"},
      {errorSystemDriverMismatch, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
      {errorUnknown, "CUDA_ERROR_UNKNOWN"}};
  auto found = names.find(error);
  *text = found == names.end() ? nullptr : found->second;
  return found == names.end() ? errorInvalidValue : success;
}

Result cuGetErrorString(Result error, const char **text) {
  const Mock &mock = Mock::get();
  *text = error == errorLaunchFailed && !mock.faultText.empty() ? mock.faultText.c_str() : "words for it";
  return error == errorSystemDriverMismatch ? errorInvalidValue : success;
}

Result cuInit(unsigned flags) {
  return ask("cuInit", [&](Mock &mock) -> Result {
    return flags != 0 ? errorInvalidValue : mock.settings.gpus > 0 ? success : errorNoDevice;
  });
}

Result cuDeviceGetCount(int *count) {
  return ask("cuDeviceGetCount", [&](Mock &mock) {
    *count = mock.settings.gpus;
    return success;
  });
}

Result cuDeviceGet(DeviceHandle *device, int index) {
  return ask("cuDeviceGet", [&](Mock &mock) -> Result {
    if (!mock.isDevice(index))
      return errorInvalidDevice;
    *device = index;
    return success;
  });
}

Result cuDeviceGetName(char *name, int size, DeviceHandle device) {
  return ask("cuDeviceGetName", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device) || size < 1)
      return errorInvalidValue;
    std::strncpy(name, "Mock", size_t(size));
    return success;
  });
}

Result cuDeviceTotalMem_v2(size_t *bytes, DeviceHandle device) {
  return ask("cuDeviceTotalMem", [&](Mock &mock) -> Result {
    *bytes = size_t(1) << 30;
    return mock.isDevice(device) ? success : errorInvalidDevice;
  });
}

Result cuDeviceGetAttribute(int *value, DeviceAttribute attribute, DeviceHandle device) {
  return ask("cuDeviceGetAttribute", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device))
      return errorInvalidDevice;
    switch (attribute) {
    case multiprocessorCount:
      *value = mock.machine->settings().multiprocessors;
      return success;
    case l2CacheSize:
      *value = 1 << 20;
      return success;
    case computeCapabilityMajor:
      *value = mock.settings.capability / 10;
      return success;
    case computeCapabilityMinor:
      *value = mock.settings.capability % 10;
      return success;
    case cooperativeLaunch:
      *value = 1;
      return success;
    case maxSharedMemoryPerBlockOptin:
      *value = mock.machine->sharedPerBlock();
      return success;
    case memoryPoolsSupported:
      *value = mock.settings.pools;
      return success;
    }
    return errorInvalidValue;
  });
}

Result cuDevicePrimaryCtxRetain(Context *context, DeviceHandle device) {
  return ask("cuDevicePrimaryCtxRetain", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device))
      return errorInvalidDevice;
    ++mock.context.retained;
    *context = &mock.context;
    return success;
  });
}

Result cuDevicePrimaryCtxRelease_v2(DeviceHandle device) {
  return giveBack("cuDevicePrimaryCtxRelease", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device) || mock.context.retained < 1)
      return mock.refuse(errorInvalidContext, "a context is released that was not retained");
    --mock.context.retained;
    return success;
  });
}

Result cuCtxPushCurrent_v2(Context context) {
  return ask("cuCtxPushCurrent", [&](Mock &mock) -> Result {
    if (context != &mock.context || mock.context.retained < 1)
      return mock.refuse(errorInvalidContext, "a context becomes current that is not retained");
    mock.currentContexts().push_back(context);
    return success;
  });
}

Result cuCtxPopCurrent_v2(Context *context) {
  return giveBack("cuCtxPopCurrent", [&](Mock &mock) -> Result {
    std::vector<Context> &contexts = mock.currentContexts();
    if (contexts.empty())
      return errorInvalidContext;
    *context = contexts.back();
    contexts.pop_back();
    return success;
  });
}

} // namespace normc::runtime::cuda
