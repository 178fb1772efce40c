//===- DriverTest.cpp - a driver that is missing, old or broken -*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/Cuda/MockDriver.h"

#include "runtime/normrt_device.h"

namespace {
struct DriverTest : MockDriver {
  std::string refusal(normrt_status expected = NORMRT_NO_DEVICE) {
    std::string message = messageOf("together", expected, 4);
    normrt_device *device = nullptr;
    EXPECT_EQ(normrt_device_open(options.device_index, &device, &error), expected);
    EXPECT_EQ(device, nullptr);
    EXPECT_EQ(error.message, message);
    return message;
  }
};
} // namespace

TEST_F(DriverTest, NoDriver) {
  set("NORMC_LIBCUDA", "/nowhere/libcuda.so.1");
  EXPECT_EQ(refusal(),
            "cannot use a GPU: there is no NVIDIA driver on this machine (/nowhere/libcuda.so.1: cannot open "
            "shared object file: No such file or directory)");
}

TEST_F(DriverTest, NotADriver) {
  set("NORMC_LIBCUDA", GPU_MODULE);
  EXPECT_EQ(refusal(), "cannot use a GPU: '" GPU_MODULE
                       "' is not NVIDIA's driver, or is damaged: it does not export cuDriverGetVersion");
  set("NORMC_LIBCUDA", BAD_DRIVER);
  EXPECT_EQ(refusal(),
            "cannot use a GPU: '" BAD_DRIVER "' is not NVIDIA's driver, or is damaged: it does not export cuInit");
}

TEST_F(DriverTest, OldDriver) {
  set("NORMC_MOCK_VERSION", "11040");
  EXPECT_EQ(refusal(),
            "cannot use a GPU: the NVIDIA driver is one for CUDA 11.4, but 11.8 or later is needed; update the "
            "driver");
  EXPECT_EQ(count("cuInit"), 0);
}

TEST_F(DriverTest, NoGpu) {
  set("NORMC_MOCK_GPUS", "0");
  EXPECT_EQ(refusal(), "cannot use a GPU: cuInit failed with CUDA_ERROR_NO_DEVICE (100: words for it); check with "
                       "nvidia-smi whether one is there, and what CUDA_VISIBLE_DEVICES says");
}

TEST_F(DriverTest, Index) {
  set("NORMC_MOCK_GPUS", "2");
  options.device_index = 1;
  Floats where(4);
  EXPECT_EQ(call("together", {}, {&where}), NORMRT_OK) << error.message;
  options.device_index = 2;
  EXPECT_EQ(refusal(NORMRT_BAD_ARGUMENT), "there is no GPU 2; the NVIDIA driver finds 2, counted from 0");
  options.device_index = -1;
  EXPECT_EQ(refusal(NORMRT_BAD_ARGUMENT), "there is no GPU -1; the NVIDIA driver finds 2, counted from 0");
}

// A code that the driver itself has no words for.
TEST_F(DriverTest, UnknownCode) {
  set("NORMC_MOCK_FAIL", "cuInit:1:12345");
  EXPECT_EQ(messageOf("together", NORMRT_NO_DEVICE, 4),
            "cannot use a GPU: cuInit failed with an error that the driver has no name for (12345: words for it)");
  set("NORMC_MOCK_FAIL", "cuInit:1:803");
  EXPECT_EQ(
      messageOf("together", NORMRT_NO_DEVICE, 4),
      "cannot use a GPU: cuInit failed with CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803); the driver's library and its "
      "kernel module have different versions; a reboot or a reinstallation helps");
}

TEST_F(DriverTest, TargetOfTheModule) {
  set("NORMC_MOCK_CAPABILITY", "75");
  EXPECT_EQ(messageOf("together", NORMRT_NO_DEVICE, 4),
            "cannot load '" GPU_MODULE
            "' on GPU 0 (Mock, sm_75): its kernels are compiled for sm_80, which this GPU is "
            "too old for; compile it again with --target=sm_75 or an earlier one");
}

