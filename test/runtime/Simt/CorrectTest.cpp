//===- CorrectTest.cpp - kernels without faults -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"

#include <numeric>

using namespace normc::runtime;
using namespace normc::runtime::simt;

namespace {
std::vector<float> fractions(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i)
    values[i] = 1.0f / float(i + 1);
  return values;
}

int64_t moved(const Machine &machine, const std::string &operand, bool written) {
  int64_t bytes = 0;
  for (const Count &count : machine.counts())
    if (count.operand == operand)
      bytes += written ? count.written : count.read;
  return bytes;
}

struct Vector4 {
  float at[4];
};
} // namespace

// y = 2 x, by vectors of four, the tail one by one.
TEST(SimtCorrect, Elementwise) {
  TestKernel kernel("twice", [](Gpu gpu) {
    const int64_t n = gpu.integer(2), first = gpu.global() * 4;
    if (first + 4 <= n) {
      auto v = gpu.load(0, reinterpret_cast<const Vector4 *>(gpu.pointer<float>(0) + first));
      for (float &x : v.at)
        x *= 2;
      gpu.store(1, reinterpret_cast<Vector4 *>(gpu.pointer<float>(1) + first), v);
    } else {
      for (int64_t i = first; i < n; ++i)
        gpu.store(3, gpu.pointer<float>(1) + i, 2 * gpu.load(2, gpu.pointer<float>(0) + i));
    }
  });
  kernel.load("x", 16).store("y", 16).load("x", 4).store("y", 4);
  for (const Settings &settings : everyOrder())
    for (int64_t n : {1, 7, 128, 1023, 4096}) {
      Machine machine(settings);
      DeviceArray<float> x(machine, fractions(size_t(n))), y(machine, size_t(n));
      Status failed = kernel.launch(machine, (n + 511) / 512, 128, {x.parameter(), y.parameter(), &n});
      EXPECT_EQ(failed.getMessage(), "");
      std::vector<float> expected = fractions(size_t(n));
      for (float &value : expected)
        value *= 2;
      EXPECT_EQ(y.get(), expected);
      EXPECT_EQ(moved(machine, "x", false), 4 * n);
      EXPECT_EQ(moved(machine, "x", true), 0);
      EXPECT_EQ(moved(machine, "y", true), 4 * n);
    }
}

// A block's sum: shared memory folded by halves.
TEST(SimtCorrect, TreeInSharedMemory) {
  TestKernel kernel("tree", [](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(1, s + gpu.tid(), gpu.load(0, gpu.pointer<float>(0) + gpu.global()));
    gpu.barrier(0);
    for (int32_t half = gpu.thread->ntid / 2; half; half /= 2) {
      if (gpu.tid() < half)
        gpu.store(1, s + gpu.tid(), gpu.load(2, s + gpu.tid()) + gpu.load(2, s + gpu.tid() + half));
      gpu.barrier(1);
    }
    // Read by all, then written by one.
    const float sum = gpu.load(2, s);
    gpu.barrier(2);
    if (gpu.tid() == 0)
      gpu.store(1, s, gpu.load(2, s) * 2);
    gpu.barrier(3);
    if (gpu.tid() == 0)
      gpu.store(3, gpu.pointer<float>(1) + gpu.thread->ctaid, gpu.load(2, s) - sum);
  });
  kernel.load("x", 4).store(nullptr, 4, NORMC_SIMT_SHARED).load(nullptr, 4, NORMC_SIMT_SHARED).store("sum", 4);
  kernel.array("s", 0, -1);
  std::vector<float> first;
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, fractions(8 * 256)), sum(machine, 8);
    Status failed = kernel.launch(machine, 8, 256, {x.parameter(), sum.parameter()}, 1024);
    EXPECT_EQ(failed.getMessage(), "");
    if (first.empty())
      first = sum.get();
    EXPECT_EQ(sum.get(), first);
    EXPECT_NEAR(first[0], 6.12434, 1e-4);
    EXPECT_EQ(moved(machine, "x", false), 8 * 1024);
    EXPECT_EQ(moved(machine, "sum", true), 8 * 4);
  }
}

