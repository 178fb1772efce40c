//===- MockCuda.cpp - the driver, as far as groups need it ------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A libcuda.so.1 whose devices are the host: MOCK_CUDA_DEVICES of them, or 8.
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockNccl/MockStream.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {
constexpr int done = 0, invalid = 1, notReady = 600;
}

extern "C" {

int cuInit(unsigned) { return done; }

int cuDeviceGetCount(int *count) {
  const char *text = std::getenv("MOCK_CUDA_DEVICES");
  *count = text ? std::atoi(text) : 8;
  return done;
}

int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return done;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  // Any address will do that is not null.
  *context = reinterpret_cast<void *>(std::uintptr_t(device) + 1);
  return done;
}

int cuCtxSetCurrent(void *context) { return context ? done : invalid; }

int cuMemAlloc_v2(std::uint64_t *pointer, std::size_t bytes) {
  *pointer = reinterpret_cast<std::uint64_t>(std::malloc(bytes));
  return *pointer ? done : invalid;
}

int cuMemFree_v2(std::uint64_t pointer) {
  std::free(reinterpret_cast<void *>(pointer));
  return done;
}

int cuMemcpyHtoD_v2(std::uint64_t to, const void *from, std::size_t bytes) {
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return done;
}

int cuMemcpyDtoH_v2(void *to, std::uint64_t from, std::size_t bytes) {
  std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
  return done;
}

int cuStreamCreate(MockStream **stream, unsigned) {
  *stream = new MockStream;
  return done;
}

int cuStreamQuery(MockStream *stream) {
  if (!stream->work.valid())
    return done;
  if (stream->work.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return notReady;
  return stream->work.get();
}

int cuStreamDestroy_v2(MockStream *stream) {
  delete stream;
  return done;
}
}
