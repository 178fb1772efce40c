//===- AgreementTest.cpp - the same bits from every compiler ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include <cstdint>
#include <gtest/gtest.h>

#define X(name) extern "C" uint64_t name();
DIGESTS
#undef X

/// Whatever the compiler, optimized or not, vectorized or not: the arithmetic is the function's own.
TEST(Agreement, CompilersAndOptimizations) {
  const uint64_t expected = digest_plain();
#define X(name) EXPECT_EQ(name(), expected) << #name;
  DIGESTS
#undef X
}
