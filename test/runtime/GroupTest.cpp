//===- GroupTest.cpp - groups of ranks, through the C interface -*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Ranks as threads, each with its handle until it closes it.
class Ranks {
public:
  explicit Ranks(int32_t size, const char *kind = "local", double deadline = 4.0, bool isChecked = true) : handles(size) {
    normrt_group_options options = {NORMRT_VERSION, isChecked, deadline};
    EXPECT_EQ(normrt_group_open(kind, size, &options, handles.data(), &error), NORMRT_OK) << error.message;
  }
  ~Ranks() {
    for (normrt_group *handle : handles)
      normrt_group_close(handle);
  }

  void close(int32_t rank) {
    normrt_group_close(handles[rank]);
    handles[rank] = nullptr;
  }

  /// Runs `body` on every rank; returns what each has to say.
  std::vector<std::string> run(const std::function<std::string(int32_t rank)> &body) {
    std::vector<std::string> said(handles.size());
    std::vector<std::thread> threads;
    for (size_t rank = 0; rank < handles.size(); ++rank)
      threads.emplace_back([&, rank] { said[rank] = body(int32_t(rank)); });
    for (std::thread &thread : threads)
      thread.join();
    return said;
  }

  /// A collective of `count` numbers; "" or the message.
  std::string gather(int32_t rank, const char *operation, int64_t count = 3, int32_t type = NORMC_F64) {
    const size_t length = static_cast<size_t>(count);
    std::vector<double> mine(length, rank), all(length * handles.size(), -1.0);
    normrt_error failure;
    const normrt_status status =
        normrt_group_all_gather(handles[rank], operation, type, count, mine.data(), all.data(), &failure);
    if (status != NORMRT_OK) {
      EXPECT_EQ(status, NORMRT_COLLECTIVE);
      return failure.message;
    }
    if (type == NORMC_F64)
      for (size_t i = 0; i < all.size(); ++i)
        if (all[i] != double(i / size_t(count)))
          return "element " + std::to_string(i) + " is " + std::to_string(all[i]);
    return "";
  }

  std::vector<normrt_group *> handles;
  normrt_error error;
};

/// Every rank of `said` but the one at fault names it and the operation.
void expectBlame(const std::vector<std::string> &said, int32_t culprit, const std::string &operation, bool isDead) {
  for (size_t rank = 0; rank < said.size(); ++rank) {
    if (isDead && int32_t(rank) == culprit)
      continue;
    EXPECT_NE(said[rank].find("rank " + std::to_string(culprit) + " "), std::string::npos) << "rank " << rank << ": " << said[rank];
    EXPECT_NE(said[rank].find("'" + operation + "'"), std::string::npos) << "rank " << rank << ": " << said[rank];
  }
}

