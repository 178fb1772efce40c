//===- MachineTest.cpp - memory and limits of the machine -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"

#include <cfenv>

using namespace normc::runtime;
using namespace normc::runtime::simt;

TEST(SimtMachine, Memory) {
  Machine machine;
  void *a, *b, *empty;
  ASSERT_FALSE(machine.allocate(100, false, a));
  ASSERT_FALSE(machine.allocate(100, true, b));
  ASSERT_FALSE(machine.allocate(0, false, empty));
  EXPECT_NE(empty, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(a) % 256, 0u);
  EXPECT_EQ(machine.allocations(), 3u);
  char host[100] = {};
  EXPECT_FALSE(machine.copyOut(host, b, 100));
  EXPECT_EQ(machine.copyOut(host, a, 100).getMessage(),
            "byte 0 of a buffer of 100 bytes is read back, but nobody has written it");
  EXPECT_FALSE(machine.copyIn(a, host, 52));
  EXPECT_FALSE(machine.copyOut(host, a, 52));
  EXPECT_NE(machine.copyOut(host, a, 100).getMessage().find("is read back"), std::string::npos);
  EXPECT_FALSE(machine.fill(static_cast<char *>(a) + 52, 7, 48));
  EXPECT_FALSE(machine.copy(b, a, 100));
  EXPECT_FALSE(machine.copyOut(host, b, 100));
  EXPECT_EQ(host[99], 7);
  EXPECT_EQ(machine.copyIn(a, host, 101).getMessage(),
            "the destination of 101 bytes does not lie within a buffer of the GPU");
  EXPECT_EQ(machine.copyOut(host, host, 1).getMessage(),
            "the source of 1 bytes does not lie within a buffer of the GPU");
  EXPECT_TRUE(machine.release(static_cast<char *>(a) + 1));
  EXPECT_FALSE(machine.release(a));
  EXPECT_TRUE(machine.release(a));
  EXPECT_TRUE(machine.copyIn(a, host, 1));
  EXPECT_FALSE(machine.copyIn(empty, nullptr, 0));
  EXPECT_EQ(machine.allocations(), 2u);
}

TEST(SimtMachine, TooMuchMemory) {
  Machine machine;
  void *address;
  Status failed = machine.allocate(size_t(1) << 60, false, address);
  EXPECT_EQ(failed.getCode(), NORMRT_OUT_OF_MEMORY);
}

TEST(SimtMachine, Limits) {
  TestKernel kernel("k", [](Gpu) {});
  auto refusal = [&](int32_t capability, int64_t grid, int32_t block, int32_t shared = 0, int32_t cluster = 1,
                     bool cooperative = false) {
    Settings settings;
    settings.capability = capability;
    settings.multiprocessors = 2;
    Machine machine(settings);
    Status failed = kernel.launch(machine, grid, block, {}, shared, cluster, cooperative);
    EXPECT_TRUE(!failed || failed.getCode() == NORMRT_BAD_ARGUMENT);
    return failed.getMessage();
  };
  EXPECT_EQ(refusal(80, 1, 1024), "");
  EXPECT_EQ(refusal(80, 1, 1025), "kernel 'k': a block has 1025 threads, but 1 to 1024 are allowed");
  EXPECT_EQ(refusal(80, 1, 0), "kernel 'k': a block has 0 threads, but 1 to 1024 are allowed");
  EXPECT_EQ(refusal(80, 0, 32), "kernel 'k': a grid has 0 blocks, but 1 to 2147483647 are allowed");
  EXPECT_EQ(refusal(80, int64_t(1) << 31, 32),
            "kernel 'k': a grid has 2147483648 blocks, but 1 to 2147483647 are allowed");
  EXPECT_EQ(refusal(80, int64_t(1) << 30, 1024),
            "kernel 'k': a launch has 1099511627776 threads, but on the host at most 268435456 are run");
  EXPECT_EQ(refusal(75, 1, 32, 64 * 1024), "");
  EXPECT_EQ(refusal(75, 1, 32, 64 * 1024 + 1),
            "kernel 'k': a block has 65537 bytes of shared memory, but a GPU of compute capability 7.5 allows 65536");
  EXPECT_EQ(refusal(80, 1, 32, 163 * 1024), "");
  EXPECT_EQ(refusal(90, 1, 32, 227 * 1024), "");
  EXPECT_EQ(refusal(86, 1, 32, 100 * 1024),
            "kernel 'k': a block has 102400 bytes of shared memory, but a GPU of compute capability 8.6 allows 101376");
  EXPECT_EQ(refusal(90, 8, 32, 0, 8), "");
  EXPECT_EQ(refusal(80, 8, 32, 0, 2),
            "kernel 'k': a cluster has 2 blocks, but a GPU of compute capability 8.0 allows 1");
  EXPECT_EQ(refusal(90, 9, 32, 0, 2), "kernel 'k': a grid of 9 blocks is no multiple of a cluster of 2");
  EXPECT_EQ(refusal(80, 4, 1024, 0, 1, true), "");
  EXPECT_EQ(refusal(80, 5, 1024, 0, 1, true), "kernel 'k': a cooperative launch has 5 blocks, but only 4 of so many "
                                              "threads and so much shared memory are resident at once");
  EXPECT_EQ(refusal(80, 3, 64, 100 * 1024, 1, true),
            "kernel 'k': a cooperative launch has 3 blocks, but only 2 of so many "
            "threads and so much shared memory are resident at once");
  kernel.array("s", 0, 48 * 1024 + 4);
  EXPECT_EQ(refusal(80, 1, 32),
            "kernel 'k': a block has 49156 bytes of static shared memory and 0 of dynamic, but static "
            "memory is at most 49152");
}

