//===- Kernels.h - GPU kernels written in C++ -------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel as a host twin would be, with accesses and arrays declared by hand:
//
//   TestKernel kernel("copy", [](Gpu gpu) { gpu.store<float>(1, gpu.pointer(1), gpu.load<float>(0, gpu.pointer(0))); });
//   kernel.load("x", 4).store("y", 4);
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_SIMT_KERNELS_H
#define NORMC_TEST_RUNTIME_SIMT_KERNELS_H

#include "runtime/Simt/Machine.h"

#include <cstring>
#include <gtest/gtest.h>

namespace normc::runtime::simt {

/// What a kernel sees.
struct Gpu {
  normc_simt_thread *thread;
  const void *const *parameters;

  int32_t tid() const { return thread->tid; }
  int32_t lane() const { return thread->laneid; }
  int64_t global() const { return int64_t(thread->ctaid) * thread->ntid + thread->tid; }
  template <typename T = char>
  T *pointer(int index) const { return *static_cast<T *const *>(parameters[index]); }
  int64_t integer(int index) const { return *static_cast<const int64_t *>(parameters[index]); }
  template <typename T>
  T *shared(int32_t offset = 0) const { return reinterpret_cast<T *>(thread->shared + offset); }

  template <typename T>
  T load(int32_t access, const T *address) const {
    thread->hooks->access(thread, address, access);
    T value;
    std::memcpy(&value, address, sizeof value);
    return value;
  }
  template <typename T>
  void store(int32_t access, T *address, T value) const {
    thread->hooks->access(thread, address, access);
    std::memcpy(address, &value, sizeof value);
  }
  uint32_t add(int32_t access, void *address, uint32_t value) const {
    return uint32_t(thread->hooks->atomic(thread, address, access, NORMC_SIMT_ADD, value, 0));
  }
  void barrier(int32_t place = 0, int32_t id = 0, int32_t count = 0) const {
    thread->hooks->barrier(thread, place, id, count);
  }
  void warpBarrier(int32_t place, uint32_t mask = ~0u) const { thread->hooks->warp_barrier(thread, place, mask); }
  void fence(bool device = true) const { thread->hooks->fence(thread, 0, device); }
  float butterfly(int32_t place, float value, uint32_t lane, uint32_t mask = ~0u) const {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    bits = uint32_t(thread->hooks->shuffle(thread, place, NORMC_SIMT_BUTTERFLY, mask, bits, lane, 31));
    std::memcpy(&value, &bits, 4);
    return value;
  }
  void clusterBarrier(int32_t place) const {
    thread->hooks->cluster_arrive(thread, place, 0);
    thread->hooks->cluster_wait(thread, place + 1);
  }
};

/// The table of a kernel, built up by hand.
class TestKernel {
public:
  using Body = void (*)(Gpu);

  TestKernel(const char *name, Body body) : name(name), body(body) {}

  TestKernel &load(const char *operand, int32_t bytes, int32_t space = NORMC_SIMT_GLOBAL) {
    return add(operand, bytes, space, NORMC_SIMT_LOAD);
  }
  TestKernel &store(const char *operand, int32_t bytes, int32_t space = NORMC_SIMT_GLOBAL) {
    return add(operand, bytes, space, NORMC_SIMT_STORE);
  }
  TestKernel &add(const char *operand, int32_t bytes, int32_t space, int32_t kind) {
    int32_t number = -1;
    for (size_t i = 0; operand && i < operands.size(); ++i)
      if (!std::strcmp(operands[i], operand))
        number = int32_t(i);
    if (operand && number < 0) {
      number = int32_t(operands.size());
      operands.push_back(operand);
    }
    accesses.push_back({number, 0, bytes, bytes, space, kind});
    return *this;
  }
  TestKernel &array(const char *array, int32_t offset, int32_t bytes) {
    arrays.push_back({array, offset, bytes});
    fixed += bytes < 0 ? 0 : bytes;
    return *this;
  }

  /// `run` of the C table has no place for the body, so that comes as the parameter before the first.
  Status launch(Machine &machine, int64_t grid, int32_t block, std::vector<const void *> values, int32_t shared = 0,
                int32_t cluster = 1, bool cooperative = false) {
    std::vector<const void *> parameters = {&body};
    parameters.insert(parameters.end(), values.begin(), values.end());
    const normc_simt_kernel kernel = {name,
                                      &TestKernel::run,
                                      int32_t(parameters.size()),
                                      int32_t(operands.size()),
                                      int32_t(accesses.size()),
                                      0,
                                      int32_t(arrays.size()),
                                      fixed,
                                      operands.data(),
                                      accesses.data(),
                                      nullptr,
                                      arrays.data()};
    return machine.launch(kernel, grid, block, shared, cluster, cooperative, parameters.data());
  }

private:
  static void run(normc_simt_thread *thread, const void *const *parameters) {
    (*static_cast<const Body *>(parameters[0]))({thread, parameters + 1});
  }

  const char *name;
  Body body;
  int32_t fixed = 0;
  std::vector<const char *> operands;
  std::vector<normc_simt_access> accesses;
  std::vector<normc_simt_shared> arrays;
};

/// A buffer of the machine.
template <typename T>
class DeviceArray {
public:
  DeviceArray(Machine &machine, size_t count) : machine(machine), count(count) {
    EXPECT_FALSE(machine.allocate(count * sizeof(T), false, address));
  }
  DeviceArray(Machine &machine, const std::vector<T> &values) : DeviceArray(machine, values.size()) { set(values); }
  ~DeviceArray() { EXPECT_FALSE(machine.release(address)); }
  void set(const std::vector<T> &values) { EXPECT_FALSE(machine.copyIn(address, values.data(), count * sizeof(T))); }
  std::vector<T> get() const {
    std::vector<T> values(count);
    Status failed = machine.copyOut(values.data(), address, count * sizeof(T));
    EXPECT_EQ(failed.getMessage(), "");
    return values;
  }
  const void *parameter() const { return &address; }
  void *data() const { return address; }

private:
  Machine &machine;
  size_t count;
  void *address = nullptr;
};

/// Machines that differ in the order of their fibers.
inline std::vector<Settings> everyOrder() {
  std::vector<Settings> settings(5);
  settings[1].order = Order::descending;
  for (int i = 2; i < 5; ++i) {
    settings[size_t(i)].order = Order::shuffled;
    settings[size_t(i)].seed = uint64_t(i);
  }
  return settings;
}

} // namespace normc::runtime::simt

#endif // NORMC_TEST_RUNTIME_SIMT_KERNELS_H
