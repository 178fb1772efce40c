//===- Calls.h - what the functions of the mock have in common --*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_MOCKCUDA_CALLS_H
#define NORMC_TEST_RUNTIME_MOCKCUDA_CALLS_H

#include "test/runtime/MockCuda/Mock.h"

namespace normc::runtime::cuda {

#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)                                                          \
  extern "C" __attribute__((visibility("default"))) Result NAME##SUFFIX PARAMETERS;
#include "runtime/Cuda/DriverFunctions.def"

inline void *toAddress(DevicePointer pointer) {
  return reinterpret_cast<void *>(uintptr_t(pointer));
}

template <typename Body>
Result call(const char *name, Body body) {
  return Mock::get().enter(name, false, true, body);
}
/// A call that needs no current context.
template <typename Body>
Result ask(const char *name, Body body) {
  return Mock::get().enter(name, false, false, body);
}
template <typename Body>
Result giveBack(const char *name, Body body) {
  return Mock::get().enter(name, true, false, body);
}

/// A wait ends what is in the streams also where it fails: nothing writes to the host's memory after it.
template <typename Body>
Result wait(const char *name, Body body) {
  return Mock::get().enter(name, true, true, body);
}

template <typename Map, typename Handle>
bool eraseHandle(Map &map, Handle handle) {
  return map.erase(handle) == 1;
}

template <typename Tag>
Tag *keep(std::map<Tag *, std::unique_ptr<Tag>> &map, std::unique_ptr<Tag> tag) {
  Tag *handle = tag.get();
  map[handle] = std::move(tag);
  return handle;
}

/// A failed copy or fill is a fault of the caller's, which is told in full.
inline Result toResult(const Mock &mock, const Status &status) {
  return status ? mock.refuse(errorInvalidValue, status.getMessage()) : success;
}

} // namespace normc::runtime::cuda

#endif // NORMC_TEST_RUNTIME_MOCKCUDA_CALLS_H
