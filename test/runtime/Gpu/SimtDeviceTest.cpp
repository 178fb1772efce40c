//===- SimtDeviceTest.cpp - plans on the simt device ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/Gpu/GpuCalls.h"

#include <cstring>
#include <map>

namespace {
struct SimtDeviceTest : GpuCalls {
  normrt_simt simt = {NORMRT_ASCENDING, 0, 0, nullptr, nullptr};

  void SetUp() override {
    GpuCalls::SetUp();
    options.device = NORMRT_SIMT;
    options.simt = &simt;
  }
};
} // namespace

TEST_F(SimtDeviceTest, EqualsTheCpu) {
  for (size_t n : {0, 1, 31, 32, 33, 1000}) {
    options = {NORMRT_VERSION, 0, NORMRT_CPU, 0, nullptr, nullptr};
    const Floats expected = computeAll(n);
    options.device = NORMRT_SIMT;
    EXPECT_EQ(computeAll(n), expected);
    options.simt = &simt;
    for (int32_t order : {NORMRT_ASCENDING, NORMRT_DESCENDING, NORMRT_SHUFFLED}) {
      simt.order = order;
      ++simt.seed;
      EXPECT_EQ(computeAll(n), expected);
    }
  }
}

TEST_F(SimtDeviceTest, Counts) {
  using Counts = std::map<std::string, std::pair<int64_t, int64_t>>;
  Counts counts;
  simt.data = &counts;
  simt.count = [](void *data, const normrt_count *count) {
    auto &[read, written] = (*static_cast<Counts *>(data))[std::string(count->kernel) + " " + count->operand];
    read += count->read;
    written += count->written;
  };
  Floats x(100, 1), total(1);
  ASSERT_EQ(call("total", {&x}, {&total}), NORMRT_OK) << error.message;
  EXPECT_EQ(total[0], 100);
  EXPECT_EQ(counts["partial x"], std::pair(int64_t(400), int64_t(0)));
  EXPECT_EQ(counts["partial partial"], std::pair(int64_t(16), int64_t(16)));
  EXPECT_EQ(counts["merge partial"], std::pair(int64_t(16), int64_t(0)));
  EXPECT_EQ(counts["merge total"], std::pair(int64_t(0), int64_t(4)));
  counts.clear();
  messageOf("beyond", NORMRT_INTERNAL);
  EXPECT_TRUE(counts.empty());
}

TEST_F(SimtDeviceTest, Launches) {
  Floats where(4);
  ASSERT_EQ(call("together", {}, {&where}), NORMRT_OK) << error.message;
  ASSERT_EQ(call("sharing", {}, {&where}), NORMRT_OK) << error.message;
  EXPECT_EQ(where, Floats({100, 100, 100, 100}));
  EXPECT_EQ(messageOf("clustered", NORMRT_BAD_ARGUMENT, 4),
            "function 'clustered' failed: clusters need sm_90, but this is sm_80");
}

TEST_F(SimtDeviceTest, KernelFaults) {
  std::string message = messageOf("beyond", NORMRT_INTERNAL);
  EXPECT_EQ(message.rfind("function 'beyond' failed: ", 0), 0u) << message;
  EXPECT_NE(message.find("beyond"), std::string::npos) << message;
  EXPECT_NE(message.find("out of bounds"), std::string::npos) << message;
}

TEST_F(SimtDeviceTest, DamagedPlans) {
  EXPECT_EQ(messageOf("damaged", NORMRT_BAD_MODULE),
            "function 'damaged' failed: kernel 'where' uses buffer 99, but there are 1");
  EXPECT_EQ(messageOf("missing", NORMRT_BAD_MODULE),
            "function 'missing' failed: kernel 'nowhere' has no twin for the host; compile the module again");
  EXPECT_EQ(messageOf("negative", NORMRT_BAD_MODULE),
            "function 'negative' failed: its temporary 0 has -4 bytes; compile it again");
  EXPECT_EQ(messageOf("cpu_only", NORMRT_NO_DEVICE),
            "function 'cpu_only' has no GPU kernels; compile its module for a GPU, as with --target=sm_80");
}

// More blocks than a grid has: refused before anything is launched.
TEST_F(SimtDeviceTest, HugeGrid) {
  int64_t extent = int64_t(3) << 30, one = 1;
  float result = 7;
  DLTensor input = tensor(nullptr, extent), output = tensor(&result, one);
  EXPECT_EQ(normrt_call(find("huge"), &input, 1, &output, 1, &options, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message,
               "function 'huge' failed: kernel 'where' has 3221225472 blocks for arrays of these extents, "
               "but this GPU takes 2147483647 at most");
  EXPECT_EQ(result, 7);
}

TEST_F(SimtDeviceTest, Options) {
  auto message = [&] { return messageOf("together", NORMRT_BAD_ARGUMENT, 4); };
  simt.order = 3;
  EXPECT_EQ(message(), "there is no order 3 of threads; they are 0 (ascending), 1 (descending) and 2 (shuffled)");
  simt.order = NORMRT_ASCENDING;
  simt.multiprocessors = -1;
  EXPECT_EQ(message(), "a GPU with -1 multiprocessors cannot be played; give 1 to 1024, or 0");
  simt.multiprocessors = 0;
  options.device_index = 1;
  EXPECT_EQ(message(), "only the cuda device has an index and a stream");
  options.device_index = 0;
  options.device = NORMRT_CPU;
  EXPECT_EQ(message(), "only the simt device has an order");
  options.simt = nullptr;
  options.device = 3;
  EXPECT_EQ(message(), "there is no device 3; they are 0 (cpu), 1 (simt) and 2 (cuda)");
}

TEST_F(SimtDeviceTest, DeviceArrays) {
  options.simt = nullptr;
  options.device = NORMRT_SIMT;
  int64_t extent = 4;
  Floats where(4);
  DLTensor output = tensor(where.data(), extent, {kDLCUDA, 0});
  EXPECT_EQ(normrt_call(find("together"), nullptr, 0, &output, 1, &options, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message,
               "result 'where' has an array on device type 2; copy it to the CPU's memory (device type 1)");
}
