//===- HeaderTest.cpp - the declarations are the driver's -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Holds what the runtime declares of the driver against cuda.h, when it is compiled.
//
//===----------------------------------------------------------------------===//
#include "runtime/Cuda/DriverTypes.h"

// Also what later versions have replaced, but libcuda still exports.
#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>

#include <cstddef>
#include <gtest/gtest.h>
#include <type_traits>

namespace normc::runtime::cuda {

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

#define SAME(OURS, THEIRS) static_assert(int(OURS) == int(THEIRS), #OURS " is not " #THEIRS)
SAME(success, CUDA_SUCCESS);
SAME(errorInvalidValue, CUDA_ERROR_INVALID_VALUE);
SAME(errorOutOfMemory, CUDA_ERROR_OUT_OF_MEMORY);
SAME(errorNotInitialized, CUDA_ERROR_NOT_INITIALIZED);
SAME(errorDeviceUnavailable, CUDA_ERROR_DEVICE_UNAVAILABLE);
SAME(errorNoDevice, CUDA_ERROR_NO_DEVICE);
SAME(errorInvalidDevice, CUDA_ERROR_INVALID_DEVICE);
SAME(errorInvalidContext, CUDA_ERROR_INVALID_CONTEXT);
SAME(errorNoBinaryForGpu, CUDA_ERROR_NO_BINARY_FOR_GPU);
SAME(errorInvalidPtx, CUDA_ERROR_INVALID_PTX);
SAME(errorJitCompilerNotFound, CUDA_ERROR_JIT_COMPILER_NOT_FOUND);
SAME(errorUnsupportedPtxVersion, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
SAME(errorInvalidHandle, CUDA_ERROR_INVALID_HANDLE);
SAME(errorNotFound, CUDA_ERROR_NOT_FOUND);
SAME(errorIllegalAddress, CUDA_ERROR_ILLEGAL_ADDRESS);
SAME(errorLaunchOutOfResources, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
SAME(errorLaunchTimeout, CUDA_ERROR_LAUNCH_TIMEOUT);
SAME(errorLaunchFailed, CUDA_ERROR_LAUNCH_FAILED);
SAME(errorCooperativeLaunchTooLarge, CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
SAME(errorSystemNotReady, CUDA_ERROR_SYSTEM_NOT_READY);
SAME(errorSystemDriverMismatch, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
SAME(errorCompatNotSupportedOnDevice, CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE);
SAME(errorUnknown, CUDA_ERROR_UNKNOWN);
SAME(multiprocessorCount, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
SAME(l2CacheSize, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
SAME(computeCapabilityMajor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(computeCapabilityMinor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME(cooperativeLaunch, CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH);
SAME(maxSharedMemoryPerBlockOptin, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
SAME(memoryPoolsSupported, CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED);
SAME(maxDynamicSharedSizeBytes, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
SAME(jitErrorLogBuffer, CU_JIT_ERROR_LOG_BUFFER);
SAME(jitErrorLogBufferSizeBytes, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
SAME(streamNonBlocking, CU_STREAM_NON_BLOCKING);
SAME(eventDefault, CU_EVENT_DEFAULT);
SAME(poolReleaseThreshold, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD);
SAME(allocationPinned, CU_MEM_ALLOCATION_TYPE_PINNED);
SAME(locationDevice, CU_MEM_LOCATION_TYPE_DEVICE);
SAME(launchCooperative, CU_LAUNCH_ATTRIBUTE_COOPERATIVE);
SAME(launchClusterDimension, CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

#define SAME_SIZE(OURS, THEIRS)                                                                                        \
  static_assert(sizeof(OURS) == sizeof(THEIRS) && alignof(OURS) == alignof(THEIRS), #OURS " is not " #THEIRS)
#define SAME_PLACE(OURS, OUR_FIELD, THEIRS, THEIR_FIELD)                                                               \
  static_assert(offsetof(OURS, OUR_FIELD) == offsetof(THEIRS, THEIR_FIELD) &&                                          \
                    sizeof(OURS::OUR_FIELD) == sizeof(THEIRS::THEIR_FIELD),                                            \
                #OURS "::" #OUR_FIELD " is not " #THEIRS "::" #THEIR_FIELD)
SAME_SIZE(Result, CUresult);
SAME_SIZE(DeviceHandle, CUdevice);
SAME_SIZE(DevicePointer, CUdeviceptr);
SAME_SIZE(PoolProperties, CUmemPoolProps);
SAME_PLACE(PoolProperties, allocation, CUmemPoolProps, allocType);
SAME_PLACE(PoolProperties, handles, CUmemPoolProps, handleTypes);
SAME_PLACE(PoolProperties, location, CUmemPoolProps, location);
SAME_PLACE(PoolProperties, securityAttributes, CUmemPoolProps, win32SecurityAttributes);
SAME_SIZE(LaunchAttribute, CUlaunchAttribute);
SAME_PLACE(LaunchAttribute, id, CUlaunchAttribute, id);
SAME_PLACE(LaunchAttribute, value, CUlaunchAttribute, value);
SAME_PLACE(LaunchAttribute, value.cluster.x, CUlaunchAttribute, value.clusterDim.x);
SAME_PLACE(LaunchAttribute, value.cooperative, CUlaunchAttribute, value.cooperative);
SAME_SIZE(LaunchConfig, CUlaunchConfig);
SAME_PLACE(LaunchConfig, gridX, CUlaunchConfig, gridDimX);
SAME_PLACE(LaunchConfig, blockX, CUlaunchConfig, blockDimX);
SAME_PLACE(LaunchConfig, sharedBytes, CUlaunchConfig, sharedMemBytes);
SAME_PLACE(LaunchConfig, stream, CUlaunchConfig, hStream);
SAME_PLACE(LaunchConfig, attributes, CUlaunchConfig, attrs);
SAME_PLACE(LaunchConfig, attributeCount, CUlaunchConfig, numAttrs);

//===----------------------------------------------------------------------===//
// Functions: as many parameters, of the same sizes, pointers for pointers
//===----------------------------------------------------------------------===//

template <typename Ours, typename Theirs>
struct SameFunction : std::false_type {};
template <typename... Ours, typename... Theirs>
struct SameFunction<Result(Ours...), CUresult(Theirs...)> {
  template <typename A, typename B>
  static constexpr bool same = sizeof(A) == sizeof(B) && std::is_pointer_v<A> == std::is_pointer_v<B>;
  static constexpr bool check() {
    if constexpr (sizeof...(Ours) == sizeof...(Theirs))
      return (same<Ours, Theirs> && ...);
    else
      return false;
  }
  static constexpr bool value = check();
};

#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)                                                          \
  static_assert(SameFunction<Result PARAMETERS, decltype(::NAME##SUFFIX)>::value, #NAME " takes something else");
#include "runtime/Cuda/DriverFunctions.def"

} // namespace normc::runtime::cuda

TEST(HeaderTest, IsTheDrivers) {
  // All of it was checked when this was compiled.
  RecordProperty("cuda_version", CUDA_VERSION);
}
