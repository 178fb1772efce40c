//===- LaunchTest.cpp - what launches may ask for ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/Launch.h"

#include <gtest/gtest.h>

using namespace normc::runtime;

namespace {
/// A good launch; each test spoils one thing.
struct LaunchTest : testing::Test {
  normc_gpu gpu = {NORMC_MODULE_VERSION, 90, 8, 200000, 1 << 20};
  int32_t buffers[2] = {0, 3};
  normc_launch launch = {"k", 4, 1024, 200000, 2, 0, 2, 8, buffers, {}};

  std::string fault(normrt_status code) {
    Status status = gpu::checkLaunch(launch, 4, gpu);
    EXPECT_EQ(status.getCode(), code);
    return status.getMessage();
  }
  std::string damage() { return fault(NORMRT_BAD_MODULE); }
  std::string excess() { return fault(NORMRT_BAD_ARGUMENT); }
};
} // namespace

TEST_F(LaunchTest, Good) {
  EXPECT_EQ(fault(NORMRT_OK), "");
  launch.grid = 0;
  EXPECT_EQ(fault(NORMRT_OK), "");
  launch.grid = INT32_MAX - 1;
  EXPECT_EQ(fault(NORMRT_OK), "");
}

TEST_F(LaunchTest, Damaged) {
  launch.kernel = nullptr;
  EXPECT_EQ(damage(), "a kernel has no name");
  launch.kernel = "k";
  launch.grid = -1;
  EXPECT_EQ(damage(), "kernel 'k' has -1 blocks");
  launch.grid = 4;
  launch.block = 0;
  EXPECT_EQ(damage(), "kernel 'k' has 0 threads in a block");
  launch.block = 1;
  launch.shared = -8;
  EXPECT_EQ(damage(), "kernel 'k' has -8 bytes of shared memory");
  launch.shared = 0;
  launch.cluster = 3;
  EXPECT_EQ(damage(), "kernel 'k' has 3 blocks in a cluster, which does not divide its 4 blocks");
  launch.cluster = 0;
  EXPECT_EQ(damage(), "kernel 'k' has 0 blocks in a cluster, which does not divide its 4 blocks");
  launch.cluster = 1;
  launch.scalar_count = 9;
  EXPECT_EQ(damage(), "kernel 'k' has 9 scalars");
  launch.scalar_count = 0;
  buffers[1] = 4;
  EXPECT_EQ(damage(), "kernel 'k' uses buffer 4, but there are 4");
  buffers[1] = -1;
  EXPECT_EQ(damage(), "kernel 'k' uses buffer -1, but there are 4");
  launch.buffers = nullptr;
  EXPECT_EQ(damage(), "kernel 'k' has 2 buffers, which are not described");
}

TEST_F(LaunchTest, BeyondTheGpu) {
  const std::string tail = " for arrays of these extents, but this GPU takes ";
  launch.grid = int64_t(1) << 31;
  EXPECT_EQ(excess(), "kernel 'k' has 2147483648 blocks" + tail + "2147483647 at most");
  launch.grid = 16;
  launch.block = 1025;
  EXPECT_EQ(excess(), "kernel 'k' has 1025 threads in a block" + tail + "1024 at most");
  launch.block = 32;
  launch.shared = 200001;
  EXPECT_EQ(excess(), "kernel 'k' has 200001 bytes of shared memory in a block" + tail + "200000 at most");
  launch.shared = 0;
  launch.cluster = 16;
  EXPECT_EQ(excess(), "kernel 'k' has 16 blocks in a cluster" + tail + "8 at most");
  launch.cluster = 2;
  gpu.capability = 89;
  EXPECT_EQ(excess(), "kernel 'k' has 2 blocks in a cluster" + tail + "1 at most");
}
