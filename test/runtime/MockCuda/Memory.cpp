//===- Memory.cpp - memory, copies and fills --------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Calls.h"

#include <climits>
#include <cstring>

namespace normc::runtime::cuda {

static Result allocate(Mock &mock, DevicePointer *address, size_t bytes, std::set<DevicePointer> &memory) {
  if (bytes == 0)
    return mock.refuse(errorInvalidValue, "allocates 0 bytes");
  if (bytes > (size_t(1) << 30))
    return errorOutOfMemory;
  void *data = nullptr;
  if (Status failed = mock.machine->allocate(bytes, /*zeroed=*/false, data))
    return errorOutOfMemory;
  *address = uintptr_t(data);
  memory.insert(*address);
  return success;
}

Result cuMemAlloc_v2(DevicePointer *address, size_t bytes) {
  return call("cuMemAlloc", [&](Mock &mock) { return allocate(mock, address, bytes, mock.memory); });
}

Result cuMemFree_v2(DevicePointer address) {
  return giveBack("cuMemFree", [&](Mock &mock) -> Result {
    mock.wait();
    if (mock.memory.erase(address) == 0)
      return mock.refuse(errorInvalidValue, "frees what is not allocated");
    return toResult(mock, mock.machine->release(toAddress(address)));
  });
}

Result cuMemPoolCreate(Pool *pool, const PoolProperties *properties) {
  return ask("cuMemPoolCreate", [&](Mock &mock) -> Result {
    if (!mock.settings.pools || properties->allocation != allocationPinned ||
        properties->location.type != locationDevice || !mock.isDevice(properties->location.id))
      return errorInvalidValue;
    *pool = keep(mock.pools, std::make_unique<PoolTag>());
    return success;
  });
}

Result cuMemPoolSetAttribute(Pool pool, PoolAttribute attribute, void *value) {
  return ask("cuMemPoolSetAttribute", [&](Mock &mock) -> Result {
    return mock.pools.count(pool) && attribute == poolReleaseThreshold && value ? success : errorInvalidValue;
  });
}

Result cuMemPoolDestroy(Pool pool) {
  return giveBack("cuMemPoolDestroy", [&](Mock &mock) -> Result {
    return eraseHandle(mock.pools, pool) ? success : mock.refuse(errorInvalidValue, "destroys what is no pool");
  });
}

Result cuMemAllocFromPoolAsync(DevicePointer *address, size_t bytes, Pool pool, Stream stream) {
  return call("cuMemAllocFromPoolAsync", [&](Mock &mock) -> Result {
    if (!mock.pools.count(pool) || !mock.isStream(stream))
      return mock.refuse(errorInvalidHandle, "allocates from what is no pool");
    return allocate(mock, address, bytes, mock.memoryOfPools);
  });
}

Result cuMemFreeAsync(DevicePointer address, Stream stream) {
  return giveBack("cuMemFreeAsync", [&](Mock &mock) -> Result {
    if (!mock.isStream(stream) || mock.memoryOfPools.erase(address) == 0)
      return mock.refuse(errorInvalidValue, "frees what is not allocated from a pool");
    mock.later([&mock, address] { return toResult(mock, mock.machine->release(toAddress(address))); });
    return success;
  });
}

/// One step in a stream.
template <typename Step>
static Result enqueue(const char *name, Stream stream, Step step) {
  return call(name, [&](Mock &mock) -> Result {
    if (!mock.isStream(stream))
      return mock.refuse(errorInvalidHandle, std::string(name) + " into what is no stream");
    mock.later([&mock, step] { return toResult(mock, step(*mock.machine)); });
    return success;
  });
}

Result cuMemcpyHtoDAsync_v2(DevicePointer to, const void *from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyHtoDAsync", stream,
                 [=](simt::Machine &machine) { return machine.copyIn(toAddress(to), from, bytes); });
}

Result cuMemcpyDtoHAsync_v2(void *to, DevicePointer from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyDtoHAsync", stream,
                 [=](simt::Machine &machine) { return machine.copyOut(to, toAddress(from), bytes); });
}

Result cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyDtoDAsync", stream,
                 [=](simt::Machine &machine) { return machine.copy(toAddress(to), toAddress(from), bytes); });
}

Result cuMemsetD8Async(DevicePointer address, unsigned char value, size_t bytes, Stream stream) {
  return enqueue("cuMemsetD8Async", stream,
                 [=](simt::Machine &machine) { return machine.fill(toAddress(address), value, bytes); });
}

} // namespace normc::runtime::cuda
