//===- RacesTest.cpp - kernels whose threads race ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Faults.h"

using namespace normc::runtime;
using namespace normc::runtime::simt;

TEST(SimtFaults, DeletedBarrier) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(3, s + gpu.tid(), 1.0f);
    gpu.barrier(0);
    const float other = gpu.load(2, s + 63 - gpu.tid());
    // A barrier is missing here.
    gpu.store(3, s + gpu.tid(), other);
    gpu.barrier(1);
  });
  Caught().expect(kernel, "data race", {"block 0, thread ", ", and no barrier lies between"});
}

TEST(SimtFaults, DeletedBarrierBeforeReading) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(3, s + gpu.tid(), 1.0f);
    gpu.barrier(0);
    gpu.store(3, s + gpu.tid(), 2.0f);
    gpu.store(1, gpu.pointer<float>(1) + gpu.tid(), gpu.load(2, s + 63 - gpu.tid()));
  });
  Caught().expect(kernel, "data race");
}

// A shuffle orders no memory, so it does not stand in for a barrier of the warp.
TEST(SimtFaults, ShuffleInsteadOfBarrier) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(3, s + gpu.tid(), 1.0f);
    gpu.warpBarrier(0);
    gpu.store(3, s + gpu.tid(), 2.0f);
    gpu.butterfly(1, 1.0f, 1);
    gpu.load(2, s + (gpu.tid() ^ 1));
  });
  Caught{1, 32}.expect(kernel, "data race");
}

TEST(SimtFaults, WarpBarrierOfHalves) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    gpu.store(3, s + gpu.tid(), 1.0f);
    gpu.barrier(0);
    gpu.store(3, s + gpu.tid(), 2.0f);
    gpu.warpBarrier(0, gpu.lane() < 16 ? 0xffffu : 0xffff0000u);
    gpu.load(2, s + (gpu.tid() ^ 16)); // of the other half
  });
  Caught{1, 32}.expect(kernel, "data race");
}

TEST(SimtFaults, ReadByManyWrittenByOne) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    if (gpu.tid() == 0)
      gpu.store(3, s, 1.0f);
    gpu.barrier(0);
    gpu.load(2, s);
    if (gpu.tid() == 7)
      gpu.store(3, s, 2.0f);
  });
  Caught().expect(kernel, "data race");
}

TEST(SimtFaults, BlocksWriteTheSame) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.store(1, gpu.pointer<float>(1) + gpu.tid(), 1.0f); });
  Caught{3}.expect(kernel, "data race", {"writes 4 bytes of 'y'", " wrote, and no barrier"});
}

TEST(SimtFaults, BlockReadsWhatAnotherWrites) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() == 0)
      gpu.store(1, gpu.pointer<float>(0) + gpu.thread->ctaid, 2.0f);
    gpu.load(0, gpu.pointer<float>(0) + 1);
  });
  Caught{3}.expect(kernel, "data race");
}

TEST(SimtFaults, ManyBlocksReadWhatOneWrites) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.load(0, gpu.pointer<float>(0));
    if (gpu.thread->ctaid == 3 && gpu.tid() == 0)
      gpu.store(1, gpu.pointer<float>(0), 2.0f);
  });
  Caught{6}.expect(kernel, "data race");
}

TEST(SimtFaults, ManyClustersReadWhatOneWrites) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.load(0, gpu.pointer<float>(0));
    gpu.clusterBarrier(1);
    if (gpu.thread->clusterid == 1 && gpu.thread->cluster_ctarank == 0 && gpu.tid() == 0)
      gpu.store(1, gpu.pointer<float>(0), 2.0f);
  });
  Caught{6, 32, 0, 2}.expect(kernel, "data race");
}

// The last block reads what others left without a fence on either side.
TEST(SimtFaults, AtomicsWithoutFences) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.store(1, gpu.pointer<float>(1) + gpu.thread->ctaid, 1.0f);
    if (gpu.add(5, gpu.pointer(2), 1) == 3)
      for (int i = 0; i < 4; ++i)
        gpu.load(4, gpu.pointer<float>(1) + i);
  });
  Caught{4, 1}.expect(kernel, "data race");
}

// A fence of the block does not reach another block.
TEST(SimtFaults, NarrowFence) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.store(1, gpu.pointer<float>(1) + gpu.thread->ctaid, 1.0f);
    gpu.fence(/*device=*/false);
    if (gpu.add(5, gpu.pointer(2), 1) != 3)
      return;
    gpu.fence(/*device=*/false);
    for (int i = 0; i < 4; ++i)
      gpu.load(4, gpu.pointer<float>(1) + i);
  });
  Caught{4, 1}.expect(kernel, "data race");
}

TEST(SimtFaults, PlainAndAtomic) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() == 0)
      gpu.store(1, gpu.pointer<float>(2), 0.0f);
    gpu.add(5, gpu.pointer(2), 1);
  });
  Caught().expect(kernel, "data race");
}