// A warp's sum by butterflies, the warps' sums through shared memory.
TEST(SimtCorrect, WarpShuffles) {
  TestKernel kernel("warps", [](Gpu gpu) {
    float sum = gpu.load(0, gpu.pointer<float>(0) + gpu.global());
    for (uint32_t lane = 16; lane; lane /= 2)
      sum += gpu.butterfly(int32_t(lane), sum, lane);
    if (gpu.lane() == 0)
      gpu.store(1, gpu.shared<float>() + gpu.tid() / 32, sum);
    gpu.barrier(0);
    if (gpu.tid() < 4) {
      sum = gpu.load(2, gpu.shared<float>() + gpu.tid());
      for (uint32_t lane = 2; lane; lane /= 2)
        sum += gpu.butterfly(int32_t(lane), sum, lane, 0xf);
      if (gpu.tid() == 0)
        gpu.store(3, gpu.pointer<float>(1) + gpu.thread->ctaid, sum);
    }
  });
  kernel.load("x", 4).store(nullptr, 4, NORMC_SIMT_SHARED).load(nullptr, 4, NORMC_SIMT_SHARED).store("sum", 4);
  kernel.array("sums", 0, 16);
  std::vector<float> first;
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, fractions(5 * 128)), sum(machine, 5);
    Status failed = kernel.launch(machine, 5, 128, {x.parameter(), sum.parameter()});
    EXPECT_EQ(failed.getMessage(), "");
    if (first.empty())
      first = sum.get();
    EXPECT_EQ(sum.get(), first);
    EXPECT_NEAR(first[0], 5.4331, 1e-3);
  }
}

// Lanes that talk through shared memory, ordered by barriers of the warp alone, whole and in halves.
TEST(SimtCorrect, WarpBarriers) {
  TestKernel kernel("lanes", [](Gpu gpu) {
    float *s = gpu.shared<float>() + gpu.tid() / 32 * 32;
    const uint32_t half = gpu.lane() < 16 ? 0xffffu : 0xffff0000u;
    gpu.store(1, s + gpu.lane(), gpu.load(0, gpu.pointer<float>(0) + gpu.global()));
    gpu.warpBarrier(0, half);
    float sum = gpu.load(2, s + gpu.lane()) + gpu.load(2, s + (gpu.lane() ^ 8));
    gpu.warpBarrier(1, half);
    gpu.store(1, s + gpu.lane(), sum);
    gpu.warpBarrier(2);
    sum += gpu.load(2, s + (gpu.lane() ^ 16));
    gpu.store(3, gpu.pointer<float>(1) + gpu.global(), sum);
  });
  kernel.load("x", 4).store(nullptr, 4, NORMC_SIMT_SHARED).load(nullptr, 4, NORMC_SIMT_SHARED).store("y", 4);
  kernel.array("s", 0, -1);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    const std::vector<float> values = fractions(128);
    DeviceArray<float> x(machine, values), y(machine, 128);
    Status failed = kernel.launch(machine, 2, 64, {x.parameter(), y.parameter()}, 256);
    EXPECT_EQ(failed.getMessage(), "");
    std::vector<float> result = y.get();
    for (size_t i = 0; i < 128; ++i)
      EXPECT_EQ(result[i], (values[i] + values[i ^ 8]) + (values[i ^ 16] + values[i ^ 24]));
  }
}

namespace {
/// A barrier of the whole grid: the last block to arrive at the counter lets the others go.
void gridBarrier(Gpu gpu, int32_t add, int32_t poll, uint32_t *counter, uint32_t goal) {
  gpu.barrier(100);
  if (gpu.tid() == 0) {
    gpu.fence();
    gpu.add(add, counter, 1);
    while (gpu.load(poll, counter) < goal) {
    }
    gpu.fence();
  }
  gpu.barrier(101);
}
} // namespace

// Every block leaves a partial sum, meets the others, and adds up all of them; twice, over the same partial sums.
TEST(SimtCorrect, GridBarrier) {
  TestKernel kernel("grid", [](Gpu gpu) {
    auto *partial = gpu.pointer<float>(1), *y = gpu.pointer<float>(2);
    auto *counter = gpu.pointer<uint32_t>(3);
    const uint32_t blocks = uint32_t(gpu.thread->nctaid);
    float sum = 0;
    for (uint32_t round = 0; round < 2; ++round) {
      if (gpu.tid() == 0)
        gpu.store(1, partial + gpu.thread->ctaid,
                  gpu.load(0, gpu.pointer<float>(0) + gpu.thread->ctaid) + float(round));
      gridBarrier(gpu, 4, 5, counter, (2 * round + 1) * blocks);
      for (uint32_t i = 0; i < blocks; ++i)
        sum += gpu.load(2, partial + i);
      gridBarrier(gpu, 4, 5, counter, (2 * round + 2) * blocks);
    }
    gpu.store(3, y + gpu.global(), sum);
  });
  kernel.load("x", 4).store("partial", 4).load("partial", 4).store("y", 4);
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_ATOMIC);
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_VOLATILE_LOAD);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, std::vector<float>{1, 2, 3, 4, 5, 6, 7}), partial(machine, 7), y(machine, 7 * 64);
    DeviceArray<uint32_t> counter(machine, std::vector<uint32_t>{0});
    Status failed = kernel.launch(machine, 7, 64, {x.parameter(), partial.parameter(), y.parameter(), counter.parameter()},
                                  0, 1, /*cooperative=*/true);
    EXPECT_EQ(failed.getMessage(), "");
    EXPECT_EQ(y.get(), std::vector<float>(7 * 64, 28 + 35));
  }
}

