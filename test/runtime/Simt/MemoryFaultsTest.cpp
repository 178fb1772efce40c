//===- MemoryFaultsTest.cpp - accesses that go astray -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Faults.h"

using namespace normc::runtime;
using namespace normc::runtime::simt;

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
