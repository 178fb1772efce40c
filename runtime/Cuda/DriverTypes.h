//===- DriverTypes.h - what the driver's functions take ---------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few types and numbers of NVIDIA's driver interface that are used here, so that
// nothing of the CUDA Toolkit is needed to build. A test holds them against cuda.h
// where there is one.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CUDA_DRIVERTYPES_H
#define NORMC_RUNTIME_CUDA_DRIVERTYPES_H

#include <cstddef>

namespace normc::runtime::cuda {

using Result = int;
using DeviceHandle = int;
using DevicePointer = unsigned long long;
using Context = struct ContextTag *;
using Module = struct ModuleTag *;
using Function = struct FunctionTag *;
using Stream = struct StreamTag *;
using Event = struct EventTag *;
using Pool = struct PoolTag *;

enum : Result {
  success = 0,
  errorInvalidValue = 1,
  errorOutOfMemory = 2,
  errorNotInitialized = 3,
  errorDeviceUnavailable = 46,
  errorNoDevice = 100,
  errorInvalidDevice = 101,
  errorInvalidContext = 201,
  errorNoBinaryForGpu = 209,
  errorInvalidPtx = 218,
  errorJitCompilerNotFound = 221,
  errorUnsupportedPtxVersion = 222,
  errorInvalidHandle = 400,
  errorNotFound = 500,
  errorIllegalAddress = 700,
  errorLaunchOutOfResources = 701,
  errorLaunchTimeout = 702,
  errorLaunchFailed = 719,
  errorCooperativeLaunchTooLarge = 720,
  errorSystemNotReady = 802,
  errorSystemDriverMismatch = 803,
  errorCompatNotSupportedOnDevice = 804,
  errorUnknown = 999
};

enum DeviceAttribute : int {
  multiprocessorCount = 16,
  l2CacheSize = 38,
  computeCapabilityMajor = 75,
  computeCapabilityMinor = 76,
  cooperativeLaunch = 95,
  maxSharedMemoryPerBlockOptin = 97,
  memoryPoolsSupported = 115
};

enum FunctionAttribute : int { maxDynamicSharedSizeBytes = 8 };

enum JitOption : int { jitErrorLogBuffer = 5, jitErrorLogBufferSizeBytes = 6 };

enum : unsigned { streamNonBlocking = 1, eventDefault = 0 };

enum PoolAttribute : int { poolReleaseThreshold = 4 };

enum AllocationType : int { allocationPinned = 1 };
enum LocationType : int { locationDevice = 1 };

struct PoolProperties {
  AllocationType allocation;
  int handles; ///< 0: not to be shared with other processes
  struct {
    LocationType type;
    int id;
  } location;
  void *securityAttributes;
  unsigned char reserved[64];
};

enum LaunchAttributeId : int { launchCooperative = 2, launchClusterDimension = 4 };

struct LaunchAttribute {
  LaunchAttributeId id;
  char padding[8 - sizeof(int)];
  union {
    char bytes[64];
    void *address; ///< what the alignment comes from
    struct {
      unsigned x, y, z;
    } cluster;
    int cooperative;
  } value;
};

struct LaunchConfig {
  unsigned gridX, gridY, gridZ;
  unsigned blockX, blockY, blockZ;
  unsigned sharedBytes;
  Stream stream;
  LaunchAttribute *attributes;
  unsigned attributeCount;
};

} // namespace normc::runtime::cuda

#endif // NORMC_RUNTIME_CUDA_DRIVERTYPES_H