// A caller's flush-to-zero does not reach kernels, and is there again afterwards.
TEST(SimtMachine, FloatingPointEnvironment) {
  TestKernel kernel("round", [](Gpu gpu) {
    volatile float third = 3;
    gpu.store(1, gpu.pointer<float>(0), gpu.load(0, gpu.pointer<float>(0)) / third);
  });
  kernel.load("x", 4).store("x", 4);
  Machine machine;
  DeviceArray<float> x(machine, std::vector<float>{1});
  std::fesetround(FE_UPWARD);
  Status failed = kernel.launch(machine, 1, 1, {x.parameter()});
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  std::fesetround(FE_TONEAREST);
  EXPECT_FALSE(failed);
  EXPECT_EQ(x.get()[0], 1.0f / 3.0f);
}

// Cells are divided where accesses become narrower, and keep what they know.
TEST(SimtMachine, MixedWidths) {
  TestKernel kernel("mixed", [](Gpu gpu) {
    auto *x = gpu.pointer<char>(0);
    gpu.thread->hooks->access(gpu.thread, x + 16 * gpu.tid(), 0); // 16 bytes
    gpu.barrier(0);
    for (int i = 0; i < 16; ++i)
      gpu.load(1, x + (16 * gpu.tid() + 8 + i) % (64 * 16)); // bytes, half of them the neighbour's
    gpu.barrier(1);
    gpu.thread->hooks->access(gpu.thread, x + (16 * gpu.tid() + 8) % (64 * 16), 2); // 8 bytes
  });
  kernel.store("x", 16).load("x", 1).store("x", 8);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<char> x(machine, 64 * 16);
    EXPECT_EQ(kernel.launch(machine, 1, 64, {x.parameter()}).getMessage(), "");
    ASSERT_EQ(machine.counts().size(), 1u);
    EXPECT_EQ(machine.counts()[0].written, 64 * 24);
    EXPECT_EQ(machine.counts()[0].read, 64 * 16);
  }
}

TEST(SimtMachine, FindKernel) {
  const normc_simt_kernel kernels[] = {{"a", nullptr, 0, 0, 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr},
                                       {"b", nullptr, 0, 0, 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr}};
  normc_simt_module module = {NORMC_SIMT_VERSION, 2, kernels};
  EXPECT_EQ(findKernel(&module, "b"), kernels + 1);
  EXPECT_EQ(findKernel(&module, "c"), nullptr);
  EXPECT_EQ(findKernel(nullptr, "b"), nullptr);
  module.version = NORMC_SIMT_VERSION + 1;
  EXPECT_EQ(findKernel(&module, "b"), nullptr);
}
