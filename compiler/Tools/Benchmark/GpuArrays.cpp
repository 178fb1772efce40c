//===- GpuArrays.cpp - arrays on a GPU that no cache holds ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/GpuArrays.h"
#include "compiler/Tools/ModuleFile.h"

#include <algorithm>

using namespace llvm;

namespace normc {

/// With more, allocating takes longer than measuring.
static constexpr int64_t mostRotations = 256;

int64_t countRotations(int64_t bytes, const normrt_device_properties &gpu) {
  bytes = std::max<int64_t>(bytes, 1);
  const int64_t wanted = (4 * gpu.l2_bytes + bytes - 1) / bytes, room = gpu.memory_bytes / 2 / bytes;
  return std::clamp<int64_t>(std::min(wanted, room), 1, mostRotations);
}

GpuMemory::~GpuMemory() {
  for (void *address : addresses)
    normrt_device_free(device, address, nullptr);
}

Expected<void *> GpuMemory::allocate(int64_t bytes) {
  normrt_error error;
  void *address = nullptr;
  if (normrt_device_allocate(device, bytes, &address, &error) != NORMRT_OK)
    return toError(error);
  addresses.push_back(address);
  return address;
}

static int64_t bytesOf(const DLTensor &tensor) {
  int64_t bytes = (tensor.dtype.bits + 7) / 8;
  for (int32_t axis = 0; axis < tensor.ndim; ++axis)
    bytes *= tensor.shape[axis];
  return bytes;
}

Expected<GpuArrays> GpuArrays::create(const BenchmarkCase &benchmark, normrt_device *device, int32_t index,
                                      int64_t count) {
  GpuArrays made = {GpuMemory(device), {}};
  for (int64_t i = 0; i < count; ++i) {
    Set &set = made.sets.emplace_back();
    for (auto [from, to, isInput] :
         {std::tuple(&benchmark.inputs, &set.inputs, true), {&benchmark.outputs, &set.outputs, false}})
      for (const DLTensor &host : *from) {
        const int64_t bytes = bytesOf(host);
        Expected<void *> address = made.memory.allocate(bytes);
        if (!address)
          return address.takeError();
        normrt_error error;
        if (isInput && normrt_device_copy_in(device, *address, host.data, bytes, &error) != NORMRT_OK)
          return toError(error);
        DLTensor tensor = host;
        tensor.data = *address;
        tensor.device = {kDLCUDA, index};
        to->push_back(tensor);
      }
  }
  return made;
}

Expected<GpuCopy> GpuCopy::create(int64_t read, int64_t written, normrt_device *device,
                                  const normrt_device_properties &gpu) {
  GpuCopy copy(device);
  // To 256 bytes, as allocations are aligned.
  copy.bytes = ((read + written) / 2 + 255) / 256 * 256;
  copy.count = countRotations(2 * copy.bytes, gpu);
  for (char **side : {&copy.from, &copy.to}) {
    Expected<void *> address = copy.memory.allocate(copy.bytes * copy.count);
    if (!address)
      return address.takeError();
    *side = static_cast<char *>(*address);
  }
  // Memory that nobody has written may not be backed by any.
  std::vector<char> zeros(size_t(copy.bytes), 0);
  normrt_error error;
  for (int64_t i = 0; i < copy.count; ++i)
    if (normrt_device_copy_in(device, copy.from + i * copy.bytes, zeros.data(), copy.bytes, &error) != NORMRT_OK)
      return toError(error);
  return copy;
}

normrt_status GpuCopy::run(int64_t number, normrt_error &error) const {
  const int64_t place = number % count * bytes;
  return normrt_device_copy(device, to + place, from + place, bytes, &error);
}

} // namespace normc
