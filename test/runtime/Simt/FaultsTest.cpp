//===- FaultsTest.cpp - kernels with one fault each -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each kernel is one that would be right but for what its test says, and is caught in every order of the fibers.
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"

#include <functional>

using namespace normc::runtime;
using namespace normc::runtime::simt;

namespace {
/// Launches in every order; each must end with a fault that has `name` in it, and all of `parts`.
struct Caught {
  int64_t grid = 1;
  int32_t block = 64, shared = 0, cluster = 1;
  bool cooperative = false;
  size_t count = 256; ///< elements of the two buffers

  void expect(TestKernel &kernel, const std::string &name, const std::vector<std::string> &parts = {}) {
    for (const Settings &settings : everyOrder()) {
      Machine machine(settings);
      DeviceArray<float> x(machine, std::vector<float>(count, 1.0f)), y(machine, count);
      DeviceArray<uint32_t> counter(machine, std::vector<uint32_t>{0, 0});
      Status failed = kernel.launch(machine, grid, block, {x.parameter(), y.parameter(), counter.parameter()}, shared,
                                    cluster, cooperative);
      EXPECT_EQ(failed.getCode(), NORMRT_INTERNAL);
      const std::string &message = failed.getMessage();
      EXPECT_NE(message.find("kernel 'faulty', block "), std::string::npos) << message;
      EXPECT_NE(message.find(": " + name + ": "), std::string::npos) << message;
      for (const std::string &part : parts)
        EXPECT_NE(message.find(part), std::string::npos) << message;
      // The machine can go on.
      TestKernel sound("sound", [](Gpu gpu) { gpu.barrier(); });
      EXPECT_FALSE(sound.launch(machine, 2, 32, {}));
    }
  }
};

TestKernel faulty(TestKernel::Body body) {
  TestKernel kernel("faulty", body);
  kernel.load("x", 4).store("y", 4).load(nullptr, 4, NORMC_SIMT_SHARED).store(nullptr, 4, NORMC_SIMT_SHARED);
  kernel.load("y", 4);                                                   // 4
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_ATOMIC);        // 5
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_VOLATILE_LOAD); // 6
  kernel.load("x", 16).load("x", 4, NORMC_SIMT_GENERIC);                 // 7, 8
  kernel.array("s", 0, 64 * 4).array("t", 512, 64 * 4);
  return kernel;
}
} // namespace

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

TEST(SimtFaults, OffByOne) {
  TestKernel kernel = faulty([](Gpu gpu) {
    for (int64_t i = gpu.global(); i <= 100; i += 64) // should be <
      gpu.load(0, gpu.pointer<float>(0) + i);
  });
  Caught caught;
  caught.count = 100;
  caught.expect(kernel, "out of bounds",
                {"thread 36", "reads 4 bytes of 'x' in sweep 0 at byte 400 of a buffer of 400"});
}

TEST(SimtFaults, BeforeTheBuffer) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.store(1, gpu.pointer<float>(1) + gpu.tid() - 1, 1.0f); });
  Caught().expect(kernel, "out of bounds", {"at byte -4"});
}

TEST(SimtFaults, VectorOverTheEnd) {
  TestKernel kernel =
      faulty([](Gpu gpu) { gpu.thread->hooks->access(gpu.thread, gpu.pointer<float>(0) + 4 * gpu.tid(), 7); });
  Caught caught;
  caught.count = 254;
  caught.expect(kernel, "out of bounds",
                {"thread 63", "reads 16 bytes of 'x' in sweep 0 at byte 1008 of a buffer of 1016"});
}

TEST(SimtFaults, AnotherBuffer) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.load(0, gpu.pointer<float>(0) + 300 * gpu.tid()); });
  Caught().expect(kernel, "out of bounds");
}

TEST(SimtFaults, Null) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.load(0, static_cast<float *>(nullptr) + gpu.tid()); });
  Caught().expect(kernel, "out of bounds", {", where no buffer is"});
}

TEST(SimtFaults, OverASharedArray) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.store(3, gpu.shared<float>() + gpu.tid() + 1, 1.0f); });
  Caught().expect(kernel, "out of bounds", {"thread 63", "at byte 256 of 's' in shared memory, which has 256"});
}

TEST(SimtFaults, Misaligned) {
  TestKernel kernel =
      faulty([](Gpu gpu) { gpu.thread->hooks->access(gpu.thread, gpu.pointer<float>(0) + gpu.tid() % 2, 7); });
  Caught().expect(kernel, "misaligned access", {"reads 16 bytes of 'x'", "at byte 4, which is no multiple of 16"});
}

TEST(SimtFaults, SharedAsGlobal) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.store(1, gpu.shared<float>() + gpu.tid(), 1.0f); });
  Caught().expect(kernel, "wrong address space", {"of shared memory, as if it were global"});
}

TEST(SimtFaults, GlobalAsShared) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.store(3, gpu.pointer<float>(1) + gpu.tid(), 1.0f); });
  Caught().expect(kernel, "wrong address space", {"of global memory, as if it were shared"});
}

TEST(SimtFaults, OwnMemoryAsGlobal) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float local = 1;
    gpu.load(8, &local); // generic: that is all right
    gpu.load(0, &local);
  });
  Caught().expect(kernel, "wrong address space", {"of the thread's own memory, as if it were global"});
}

TEST(SimtFaults, PoisonedSharedMemory) {
  TestKernel kernel = faulty([](Gpu gpu) {
    float *s = gpu.shared<float>();
    if (gpu.tid() < 63)
      gpu.store(3, s + gpu.tid(), 1.0f);
    gpu.barrier(0);
    gpu.load(2, s + gpu.tid());
  });
  Caught().expect(kernel, "unwritten shared memory", {"thread 63", "at byte 252, which nobody has written"});
}

// What an earlier block has left there does not count.
TEST(SimtFaults, SharedMemoryOfAnEarlierBlock) {
  TestKernel kernel = faulty([](Gpu gpu) {
    if (gpu.thread->ctaid != 1)
      gpu.store(3, gpu.shared<float>() + gpu.tid(), 1.0f);
    gpu.load(2, gpu.shared<float>() + gpu.tid());
  });
  Caught{3}.expect(kernel, "unwritten shared memory", {"block 1"});
}

TEST(SimtFaults, UnwrittenTemporary) {
  TestKernel kernel = faulty([](Gpu gpu) { gpu.load(4, gpu.pointer<float>(1) + gpu.tid()); });
  Caught().expect(kernel, "unwritten memory", {"reads 4 bytes of 'y'"});
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