// The last block to finish, as a counter tells, merges what all have left.
TEST(SimtCorrect, LastBlock) {
  TestKernel kernel("last", [](Gpu gpu) {
    auto *partial = gpu.pointer<float>(1);
    gpu.store(1, partial + gpu.thread->ctaid, gpu.load(0, gpu.pointer<float>(0)) * float(gpu.thread->ctaid));
    gpu.fence();
    if (gpu.add(4, gpu.pointer(3), 1) != uint32_t(gpu.thread->nctaid) - 1)
      return;
    gpu.fence();
    float sum = 0;
    for (int32_t i = 0; i < gpu.thread->nctaid; ++i)
      sum += gpu.load(2, partial + i);
    gpu.store(3, gpu.pointer<float>(2), sum);
  });
  kernel.load("x", 4).store("partial", 4).load("partial", 4).store("y", 4);
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_ATOMIC);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, std::vector<float>{2}), partial(machine, 100), y(machine, 1);
    DeviceArray<uint32_t> counter(machine, std::vector<uint32_t>{0});
    Status failed = kernel.launch(machine, 100, 1, {x.parameter(), partial.parameter(), y.parameter(), counter.parameter()});
    EXPECT_EQ(failed.getMessage(), "");
    EXPECT_EQ(y.get(), std::vector<float>{9900});
  }
}

// The blocks of a cluster read each other's shared memory, and stay until all have.
TEST(SimtCorrect, Cluster) {
  TestKernel kernel("cluster", [](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(1, s + gpu.tid(), gpu.load(0, gpu.pointer<float>(0) + gpu.global()));
    gpu.clusterBarrier(0);
    float sum = 0;
    for (int32_t rank = 0; rank < gpu.thread->cluster_nctarank; ++rank) {
      auto *other = static_cast<float *>(gpu.thread->hooks->map_shared(gpu.thread, 4, s, rank));
      sum += gpu.load(2, other + gpu.tid());
    }
    gpu.clusterBarrier(2);
    // Its own again, after everybody has read it.
    gpu.store(1, s + gpu.tid(), sum);
    gpu.store(3, gpu.pointer<float>(1) + gpu.global(), gpu.load(2, s + gpu.tid()));
  });
  kernel.load("x", 4).store(nullptr, 4, NORMC_SIMT_SHARED).load(nullptr, 4, NORMC_SIMT_SHARED).store("y", 4);
  kernel.array("s", 0, 48 * 4);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    const std::vector<float> values = fractions(8 * 48);
    DeviceArray<float> x(machine, values), y(machine, 8 * 48);
    Status failed = kernel.launch(machine, 8, 48, {x.parameter(), y.parameter()}, 0, 4);
    EXPECT_EQ(failed.getMessage(), "");
    std::vector<float> result = y.get();
    for (size_t i = 0; i < values.size(); ++i) {
      float sum = 0;
      for (size_t rank = 0; rank < 4; ++rank)
        sum += values[i / 192 * 192 + rank * 48 + i % 48];
      EXPECT_EQ(result[i], sum);
    }
  }
}

// Launches come one after the other: the second reads what the first wrote, elsewhere.
TEST(SimtCorrect, Launches) {
  TestKernel kernel("reverse", [](Gpu gpu) {
    const int64_t n = gpu.integer(2);
    gpu.store(1, gpu.pointer<float>(1) + gpu.global(), gpu.load(0, gpu.pointer<float>(0) + n - 1 - gpu.global()));
  });
  kernel.load("x", 4).store("y", 4);
  Machine machine;
  const int64_t n = 1024;
  DeviceArray<float> x(machine, fractions(n)), y(machine, n);
  EXPECT_FALSE(kernel.launch(machine, 4, 256, {x.parameter(), y.parameter(), &n}));
  EXPECT_FALSE(kernel.launch(machine, 4, 256, {y.parameter(), x.parameter(), &n}));
  EXPECT_EQ(x.get(), fractions(n));
  EXPECT_EQ(moved(machine, "x", false), 2 * 4 * n);
  machine.clearCounts();
  EXPECT_TRUE(machine.counts().empty());
}

