//===- SignsTest.cpp - what cannot be negative, both sides evaluated -----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/compiler/Transforms/Algebra/BothSides.h"

namespace normc {

/// %v, the variance of x from raw moments, then what is done with it to make %y.
static std::string withVariance(const std::string &rest) {
  return R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %xx = norm.square %x : tensor<6x4xf64>
    %m2 = norm.mean %xx over [0] : tensor<6x4xf64>
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %mm = norm.square %m : tensor<1x4xf64>
    %v = norm.sub %m2, %mm : tensor<1x4xf64>, tensor<1x4xf64>
)" + rest + "\n    return %y : tensor<1x4xf64>";
}

TEST(Signs, ClampedVarianceIsTheVariance) {
  for (const char *clamp : {
           "%y = norm.max %v, %zero : tensor<1x4xf64>, tensor<1x1xf64>",
           "%y = norm.max %zero, %v : tensor<1x1xf64>, tensor<1x4xf64>",
           "%y = norm.abs %v : tensor<1x4xf64>",
           "%c = norm.compare gt %v, %zero : tensor<1x4xf64>, tensor<1x1xf64>\n"
           "%y = norm.select %c, %v, %zero : tensor<1x4xi1>, tensor<1x4xf64>, tensor<1x1xf64>",
           "%c = norm.compare ge %v, %zero : tensor<1x4xf64>, tensor<1x1xf64>\n"
           "%y = norm.select %c, %v, %zero : tensor<1x4xi1>, tensor<1x4xf64>, tensor<1x1xf64>",
           "%c = norm.compare lt %zero, %v : tensor<1x1xf64>, tensor<1x4xf64>\n"
           "%y = norm.select %c, %v, %zero : tensor<1x4xi1>, tensor<1x4xf64>, tensor<1x1xf64>",
           "%c = norm.compare lt %v, %zero : tensor<1x4xf64>, tensor<1x1xf64>\n"
           "%y = norm.select %c, %zero, %v : tensor<1x4xi1>, tensor<1x1xf64>, tensor<1x4xf64>",
           "%c = norm.compare le %v, %zero : tensor<1x4xf64>, tensor<1x1xf64>\n"
           "%y = norm.select %c, %zero, %v : tensor<1x4xi1>, tensor<1x1xf64>, tensor<1x4xf64>",
       }) {
    BothSides sides(withVariance(clamp), "tensor<1x4xf64>");
    sides.agree();
    EXPECT_EQ(sides.ops<norm::MaxOp>() + sides.ops<norm::AbsOp>() + sides.ops<norm::SelectOp>(), 0u) << sides.text();
    EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
  }
}

TEST(Signs, SumsOfWhatIsNotNegativeAreNot) {
  // |e^x + a^2 + sum(w) sqrt(v)| and its clamp
  BothSides sides(withVariance(R"(
    %e = norm.exp %x : tensor<6x4xf64>
    %s = norm.mean %e over [0] : tensor<6x4xf64>
    %q = norm.square %a : tensor<1x4xf64>
    %d = norm.sqrt %v : tensor<1x4xf64>
    %t = norm.add %s, %q : tensor<1x4xf64>, tensor<1x4xf64>
    %u = norm.add %t, %d : tensor<1x4xf64>, tensor<1x4xf64>
    %p = norm.abs %u : tensor<1x4xf64>
    %y = norm.max %p, %zero : tensor<1x4xf64>, tensor<1x1xf64>)"), "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::MaxOp>() + sides.ops<norm::AbsOp>(), 0u) << sides.text();
}

TEST(Signs, RootOfASquareOfWhatIsNotNegative) {
  // sqrt(e^(2 x)) = e^x
  BothSides sides(R"(
    %e = norm.exp %x : tensor<6x4xf64>
    %q = norm.square %e : tensor<6x4xf64>
    %y = norm.sqrt %q : tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SqrtOp>(), 0u) << sides.text();
}

TEST(Signs, WhatIsNotPositive) {
  // min(-x^2, 0) = -x^2; |-x^2| = x^2
  BothSides sides(R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %q = norm.square %x : tensor<6x4xf64>
    %n = norm.neg %q : tensor<6x4xf64>
    %p = norm.abs %n : tensor<6x4xf64>
    %r = norm.min %n, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %y = norm.add %p, %r : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::MinOp>() + sides.ops<norm::AbsOp>(), 0u) << sides.text();
}

TEST(Signs, ClampsByAnotherNumber) {
  // max(x^2 + 2, 1) = x^2 + 2, but max(x^2 + 1, 2) is a choice.
  BothSides sides(R"(
    %one = norm.constant 1.0 : tensor<1x1xf64>
    %two = norm.constant 2.0 : tensor<1x1xf64>
    %q = norm.square %x : tensor<6x4xf64>
    %p = norm.add %q, %two : tensor<6x4xf64>, tensor<1x1xf64>
    %r = norm.max %p, %one : tensor<6x4xf64>, tensor<1x1xf64>
    %s = norm.add %q, %one : tensor<6x4xf64>, tensor<1x1xf64>
    %t = norm.max %s, %two : tensor<6x4xf64>, tensor<1x1xf64>
    %y = norm.add %r, %t : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::MaxOp>(), 1u) << sides.text();
}

TEST(Signs, UnknownSignsStay) {
  BothSides sides(R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %p = norm.max %x, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %q = norm.abs %x : tensor<6x4xf64>
    %c = norm.compare gt %x, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %r = norm.select %c, %x, %zero : tensor<6x4xi1>, tensor<6x4xf64>, tensor<1x1xf64>
    %s = norm.add %p, %q : tensor<6x4xf64>, tensor<6x4xf64>
    %y = norm.mul %s, %r : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::MaxOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.ops<norm::AbsOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SelectOp>(), 1u) << sides.text();
}

TEST(Signs, GuardsOfZeroStay) {
  // q > 0 ? log q : 7 is 7 where q = max(x, 0)^2 is 0, though q is never negative.
  BothSides sides(R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %seven = norm.constant 7.0 : tensor<1x1xf64>
    %p = norm.max %x, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %q = norm.square %p : tensor<6x4xf64>
    %c = norm.compare gt %q, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %l = norm.log %q : tensor<6x4xf64>
    %y = norm.select %c, %l, %seven : tensor<6x4xi1>, tensor<6x4xf64>, tensor<1x1xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SelectOp>(), 1u) << sides.text();
}

} // namespace normc
