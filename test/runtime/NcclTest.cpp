//===- NcclTest.cpp - groups of GPUs, against a mock of NCCL ----*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/Group.h"
#include "runtime/normrt.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

using namespace normc::runtime;

namespace {

/// The mocks lie on LD_LIBRARY_PATH and read the environment when they are called.
class Nccl : public testing::Test {
protected:
  void SetUp() override {
    for (const char *name : {"MOCK_NCCL_VERSION", "MOCK_NCCL_FAILURE", "MOCK_CUDA_DEVICES"})
      unsetenv(name);
    checking.isOn = true;
  }

  Status open(int32_t ranks) { return openGroups("nccl", ranks, checking, groups); }

  /// Gathers on every rank; what each has to say.
  std::vector<std::string> gather(int64_t skew = 0, bool isOnDevice = false) {
    std::vector<std::string> said(groups.size());
    std::vector<std::thread> threads;
    for (size_t rank = 0; rank < groups.size(); ++rank)
      threads.emplace_back([&, rank] {
        const int64_t count = 5 + (rank == 1 ? skew : 0);
        const size_t length = static_cast<size_t>(count);
        std::vector<double> mine(length, double(rank)), all(length * groups.size());
        Status status = groups[rank]->allGather({"mu", NORMC_F64, count, mine.data(), all.data(), isOnDevice});
        said[rank] = status.getMessage();
        for (size_t i = 0; !status && i < all.size(); ++i)
          if (all[i] != double(i / size_t(count)))
            said[rank] = "element " + std::to_string(i) + " is wrong";
      });
    for (std::thread &thread : threads)
      thread.join();
    return said;
  }

  Checking checking;
  std::vector<std::unique_ptr<Group>> groups;
};

TEST_F(Nccl, GathersHostAndDeviceBuffers) {
  for (bool isChecked : {true, false}) {
    checking.isOn = isChecked;
    for (int32_t ranks : {1, 3}) {
      groups.clear();
      ASSERT_FALSE(open(ranks));
      EXPECT_NE(groups[0]->getTable()->all_gather_device, nullptr);
      for (int i = 0; i < 20; ++i)
        for (const std::string &text : gather(0, i % 2 == 1))
          EXPECT_EQ(text, "");
    }
  }
}

TEST_F(Nccl, ChecksBeforeItSends) {
  ASSERT_FALSE(open(3));
  for (const std::string &text : gather(1))
    EXPECT_EQ(text, "rank 1 calls collective 0, 'mu', of 6 f64, where rank 0 calls collective 0, 'mu', of 5 f64; all ranks must call "
                    "the same");
}

TEST_F(Nccl, NamesRankAndOperationWhereNcclFails) {
  ASSERT_FALSE(open(2));
  setenv("MOCK_NCCL_FAILURE", "1", 1);
  std::vector<std::string> said = gather();
  EXPECT_EQ(said[0], "'mu' on rank 0: ncclAllGather failed: a mocked failure");
  EXPECT_EQ(said[1], "'mu' on rank 1: ncclAllGather failed: a mocked failure");
}

TEST_F(Nccl, LooksAtTheVersionFirst) {
  setenv("MOCK_NCCL_VERSION", "2708", 1);
  EXPECT_EQ(open(1).getMessage(),
            "there is no group 'nccl': libnccl.so.2 is version 2708, but versions from 20900 (2.9) up to 3 are needed");
}

TEST_F(Nccl, NeedsAGpuForEachRank) {
  setenv("MOCK_CUDA_DEVICES", "2", 1);
  EXPECT_EQ(open(3).getMessage(), "a group 'nccl' has one GPU for each rank, but of 3 there are 2");
  setenv("MOCK_CUDA_DEVICES", "0", 1);
  EXPECT_EQ(open(1).getMessage(), "there is no group 'nccl': there is no GPU");
}

} // namespace
