//===- FaultsTest.cpp - barriers and shuffles that do not meet --*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Faults.h"

using namespace normc::runtime;
using namespace normc::runtime::simt;

TEST(SimtFaults, WrongShuffleMask) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.lane() < 16)
      gpu.butterfly(3, 1.0f, 8); // of all lanes, half of them are elsewhere
    gpu.barrier(4);
  });
  Caught().expect(kernel, "missing lane", {"place 3 with the mask 0xffffffff, but lane ", "waits at place 4"});
}

TEST(SimtFaults, MaskWithoutItself) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.butterfly(3, 1.0f, 8, 0xffff); });
  Caught().expect(kernel, "missing lane", {"does not name its own lane"});
}

TEST(SimtFaults, MaskBeyondBlock) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.butterfly(3, 1.0f, 8); });
  Caught{1, 40}.expect(kernel, "missing lane", {"block 0, thread 3", "but lane 8 is beyond the block"});
}

TEST(SimtFaults, LaneHasExited) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.lane() == 5)
      return;
    gpu.butterfly(3, 1.0f, 8);
  });
  Caught().expect(kernel, "missing lane", {"lane 5 has exited"});
}

TEST(SimtFaults, MasksDiffer) {
  TestKernel kernel =
      faulty([](Gpu gpu) { gpu.butterfly(3, 1.0f, 0, gpu.lane() == 1 ? 0x2u : 0x3u << (gpu.lane() & 30)); });
  Caught().expect(kernel, "missing lane");
}

TEST(SimtFaults, ShufflesAtDifferentPlaces) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.butterfly(gpu.lane() < 4 ? 3 : 4, 1.0f, 8); });
  Caught().expect(kernel, "missing lane", {"place 3", "place 4"});
}

TEST(SimtFaults, ShuffleReadsOutsideMask) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.lane() < 8)
      gpu.butterfly(3, 1.0f, 16, 0xff);
  });
  Caught().expect(kernel, "missing lane", {"reads lane 1", "which the mask 0x000000ff does not name"});
}

TEST(SimtFaults, DivergentBarriers) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() < 32)
      gpu.barrier(1);
    else
      gpu.barrier(2);
  });
  Caught().expect(kernel, "divergent barrier", {"place 1", "place 2"});
}

TEST(SimtFaults, BarrierAfterExit) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() == 9)
      return;
    gpu.barrier(1);
  });
  Caught().expect(kernel, "divergent barrier", {"exited"});
}

TEST(SimtFaults, BarrierAndPolling) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() == 9)
      while (gpu.load(6, gpu.pointer<uint32_t>(2)) == 0) {
      }
    gpu.barrier(1);
  });
  Caught().expect(kernel, "divergent barrier", {"polls memory"});
}

TEST(SimtFaults, BarrierOfTooFew) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.barrier(1, 1, 40); });
  Caught().expect(kernel, "divergent barrier", {"must be a multiple of 32"});
}

TEST(SimtFaults, NobodyComes) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.tid() < 32)
      gpu.barrier(1, 1, 64);
  });
  Caught().expect(kernel, "divergent barrier");
}

// Blocks that wait for each other need a cooperative launch.
TEST(SimtFaults, Deadlock) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.add(5, gpu.pointer(2), 1);
    while (gpu.load(6, gpu.pointer<uint32_t>(2)) < 2) {
    }
  });
  Caught{2, 1}.expect(kernel, "deadlock", {"polls memory that nobody changes", "not cooperative"});
}

TEST(SimtFaults, CooperativeDeadlock) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.add(5, gpu.pointer(2), 1);
    while (gpu.load(6, gpu.pointer<uint32_t>(2)) < 3) { // there are but two blocks
    }
  });
  Caught{2, 1, 0, 1, true}.expect(kernel, "deadlock", {"polls memory that nobody changes"});
}

TEST(SimtFaults, ClusterWithoutWaiting) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.thread->hooks->cluster_arrive(gpu.thread, 1, 0);
    gpu.thread->hooks->cluster_arrive(gpu.thread, 2, 0);
  });
  Caught{2, 32, 0, 2}.expect(kernel, "divergent barrier", {"twice without waiting"});
}

// A relaxed arrival orders no memory.
TEST(SimtFaults, RelaxedCluster) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.store(3, gpu.shared<float>() + gpu.tid(), 1.0f);
    gpu.thread->hooks->cluster_arrive(gpu.thread, 1, 1);
    gpu.thread->hooks->cluster_wait(gpu.thread, 2);
    auto *other = static_cast<float *>(
        gpu.thread->hooks->map_shared(gpu.thread, 3, gpu.shared<float>(), 1 - gpu.thread->cluster_ctarank));
    gpu.load(2, other + gpu.tid());
  });
  Caught{2, 32, 0, 2}.expect(kernel, "data race");
}

TEST(SimtFaults, SharedMemoryOfAnExitedBlock) {
  TestKernel kernel = faulty([](Gpu gpu) {
    gpu.store(3, gpu.shared<float>() + gpu.tid(), 1.0f);
    gpu.clusterBarrier(1);
    if (gpu.thread->cluster_ctarank == 1)
      return;
    gpu.clusterBarrier(3); // without the others
    auto *other = static_cast<float *>(gpu.thread->hooks->map_shared(gpu.thread, 3, gpu.shared<float>(), 1));
    gpu.load(2, other + gpu.tid());
  });
  Caught{2, 32, 0, 2}.expect(kernel, "out of bounds", {"shared memory of block 1, which has exited"});
}

TEST(SimtFaults, MappedBeyondTheCluster) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.thread->hooks->map_shared(gpu.thread, 3, gpu.shared<float>(), 2); });
  Caught{2, 32, 0, 2}.expect(kernel, "out of bounds", {"of block 2 of a cluster of 2"});
}

TEST(SimtFaults, Trap) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.global() == 70)
      gpu.thread->hooks->trap(gpu.thread, 8);
  });
  Caught{2}.expect(kernel, "trap", {"block 1, thread 6", "place 8"});
}
