//===- GpuCalls.h - calls of the module with GPU kernels --------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_GPU_GPUCALLS_H
#define NORMC_TEST_RUNTIME_GPU_GPUCALLS_H

#include "runtime/normrt.h"

#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

using Floats = std::vector<float>;

/// Opens the module, and calls its functions with vectors of f32, each an array of rank 1.
struct GpuCalls : testing::Test {
  normrt_module *module = nullptr;
  normrt_error error = {};
  normrt_options options = {NORMRT_VERSION, 0, NORMRT_CPU, 0, nullptr, nullptr, nullptr};

  void SetUp() override { ASSERT_EQ(normrt_open(GPU_MODULE, &module, &error), NORMRT_OK) << error.message; }
  void TearDown() override { close(); }
  void close() {
    normrt_close(module);
    module = nullptr;
  }

  const normrt_function *find(const char *name) {
    const normrt_function *function = nullptr;
    EXPECT_EQ(normrt_find(module, name, &function, &error), NORMRT_OK) << error.message;
    return function;
  }

  static DLTensor tensor(void *data, int64_t &extent, DLDevice device = {kDLCPU, 0}) {
    return {data, device, 1, {kDLFloat, 32, 1}, &extent, nullptr, 0};
  }

  normrt_status call(const char *name, std::vector<Floats *> inputs, std::vector<Floats *> outputs) {
    std::vector<int64_t> extents;
    std::vector<DLTensor> in, out;
    extents.reserve(inputs.size() + outputs.size());
    for (auto [list, tensors] : {std::pair(&inputs, &in), {&outputs, &out}})
      for (Floats *floats : *list)
        tensors->push_back(tensor(floats->data(), extents.emplace_back(int64_t(floats->size()))));
    return normrt_call(find(name), in.data(), int32_t(in.size()), out.data(), int32_t(out.size()), &options, &error);
  }

  /// What a call without arguments says.
  std::string messageOf(const char *name, normrt_status expected, size_t elements = 2) {
    Floats out(elements);
    EXPECT_EQ(call(name, {}, {&out}), expected) << error.message;
    return error.message;
  }

  /// The results of all functions that compute something, one after the other.
  Floats computeAll(size_t n, normrt_status &status) {
    Floats x(n), dy(n), w{0.3f}, m{1.7f}, y(n), total(1), z(n), mNew(1), dx(n), dm(1), all;
    for (size_t i = 0; i < n; ++i) {
      x[i] = 0.1f * float(i) - 3;
      dy[i] = 1 / (1 + float(i));
    }
    for (auto [name, inputs, outputs] : {std::tuple("scale", std::vector<Floats *>{&x, &w}, std::vector<Floats *>{&y}),
                                         {"total", {&x}, {&total}},
                                         {"square_grad", {&x, &m, &dy}, {&z, &mNew, &dx, &dm}},
                                         {"square_grad", {&x, &m, &dy}, {&z, &m, &dx, &dm}}}) {
      status = call(name, inputs, outputs);
      if (status != NORMRT_OK)
        return {};
      for (Floats *output : outputs)
        all.insert(all.end(), output->begin(), output->end());
    }
    return all;
  }

  Floats computeAll(size_t n) {
    normrt_status status = NORMRT_OK;
    Floats all = computeAll(n, status);
    EXPECT_EQ(status, NORMRT_OK) << error.message;
    return all;
  }
};

#endif // NORMC_TEST_RUNTIME_GPU_GPUCALLS_H
