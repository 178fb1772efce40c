//===- MockDriver.h - tests with the mock driver ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_CUDA_MOCKDRIVER_H
#define NORMC_TEST_RUNTIME_CUDA_MOCKDRIVER_H

#include "test/runtime/Gpu/GpuCalls.h"

#include <cstdlib>
#include <dlfcn.h>

/// Calls on a GPU that the mock driver plays; at the end of each test nothing may be left there.
struct MockDriver : GpuCalls {
  void SetUp() override {
    GpuCalls::SetUp();
    void *library = dlopen(MOCK_CUDA, RTLD_NOW | RTLD_LOCAL);
    ASSERT_TRUE(library) << dlerror();
    resetMock = reinterpret_cast<const char *(*)()>(dlsym(library, "mock_cuda_reset"));
    callsOfMock = reinterpret_cast<const char *(*)()>(dlsym(library, "mock_cuda_calls"));
    failNoMore = reinterpret_cast<void (*)()>(dlsym(library, "mock_cuda_fail_no_more"));
    options.device = NORMRT_CUDA;
    set("NORMC_LIBCUDA", MOCK_CUDA);
    set("NORMC_MOCK_MODULE", GPU_MODULE);
  }
  void TearDown() override {
    close();
    EXPECT_STREQ(resetMock(), "");
    for (const std::string &name : variables)
      unsetenv(name.c_str());
    resetMock();
  }

  /// Sets a variable of the environment until the test ends; the mock starts anew with it.
  void set(const char *name, const std::string &value) {
    setenv(name, value.c_str(), 1);
    variables.push_back(name);
    EXPECT_STREQ(resetMock(), "");
  }

  /// How often a function of the driver has been called, in this state of the mock.
  int count(const std::string &name) const {
    const std::string calls = "\n" + std::string(callsOfMock());
    int number = 0;
    for (size_t at = 0; (at = calls.find("\n" + name + "\n", at)) != std::string::npos; ++at)
      ++number;
    return number;
  }

  const char *(*resetMock)() = nullptr;
  const char *(*callsOfMock)() = nullptr;
  void (*failNoMore)() = nullptr;
  std::vector<std::string> variables;
};

#endif // NORMC_TEST_RUNTIME_CUDA_MOCKDRIVER_H
