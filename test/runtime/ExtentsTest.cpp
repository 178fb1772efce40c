//===- ExtentsTest.cpp - extents and instruction sets -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Extents.h"
#include "runtime/Cpu.h"

#include <gtest/gtest.h>
#include <vector>

using namespace normc::runtime;
using List = std::vector<int64_t>;

static Shape shape(const List &list) {
  return {list.data(), int32_t(list.size())};
}
static bool same(const List &a, const List &b) {
  bool result = haveSameElements(shape(a), shape(b));
  EXPECT_EQ(result, haveSameElements(shape(b), shape(a)));
  return result;
}

TEST(ExtentsTest, OnesAreDropped) {
  EXPECT_TRUE(same({}, {}));
  EXPECT_TRUE(same({}, {1, 1, 1}));
  EXPECT_TRUE(same({64}, {1, 64, 1, 1}));
  EXPECT_FALSE(same({}, {2}));
  EXPECT_FALSE(same({64}, {1, 63}));
}

TEST(ExtentsTest, AdjacentAxesMergeAndSplit) {
  EXPECT_TRUE(same({8, 6, 5, 5}, {8, 2, 3, 25}));
  EXPECT_TRUE(same({24}, {4, 6}));
  EXPECT_TRUE(same({2, 12}, {24}));
  EXPECT_TRUE(same({4, 1, 6, 1}, {2, 2, 2, 3}));
  EXPECT_FALSE(same({4, 6}, {6, 4}));
  EXPECT_FALSE(same({2, 4, 6}, {2, 6, 4}));
  EXPECT_FALSE(same({4, 6, 7}, {6, 4, 7}));
  EXPECT_FALSE(same({4, 6}, {2, 3, 4}));
  EXPECT_FALSE(same({24}, {4, 5}));
}

TEST(ExtentsTest, ZerosAllowOnesOnly) {
  EXPECT_TRUE(same({0, 4}, {1, 0, 1, 4}));
  EXPECT_FALSE(same({0, 4}, {0}));
  EXPECT_FALSE(same({0, 4}, {4, 0}));
  EXPECT_FALSE(same({0}, {1}));
}

TEST(ExtentsTest, OverflowIsDifferent) {
  int64_t half = int64_t(1) << 32;
  EXPECT_FALSE(same({half, half}, {half, 2, half / 2}));
  EXPECT_FALSE(same({1}, {half, half}));
}

TEST(ExtentsTest, Bytes) {
  int64_t bytes = -1;
  ASSERT_TRUE(countBytes(shape({2, 3, 1}), 4, bytes));
  EXPECT_EQ(bytes, 24);
  ASSERT_TRUE(countBytes(shape({2, 0}), 4, bytes));
  EXPECT_EQ(bytes, 0);
  ASSERT_TRUE(countBytes(shape({INT64_MAX / 8}), 8, bytes));
  EXPECT_FALSE(countBytes(shape({INT64_MAX / 8 + 1}), 8, bytes));
  EXPECT_FALSE(countBytes(shape({0, INT64_MAX, 2}), 1, bytes));
  EXPECT_FALSE(countBytes(shape({-1}), 1, bytes));
}

TEST(ExtentsTest, Text) {
  EXPECT_EQ(toText(shape({8, 64})), "8x64");
  EXPECT_EQ(toText(shape({-1, 0, -2})), "?x0x?");
  EXPECT_EQ(toText(shape({})), "()");
}

TEST(CpuTest, Lists) {
  EXPECT_EQ(missingInstructionSets(""), "");
  EXPECT_EQ(missingInstructionSets("  "), "");
  EXPECT_EQ(missingInstructionSets("a b  c"),
            "was compiled for a, b and c, which this runtime does not know on this CPU");
#if defined(__x86_64__)
  EXPECT_EQ(missingInstructionSets("sse2 sse"), "");
  EXPECT_NE(instructionSetSupport("avx512f"), Support::unknown);
  EXPECT_NE(instructionSetSupport("f16c"), Support::unknown);
  if (!__builtin_cpu_supports("xop")) {
    EXPECT_EQ(missingInstructionSets("sse2 xop"), "was compiled for xop, which this CPU does not have");
  }
#endif
}
