//===- Faults.h - kernels with one fault each -------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each kernel is one that would be right but for what its test says, and is caught in every order of the fibers.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_SIMT_FAULTS_H
#define NORMC_TEST_RUNTIME_SIMT_FAULTS_H

#include "Kernels.h"

namespace normc::runtime::simt {

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

inline TestKernel faulty(TestKernel::Body body) {
  TestKernel kernel("faulty", body);
  kernel.load("x", 4).store("y", 4).load(nullptr, 4, NORMC_SIMT_SHARED).store(nullptr, 4, NORMC_SIMT_SHARED);
  kernel.load("y", 4);                                                   // 4
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_ATOMIC);        // 5
  kernel.add("counter", 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_VOLATILE_LOAD); // 6
  kernel.load("x", 16).load("x", 4, NORMC_SIMT_GENERIC);                 // 7, 8
  kernel.array("s", 0, 64 * 4).array("t", 512, 64 * 4);
  return kernel;
}

} // namespace normc::runtime::simt

#endif // NORMC_TEST_RUNTIME_SIMT_FAULTS_H