// Named barriers: half of a block each.
TEST(SimtCorrect, NamedBarriers) {
  TestKernel kernel("halves", [](Gpu gpu) {
    const int32_t half = gpu.tid() / 64;
    float *s = gpu.shared<float>() + half * 64;
    gpu.store(1, s + gpu.tid() % 64, gpu.load(0, gpu.pointer<float>(0) + gpu.global()));
    gpu.barrier(half, 1 + half, 64);
    gpu.store(3, gpu.pointer<float>(1) + gpu.global(), gpu.load(2, s + 63 - gpu.tid() % 64));
  });
  kernel.load("x", 4).store(nullptr, 4, NORMC_SIMT_SHARED).load(nullptr, 4, NORMC_SIMT_SHARED).store("y", 4);
  kernel.array("s", 0, 512);
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, fractions(128)), y(machine, 128);
    Status failed = kernel.launch(machine, 1, 128, {x.parameter(), y.parameter()});
    EXPECT_EQ(failed.getMessage(), "");
    EXPECT_EQ(y.get()[0], 1.0f / 64);
  }
}

TEST(SimtCorrect, Votes) {
  TestKernel kernel("votes", [](Gpu gpu) {
    auto vote = [&](int32_t place, int32_t mode, bool predicate) {
      return gpu.thread->hooks->vote(gpu.thread, place, mode, ~0u, predicate);
    };
    uint32_t sum = vote(0, NORMC_SIMT_BALLOT, gpu.lane() % 2);
    sum += vote(1, NORMC_SIMT_ALL, true) + 2 * vote(2, NORMC_SIMT_ALL, gpu.lane() > 0);
    sum += 4 * vote(3, NORMC_SIMT_ANY, gpu.lane() == 5) + 8 * vote(4, NORMC_SIMT_ANY, false);
    sum += 16 * vote(5, NORMC_SIMT_UNIFORM, false) + 32 * vote(6, NORMC_SIMT_UNIFORM, gpu.lane() == 1);
    gpu.store(0, gpu.pointer<uint32_t>(0) + gpu.tid(), sum);
  });
  kernel.store("y", 4);
  Machine machine;
  DeviceArray<uint32_t> y(machine, 64);
  EXPECT_EQ(kernel.launch(machine, 1, 64, {y.parameter()}).getMessage(), "");
  EXPECT_EQ(y.get(), std::vector<uint32_t>(64, 0xaaaaaaaau + 1 + 4 + 16));
}

TEST(SimtCorrect, Shuffles) {
  TestKernel kernel("shuffles", [](Gpu gpu) {
    auto shuffle = [&](int32_t place, int32_t mode, uint32_t lane, uint32_t clamp) {
      const uint64_t result =
          gpu.thread->hooks->shuffle(gpu.thread, place, mode, ~0u, uint32_t(gpu.lane()), lane, clamp);
      gpu.store(0, gpu.pointer<int32_t>(0) + place * 32 + gpu.tid(), int32_t(result) + ((result >> 32) ? 100 : 0));
    };
    shuffle(0, NORMC_SIMT_UP, 3, 0);
    shuffle(1, NORMC_SIMT_DOWN, 3, 31);
    shuffle(2, NORMC_SIMT_INDEX, 7, 31);
    shuffle(3, NORMC_SIMT_INDEX, 1, 31 | (24 << 8)); // segments of eight lanes
    shuffle(4, NORMC_SIMT_BUTTERFLY, 8, 31 | (24 << 8));
  });
  kernel.store("y", 4);
  Machine machine;
  DeviceArray<int32_t> y(machine, 5 * 32);
  EXPECT_EQ(kernel.launch(machine, 1, 32, {y.parameter()}).getMessage(), "");
  std::vector<int32_t> result = y.get();
  for (int32_t lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(result[size_t(lane)], lane < 3 ? lane : 100 + lane - 3);
    EXPECT_EQ(result[size_t(32 + lane)], lane > 28 ? lane : 100 + lane + 3);
    EXPECT_EQ(result[size_t(64 + lane)], 107);
    EXPECT_EQ(result[size_t(96 + lane)], 100 + lane / 8 * 8 + 1);
    // lane ^ 8 leaves the segment upwards in every other one.
    EXPECT_EQ(result[size_t(128 + lane)], lane % 16 < 8 ? lane : 100 + lane - 8);
  }
}