double secondsOf(const std::function<void()> &body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

constexpr int repetitions = 200;

TEST(Group, GathersInRankOrder) {
  for (bool isChecked : {false, true})
    for (int32_t size : {1, 2, 5}) {
      Ranks ranks(size, "local", 60.0, isChecked);
      EXPECT_EQ(normrt_group_size(ranks.handles[size - 1]), size);
      EXPECT_EQ(normrt_group_rank(ranks.handles[size - 1]), size - 1);
      for (const std::string &text : ranks.run([&](int32_t rank) {
             std::string said;
             for (int64_t count = 0; count < repetitions; ++count)
               said += ranks.gather(rank, "numbers", count);
             return said;
           }))
        EXPECT_EQ(text, "");
    }
}

TEST(Group, ASkippedCollectiveIsAnErrorEverywhere) {
  for (int i = 0; i < repetitions; ++i) {
    Ranks ranks(4);
    EXPECT_LT(secondsOf([&] {
                expectBlame(ranks.run([&](int32_t rank) {
                  if (rank != 2)
                    if (std::string failure = ranks.gather(rank, "mu"); !failure.empty())
                      return failure;
                  return ranks.gather(rank, "variance");
                }),
                            2, "mu", /*isDead=*/false);
              }),
              5.0);
  }
}

TEST(Group, ASkippedLastCollectiveIsAnErrorOnceTheRankLeaves) {
  for (int i = 0; i < repetitions; ++i) {
    Ranks ranks(4, "local", 60.0, i % 2 == 0);
    EXPECT_LT(secondsOf([&] {
                expectBlame(ranks.run([&](int32_t rank) {
                  if (rank != 1)
                    return ranks.gather(rank, "mu");
                  ranks.close(rank);
                  return std::string();
                }),
                            1, "mu", /*isDead=*/true);
              }),
              5.0);
  }
}

TEST(Group, AnotherCountIsAnErrorEverywhere) {
  for (int i = 0; i < repetitions; ++i) {
    Ranks ranks(3);
    std::vector<std::string> said =
        ranks.run([&](int32_t rank) { return ranks.gather(rank, "mu", rank == i % 3 ? 4 : 3); });
    expectBlame(said, i % 3, "mu", /*isDead=*/false);
    EXPECT_NE(said[0].find("of 4 f64, where"), std::string::npos) << said[0];
  }
}

TEST(Group, AnotherTypeIsAnErrorEverywhere) {
  for (int i = 0; i < repetitions; ++i) {
    Ranks ranks(3);
    std::vector<std::string> said =
        ranks.run([&](int32_t rank) { return ranks.gather(rank, "mu", 3, rank == 0 ? NORMC_F32 : NORMC_F64); });
    expectBlame(said, 0, "mu", /*isDead=*/false);
    EXPECT_NE(said[2].find("of 3 f32, where"), std::string::npos) << said[2];
  }
}

TEST(Group, ALostRankIsAnErrorEverywhere) {
  for (int i = 0; i < repetitions; ++i) {
    Ranks ranks(3, "local", 0.02);
    expectBlame(ranks.run([&](int32_t rank) { return rank == 2 ? std::string() : ranks.gather(rank, "mu"); }), 2, "mu",
                /*isDead=*/true);
  }
  // With the deadline that is the default.
  Ranks ranks(3);
  EXPECT_LT(secondsOf([&] {
              expectBlame(ranks.run([&](int32_t rank) { return rank == 0 ? std::string() : ranks.gather(rank, "mu"); }), 0,
                          "mu", /*isDead=*/true);
            }),
            5.0);
}

TEST(Group, AFailedGroupStaysSo) {
  Ranks ranks(2, "local", 0.02);
  std::vector<std::string> said = ranks.run([&](int32_t rank) { return rank == 1 ? std::string() : ranks.gather(rank, "mu"); });
  EXPECT_EQ(ranks.gather(0, "variance"), said[0]);
  EXPECT_EQ(ranks.gather(1, "mu"), said[0]);
}

TEST(Group, Refusals) {
  normrt_group *group = nullptr;
  normrt_error error;
  auto refusal = [&](const char *kind, int32_t ranks, const normrt_group_options *options = nullptr) -> std::string {
    EXPECT_EQ(normrt_group_open(kind, ranks, options, &group, &error), NORMRT_BAD_ARGUMENT);
    return error.message;
  };
  EXPECT_EQ(refusal("star", 1), "there is no group 'star'; there are: local, mpi, nccl");
  EXPECT_EQ(refusal("local", 0), "a process has 1 to 1024 ranks, not 0");
  EXPECT_EQ(refusal("mpi", 2), "a process is one rank of a group 'mpi', not 2; start more processes");
  EXPECT_EQ(refusal(nullptr, 1), "the kind of the group is null");
  normrt_group_options options = {NORMRT_VERSION + 1, 0, 0.0};
  EXPECT_NE(refusal("local", 1, &options).find("the options have version"), std::string::npos);
  options = {NORMRT_VERSION, 1, -1.0};
  EXPECT_EQ(refusal("local", 1, &options), "a deadline is 0 to 1000000 seconds");
  EXPECT_EQ(normrt_group_all_gather(nullptr, "mu", NORMC_F64, 1, nullptr, nullptr, &error), NORMRT_BAD_ARGUMENT);
  Ranks ranks(1);
  EXPECT_EQ(normrt_group_all_gather(ranks.handles[0], "mu", NORMC_F64, -1, nullptr, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_EQ(normrt_group_all_gather(ranks.handles[0], "mu", 99, 1, &error, &error, &error), NORMRT_BAD_ARGUMENT);
  normrt_group_close(nullptr);
}

} // namespace
