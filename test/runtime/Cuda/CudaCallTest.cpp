//===- CudaCallTest.cpp - calls on a GPU that a mock plays ------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/Cuda/MockDriver.h"

#include "runtime/normrt_device.h"

#include <sstream>
#include <thread>

namespace {
struct CudaCallTest : MockDriver {
  Floats expected(size_t n) {
    options.device = NORMRT_CPU;
    Floats all = computeAll(n);
    options.device = NORMRT_CUDA;
    return all;
  }

  /// Of call n since the mock started anew, counted from 1; empty where there were fewer.
  std::string nameOfCall(int n) {
    std::istringstream calls(callsOfMock());
    std::string name;
    for (int i = 0; i < n; ++i)
      if (!std::getline(calls, name))
        return "";
    return name;
  }

  /// A module is loaded once for a GPU, so what fails in loading fails for a module that is opened anew.
  void reopen() {
    close();
    ASSERT_EQ(normrt_open(GPU_MODULE, &module, &error), NORMRT_OK);
  }
};

/// Arrays on the GPU, for one test.
struct DeviceArrays : CudaCallTest {
  normrt_device *device = nullptr;
  std::vector<void *> arrays;

  void SetUp() override {
    CudaCallTest::SetUp();
    ASSERT_EQ(normrt_device_open(0, &device, &error), NORMRT_OK) << error.message;
    options.stream = normrt_device_stream(device);
  }
  void TearDown() override {
    for (void *array : arrays)
      EXPECT_EQ(normrt_device_free(device, array, &error), NORMRT_OK) << error.message;
    close();
    normrt_device_close(device);
    CudaCallTest::TearDown();
  }

  DLTensor onDevice(const Floats &values, int64_t &extent) {
    void *address = nullptr;
    extent = int64_t(values.size());
    EXPECT_EQ(normrt_device_allocate(device, 4 * extent, &address, &error), NORMRT_OK);
    EXPECT_EQ(normrt_device_copy_in(device, address, values.data(), 4 * extent, &error), NORMRT_OK);
    arrays.push_back(address);
    return tensor(address, extent, {kDLCUDA, 0});
  }
  Floats read(const DLTensor &tensor) {
    Floats values(size_t(tensor.shape[0]));
    EXPECT_EQ(normrt_device_copy_out(device, values.data(), tensor.data, 4 * tensor.shape[0], &error), NORMRT_OK)
        << error.message;
    return values;
  }
};
} // namespace

TEST_F(CudaCallTest, EqualsTheCpu) {
  for (size_t n : {0, 1, 31, 32, 33, 1000}) {
    const Floats all = expected(n);
    EXPECT_EQ(computeAll(n), all);
  }
  EXPECT_EQ(count("cuModuleLoadDataEx"), 1);
  EXPECT_EQ(count("cuMemAlloc"), 0);
}

TEST_F(CudaCallTest, WithoutPools) {
  set("NORMC_MOCK_POOLS", "0");
  const Floats all = expected(100);
  EXPECT_EQ(computeAll(100), all);
  EXPECT_EQ(count("cuMemAllocFromPoolAsync"), 0);
}

TEST_F(CudaCallTest, CooperativeClusteredAndSharing) {
  Floats where(4);
  ASSERT_EQ(call("together", {}, {&where}), NORMRT_OK) << error.message;
  EXPECT_EQ(where, Floats({100, 100, 100, 100}));
  ASSERT_EQ(call("clustered", {}, {&where}), NORMRT_OK) << error.message;
  EXPECT_EQ(where, Floats({200, 201, 200, 201}));
  EXPECT_EQ(count("cuFuncSetAttribute"), 0);
  ASSERT_EQ(call("sharing", {}, {&where}), NORMRT_OK) << error.message;
  EXPECT_EQ(count("cuFuncSetAttribute"), 1);
}

TEST_F(CudaCallTest, PlanThatCannotRun) {
  set("NORMC_MOCK_CAPABILITY", "86");
  EXPECT_EQ(messageOf("clustered", NORMRT_BAD_ARGUMENT, 4),
            "function 'clustered' failed: clusters need sm_90, but this is sm_86");
}

TEST_F(CudaCallTest, KernelFault) {
  std::string message = messageOf("beyond", NORMRT_DEVICE_FAILED);
  EXPECT_EQ(message.rfind("cuStreamSynchronize failed with CUDA_ERROR_LAUNCH_FAILED (719: ", 0), 0u) << message;
  // A context with a fault does nothing any more.
  message = messageOf("together", NORMRT_DEVICE_FAILED, 4);
  EXPECT_NE(message.find("CUDA_ERROR_LAUNCH_FAILED"), std::string::npos) << message;
}

TEST_F(CudaCallTest, MissingKernel) {
  EXPECT_EQ(
      messageOf("missing", NORMRT_DEVICE_FAILED),
      "function 'missing' failed: kernel 'nowhere': cuModuleGetFunction failed with CUDA_ERROR_NOT_FOUND (500: words "
      "for it)");
}

TEST_F(CudaCallTest, NoMemory) {
  set("NORMC_MOCK_FAIL", "cuMemAllocFromPoolAsync:2:2");
  normrt_status status = NORMRT_OK;
  computeAll(10, status);
  EXPECT_EQ(status, NORMRT_OUT_OF_MEMORY);
  EXPECT_STREQ(error.message,
               "no memory on the GPU for the 4 bytes of argument 'w': cuMemAllocFromPoolAsync failed with "
               "CUDA_ERROR_OUT_OF_MEMORY (2: words for it)");
}