// What the driver's own compiler says is told, on one line.
TEST_F(DriverTest, LogOfTheCompiler) {
  set("NORMC_MOCK_MODULE", "");
  EXPECT_EQ(
      messageOf("together", NORMRT_NO_DEVICE, 4),
      "cannot load '" GPU_MODULE
      "' on GPU 0 (Mock, sm_90): cuModuleLoadDataEx failed with CUDA_ERROR_INVALID_PTX (218: words for it); compile "
      "the module for this GPU, with --target; if it was, this is a fault of normc; the driver's compiler says: no "
      "module of NORMC_MOCK_MODULE has this PTX");
}

TEST_F(DriverTest, Device) {
  normrt_device *device = nullptr;
  ASSERT_EQ(normrt_device_open(0, &device, &error), NORMRT_OK) << error.message;
  normrt_device_properties properties;
  ASSERT_EQ(normrt_device_describe(device, &properties, &error), NORMRT_OK);
  EXPECT_STREQ(properties.name, "Mock");
  EXPECT_EQ(properties.capability, 90);
  EXPECT_EQ(properties.driver_version, 12040);
  EXPECT_GT(properties.memory_bytes, 0);

  void *a = nullptr, *b = nullptr, *none = nullptr;
  ASSERT_EQ(normrt_device_allocate(device, 16, &a, &error), NORMRT_OK);
  ASSERT_EQ(normrt_device_allocate(device, 16, &b, &error), NORMRT_OK);
  EXPECT_EQ(normrt_device_allocate(device, int64_t(1) << 40, &none, &error), NORMRT_OUT_OF_MEMORY);
  EXPECT_STREQ(error.message, "no 1099511627776 bytes on GPU 0 (Mock, sm_90): cuMemAlloc failed with "
                              "CUDA_ERROR_OUT_OF_MEMORY (2: words for it)");
  EXPECT_EQ(normrt_device_allocate(device, -1, &none, &error), NORMRT_BAD_ARGUMENT);
  Floats in{1, 2, 3, 4}, out(4);
  normrt_event *from = nullptr, *to = nullptr;
  ASSERT_EQ(normrt_event_create(device, &from, &error), NORMRT_OK);
  ASSERT_EQ(normrt_event_create(device, &to, &error), NORMRT_OK);
  EXPECT_EQ(normrt_device_copy_in(device, a, in.data(), 16, &error), NORMRT_OK);
  EXPECT_EQ(normrt_event_record(from, &error), NORMRT_OK);
  EXPECT_EQ(normrt_device_copy(device, b, a, 16, &error), NORMRT_OK);
  EXPECT_EQ(normrt_event_record(to, &error), NORMRT_OK);
  double milliseconds = -1;
  EXPECT_EQ(normrt_event_elapsed(from, to, &milliseconds, &error), NORMRT_OK) << error.message;
  EXPECT_GE(milliseconds, 0);
  EXPECT_EQ(normrt_device_copy_out(device, out.data(), b, 16, &error), NORMRT_OK);
  EXPECT_EQ(out, in);
  EXPECT_EQ(normrt_device_synchronize(device, &error), NORMRT_OK);
  normrt_event_destroy(from);
  normrt_event_destroy(to);
  EXPECT_EQ(normrt_device_free(device, a, &error), NORMRT_OK);
  EXPECT_EQ(normrt_device_free(device, a, &error), NORMRT_DEVICE_FAILED);
  EXPECT_STREQ(error.message, "cuMemFree failed with CUDA_ERROR_INVALID_VALUE (1: words for it)");
  EXPECT_EQ(normrt_device_free(device, b, &error), NORMRT_OK);
  EXPECT_EQ(normrt_device_free(device, nullptr, &error), NORMRT_OK);
  normrt_device_close(device);
  normrt_device_close(nullptr);
  EXPECT_EQ(normrt_device_synchronize(nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the device is null");
}
