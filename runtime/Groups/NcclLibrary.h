//===- NcclLibrary.h - NCCL and the driver, opened at run time --*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_NCCLLIBRARY_H
#define NORMC_RUNTIME_GROUPS_NCCLLIBRARY_H

#include "runtime/Status.h"

#include <cstddef>
#include <cstdint>

namespace normc::runtime {

/// ncclUniqueId, which is passed by value.
struct NcclId {
  char bytes[128];
};
using NcclComm = struct OpaqueNcclComm *;
using CudaContext = struct OpaqueCudaContext *;
using CudaStream = struct OpaqueCudaStream *;
using DevicePointer = uint64_t;

// Functions of NCCL, which return 0 when done: name, then parameters.
#define NORMC_NCCL_FUNCTIONS(X)                                                                                        \
  X(ncclGetUniqueId, (NcclId *))                                                                                       \
  X(ncclCommInitRank, (NcclComm *, int, NcclId, int))                                                                  \
  X(ncclAllGather, (const void *, void *, size_t, int, NcclComm, CudaStream))                                          \
  X(ncclCommGetAsyncError, (NcclComm, int *))                                                                          \
  X(ncclCommAbort, (NcclComm))                                                                                         \
  X(ncclCommDestroy, (NcclComm))

// Functions of the driver, likewise: member, name, parameters.
#define NORMC_NCCL_DRIVER_FUNCTIONS(X)                                                                                 \
  X(init, "cuInit", (unsigned))                                                                                        \
  X(countDevices, "cuDeviceGetCount", (int *))                                                                         \
  X(getDevice, "cuDeviceGet", (int *, int))                                                                            \
  X(retainContext, "cuDevicePrimaryCtxRetain", (CudaContext *, int))                                                   \
  X(setContext, "cuCtxSetCurrent", (CudaContext))                                                                      \
  X(allocate, "cuMemAlloc_v2", (DevicePointer *, size_t))                                                              \
  X(release, "cuMemFree_v2", (DevicePointer))                                                                          \
  X(copyToDevice, "cuMemcpyHtoD_v2", (DevicePointer, const void *, size_t))                                            \
  X(copyToHost, "cuMemcpyDtoH_v2", (void *, DevicePointer, size_t))                                                    \
  X(createStream, "cuStreamCreate", (CudaStream *, unsigned))                                                          \
  X(queryStream, "cuStreamQuery", (CudaStream))                                                                        \
  X(destroyStream, "cuStreamDestroy_v2", (CudaStream))

/// What cuStreamQuery returns while there is work left.
inline constexpr int cudaNotReady = 600;

struct NcclLibrary {
#define X(name, parameters) int(*name) parameters = nullptr;
  NORMC_NCCL_FUNCTIONS(X)
#undef X
#define X(member, name, parameters) int(*member) parameters = nullptr;
  NORMC_NCCL_DRIVER_FUNCTIONS(X)
#undef X
  const char *(*ncclGetErrorString)(int) = nullptr;

  /// Opens libnccl.so.2 and libcuda.so.1. The version is looked at before any other symbol.
  static Status open(NcclLibrary &library);

  /// "ncclAllGather failed: unhandled system error", or done.
  Status nccl(int code, const char *what) const;
  Status cuda(int code, const char *what) const;
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_NCCLLIBRARY_H