// Whichever call fails: the code is told, nothing is left behind, and the module works when the driver does.
TEST_F(CudaCallTest, EveryCallFails) {
  const Floats all = expected(40);
  int failures = 0;
  for (const char *pools : {"1", "0"})
    for (int n = 1;; ++n) {
      reopen();
      set("NORMC_MOCK_POOLS", pools);
      set("NORMC_MOCK_FAIL", "*:" + std::to_string(n) + ":999");
      normrt_status status = NORMRT_OK;
      Floats got = computeAll(40, status);
      std::string message = error.message;
      failNoMore(); // closing a module has nobody to tell
      if (status == NORMRT_OK) {
        EXPECT_EQ(got, all) << n;
        // Past the last call, or it was one whose failure nobody needs to hear of.
        const std::string name = nameOfCall(n);
        if (name.empty())
          break;
        EXPECT_EQ(name, "cuCtxPopCurrent");
        continue;
      }
      ++failures;
      EXPECT_NE(message.find("CUDA_ERROR_UNKNOWN (999"), std::string::npos) << n << ": " << message;
      EXPECT_NE(message.find("cu"), std::string::npos);
      EXPECT_TRUE(status == NORMRT_DEVICE_FAILED || status == NORMRT_NO_DEVICE) << status;
      EXPECT_EQ(computeAll(40), all) << n << ": " << message;
    }
  EXPECT_GT(failures, 100);
}

TEST_F(CudaCallTest, Threads) {
  std::vector<Floats> got(4, Floats(1));
  std::vector<std::thread> threads;
  const normrt_function *total = find("total");
  for (Floats &result : got)
    threads.emplace_back([this, total, &result] {
      Floats x(500, 2);
      int64_t extents[] = {500, 1};
      DLTensor input = tensor(x.data(), extents[0]), output = tensor(result.data(), extents[1]);
      normrt_error own;
      EXPECT_EQ(normrt_call(total, &input, 1, &output, 1, &options, &own), NORMRT_OK) << own.message;
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const Floats &result : got)
    EXPECT_EQ(result, Floats{1000});
  EXPECT_EQ(count("cuModuleLoadDataEx"), 1);
}

// The call only fills the stream.
TEST_F(DeviceArrays, NothingWaits) {
  Floats x(40), w{0.5f}, y(40, -1), expected(40);
  std::iota(x.begin(), x.end(), 1.0f);
  for (size_t i = 0; i < x.size(); ++i)
    expected[i] = x[i] * w[0] * 3;
  int64_t extents[3];
  DLTensor inputs[] = {onDevice(x, extents[0]), onDevice(w, extents[1])}, output = onDevice(y, extents[2]);
  const int waits = count("cuStreamSynchronize");
  ASSERT_EQ(normrt_call(find("scale"), inputs, 2, &output, 1, &options, &error), NORMRT_OK) << error.message;
  EXPECT_EQ(count("cuStreamSynchronize"), waits);
  EXPECT_EQ(count("cuMemcpyDtoHAsync"), 0);
  EXPECT_EQ(read(output), expected);
  // Temporaries come and go in the order of the stream.
  DLTensor total = onDevice({0}, extents[1]);
  const int before = count("cuStreamSynchronize");
  ASSERT_EQ(normrt_call(find("total"), inputs, 1, &total, 1, &options, &error), NORMRT_OK) << error.message;
  EXPECT_EQ(count("cuStreamSynchronize"), before);
  EXPECT_EQ(read(total), Floats{820});
}

// The forward writes m + 1 over m, of which the backward reads the old value.
TEST_F(DeviceArrays, GradientInPlace) {
  int64_t extents[6];
  DLTensor inputs[] = {onDevice({1, 2, 3}, extents[0]), onDevice({4}, extents[1]), onDevice({1, 10, 100}, extents[2])};
  DLTensor outputs[] = {onDevice({0, 0, 0}, extents[3]), inputs[1], onDevice({0, 0, 0}, extents[4]),
                        onDevice({0}, extents[5])};
  ASSERT_EQ(normrt_call(find("square_grad"), inputs, 3, outputs, 4, &options, &error), NORMRT_OK) << error.message;
  EXPECT_EQ(read(outputs[0]), Floats({4, 16, 36}));
  EXPECT_EQ(read(outputs[1]), Floats({5}));
  EXPECT_EQ(read(outputs[2]), Floats({8, 160, 2400}));
  EXPECT_EQ(read(outputs[3]), Floats({941}));
}

TEST_F(DeviceArrays, MixedPlaces) {
  int64_t extents[3] = {1, 1, 1};
  float value = 1;
  DLTensor inputs[] = {onDevice({1}, extents[0]), tensor(&value, extents[1])}, output = onDevice({0}, extents[2]);
  EXPECT_EQ(normrt_call(find("scale"), inputs, 2, &output, 1, &options, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message,
               "argument 'w' has an array on device 0 of type 1, but the call runs on GPU 0 with arrays in "
               "its memory; pass all of them there (device type 2) or all in the CPU's");
  inputs[1] = onDevice({1}, extents[1]);
  inputs[1].device.device_id = 1;
  EXPECT_EQ(normrt_call(find("scale"), inputs, 2, &output, 1, &options, &error), NORMRT_BAD_ARGUMENT);
  std::swap(inputs[0], inputs[1]);
  inputs[0].device = {kDLCPU, 0};
  EXPECT_EQ(normrt_call(find("scale"), inputs, 2, &output, 1, &options, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message,
               "argument 'w' has an array on device type 2; copy it to the CPU's memory (device type 1)");
}
