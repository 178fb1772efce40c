//===- KeptTest.cpp - what is kept together, and what is split -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/compiler/Transforms/Algebra/BothSides.h"

namespace normc {

TEST(Kept, MeanLeavesASumOfItsValue) {
  // sum(e x) = sum(e d) + m sum(e), x = d + m, where e follows from d; then sum(e x) / sum(e) - x has no m.
  BothSides sides(R"(
    %m = norm.mean %x over [1] : tensor<6x4xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<6x1xf64>
    %e = norm.exp %d : tensor<6x4xf64>
    %ex = norm.mul %e, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %s = norm.sum %ex over [1] : tensor<6x4xf64>
    %n = norm.sum %e over [1] : tensor<6x4xf64>
    %q = norm.div %s, %n : tensor<6x1xf64>, tensor<6x1xf64>
    %y = norm.sub %q, %x : tensor<6x1xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SumOp>(), 2u) << sides.text();
  // x is read for its mean and its deviation alone.
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
}

TEST(Kept, WhatIsKnownOfAKeptSumLeaves) {
  // sum({a (x - m) + b} (x - m)) = a sum((x - m)^2), and sum((x - m)^2) is there.
  BothSides sides(R"(
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x4xf64>
    %q = norm.square %d : tensor<6x4xf64>
    %v = norm.sum %q over [0] : tensor<6x4xf64>
    %ad = norm.mul %a, %d : tensor<1x4xf64>, tensor<6x4xf64>
    %k = norm.add %ad, %b : tensor<6x4xf64>, tensor<1x4xf64>
    %kd = norm.mul %k, %d : tensor<6x4xf64>, tensor<6x4xf64>
    %s = norm.sum %kd over [0] : tensor<6x4xf64>
    %y = norm.add %s, %v : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 2u) << sides.text();
}

TEST(Kept, KeptDifferenceIsFoundAmongTerms) {
  // a x - a g = a (x - g), where x - g is kept: its weights follow from x, so that x cannot be split.
  BothSides sides(R"(
    %most = norm.max_over %x over [1] : tensor<6x4xf64>
    %below = norm.sub %x, %most : tensor<6x4xf64>, tensor<6x1xf64>
    %e = norm.exp %below : tensor<6x4xf64>
    %ex = norm.mul %e, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %s = norm.sum %ex over [1] : tensor<6x4xf64>
    %n = norm.sum %e over [1] : tensor<6x4xf64>
    %g = norm.div %s, %n : tensor<6x1xf64>, tensor<6x1xf64>
    %d = norm.sub %x, %g : tensor<6x4xf64>, tensor<6x1xf64>
    %q = norm.square %d : tensor<6x4xf64>
    %wx = norm.mul %w, %x : tensor<6x1xf64>, tensor<6x4xf64>
    %wg = norm.mul %w, %g : tensor<6x1xf64>, tensor<6x1xf64>
    %wd = norm.sub %wx, %wg : tensor<6x4xf64>, tensor<6x1xf64>
    %y = norm.add %q, %wd : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 2u) << sides.text();
}

TEST(Kept, LongSumsStayTogether) {
  // Beyond 64 terms what has been added is one value: sums of x tanh(tanh(..)), 80 of them.
  std::string body = "  %t0 = norm.tanh %x : tensor<6x4xf64>\n  %s0 = norm.mul %x, %t0 : tensor<6x4xf64>, tensor<6x4xf64>\n";
  for (int k = 0; k < 80; ++k) {
    const std::string last = std::to_string(k), next = std::to_string(k + 1);
    body += "  %t" + next + " = norm.tanh %t" + last + " : tensor<6x4xf64>\n";
    body += "  %m" + next + " = norm.mul %x, %t" + next + " : tensor<6x4xf64>, tensor<6x4xf64>\n";
    body += "  %s" + next + " = norm.add %s" + last + ", %m" + next + " : tensor<6x4xf64>, tensor<6x4xf64>\n";
  }
  BothSides sides(body + "  %y = norm.sub %s80, %m80 : tensor<6x4xf64>, tensor<6x4xf64>\n  return %y : tensor<6x4xf64>",
                  "tensor<6x4xf64>");
  sides.agree();
  EXPECT_LE(sides.size(), 81u * 3 + 20) << sides.text();
}

} // namespace normc
