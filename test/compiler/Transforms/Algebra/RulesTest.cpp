//===- RulesTest.cpp - each rule of the algebra, both sides evaluated ----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/compiler/Transforms/Algebra/BothSides.h"

namespace normc {

//===----------------------------------------------------------------------===//
// Rule 1: a reduction distributes over a sum
//===----------------------------------------------------------------------===//

TEST(Rules, SumDistributes) {
  // sum(x) is known; sum(x + a) is sum(x) + n a, and needs no reduction of its own.
  BothSides sides(R"(
    %s = norm.sum %x over [0] : tensor<6x4xf64>
    %t = norm.add %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %r = norm.sum %t over [0] : tensor<6x4xf64>
    %y = norm.mul %s, %r : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u);
}

//===----------------------------------------------------------------------===//
// Rule 2: what does not vary leaves the reduction; counts; sums of sums
//===----------------------------------------------------------------------===//

TEST(Rules, InvariantFactorsLeave) {
  BothSides sides(R"(
    %s = norm.sum %x over [0] : tensor<6x4xf64>
    %t = norm.mul %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %r = norm.sum %t over [0] : tensor<6x4xf64>
    %y = norm.add %s, %r : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u);
}

TEST(Rules, SumOfOneIsTheCount) {
  BothSides sides(R"(
    %r = norm.broadcast %a like %x : tensor<1x4xf64>, tensor<6x4xf64>
    %y = norm.sum %r over [0] : tensor<6x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 0u);
}

TEST(Rules, SumOfSumIsOneSum) {
  BothSides sides(R"(
    %s = norm.sum %x over [0] : tensor<6x4xf64>
    %t = norm.sum %s over [1] : tensor<1x4xf64>
    %u = norm.sum %x over [0, 1] : tensor<6x4xf64>
    %y = norm.mul %t, %u : tensor<1x1xf64>, tensor<1x1xf64>
    return %y : tensor<1x1xf64>)", "tensor<1x1xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u);
}

TEST(Rules, MeanOfMeanIsOneMean) {
  // x meets two means, and the mean of one of them is the other.
  BothSides sides(R"(
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x4xf64>
    %mm = norm.mean %m over [1] : tensor<1x4xf64>
    %e = norm.sub %x, %mm : tensor<6x4xf64>, tensor<1x1xf64>
    %s = norm.sum %e over [0, 1] : tensor<6x4xf64>
    %f = norm.add %e, %s : tensor<6x4xf64>, tensor<1x1xf64>
    %y = norm.mul %d, %f : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 2u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 2u) << sides.text();
}

//===----------------------------------------------------------------------===//
// Rule 2: a constant that is 1/n, n a count, stands for 1/n
//===----------------------------------------------------------------------===//

/// x - c sum(x), c a number, and the sum of that
static std::string centredBy(const std::string &constant) {
  return "%c = norm.constant " + constant + R"( : tensor<1x1xf64>
    %s = norm.sum %x over [0] : tensor<6x4xf64>
    %m = norm.mul %s, %c : tensor<1x4xf64>, tensor<1x1xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x4xf64>
    %z = norm.sum %d over [0] : tensor<6x4xf64>
    return %z : tensor<1x4xf64>)";
}

TEST(Rules, NearestToOneOverTheCountIsExact) {
  BothSides sides(centredBy("0.16666666666666666"), "tensor<1x4xf64>");
  sides.agree(1e-15);
  EXPECT_EQ(sides.reductions(), 0u) << sides.text();
}

TEST(Rules, SixDigitsOfOneOverTheCountAreExact) {
  for (const char *constant : {"0.166667", "0.166666", "0.16666667", "1.666667e-1"}) {
    BothSides sides(centredBy(constant), "tensor<1x4xf64>");
    sides.agree(2e-5);
    EXPECT_EQ(sides.reductions(), 0u) << constant << "\n" << sides.text();
  }
}

TEST(Rules, OtherConstantsAreWhatTheyAre) {
  // Five digits; a digit that is wrong; the reciprocals of what is no count here; a count that is not one over it.
  for (const char *constant : {"0.16667", "0.166668", "0.142857", "0.25", "-0.166667", "6.0"}) {
    BothSides sides(centredBy(constant), "tensor<1x4xf64>");
    sides.agree(1e-14);
    EXPECT_EQ(sides.reductions(), 1u) << constant << "\n" << sides.text();
  }
}

TEST(Rules, ReductionsOneAfterTheOtherHaveACountTogether) {
  // sum(x)/24 from two sums
  BothSides sides(R"(
    %c = norm.constant 0.0416667 : tensor<1x1xf64>
    %r = norm.sum %x over [1] : tensor<6x4xf64>
    %s = norm.sum %r over [0] : tensor<6x1xf64>
    %m = norm.mul %s, %c : tensor<1x1xf64>, tensor<1x1xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x1xf64>
    %z = norm.sum %d over [0, 1] : tensor<6x4xf64>
    return %z : tensor<1x1xf64>)", "tensor<1x1xf64>");
  sides.agree(1e-4);
  EXPECT_EQ(sides.reductions(), 0u) << sides.text();
}

//===----------------------------------------------------------------------===//
// Rule 3: roots, quotients and powers are exponents
//===----------------------------------------------------------------------===//

TEST(Rules, PowersAreExponents) {
  // v > 0 is known, so v^(-1/2), 1/sqrt(v), (v^(1/2))^-1 and sqrt(v)/v are one atom to one power.
  BothSides sides(R"(
    %q = norm.square %x : tensor<6x4xf64>
    %m = norm.mean %q over [0] : tensor<6x4xf64>
    %one = norm.constant 1.0 : tensor<1x1xf64>
    %v = norm.add %m, %one : tensor<1x4xf64>, tensor<1x1xf64>
    %p = norm.constant -0.5 : tensor<1x1xf64>
    %r1 = norm.pow %v, %p : tensor<1x4xf64>, tensor<1x1xf64>
    %r2 = norm.rsqrt %v : tensor<1x4xf64>
    %r3 = norm.sqrt %v : tensor<1x4xf64>
    %r4 = norm.div %r3, %v : tensor<1x4xf64>, tensor<1x4xf64>
    %r5 = norm.reciprocal %r3 : tensor<1x4xf64>
    %s1 = norm.sub %r1, %r2 : tensor<1x4xf64>, tensor<1x4xf64>
    %s2 = norm.sub %r4, %r5 : tensor<1x4xf64>, tensor<1x4xf64>
    %y = norm.add %s1, %s2 : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::RsqrtOp>() + sides.ops<norm::SqrtOp>() + sides.ops<norm::PowOp>(), 0u) << sides.text();
}

TEST(Rules, FractionalPowersOfRoots) {
  // (a^(1/2))^(-1/2) = a^(-1/4), where a is positive; NaN elsewhere.
  BothSides sides(R"(
    %r = norm.sqrt %w : tensor<6x1xf64>
    %p = norm.rsqrt %r : tensor<6x1xf64>
    %y = norm.mul %p, %x : tensor<6x1xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
}

TEST(Rules, SquaresOfDifferencesStay) {
  // (x - a)^2 is not x^2 - 2 a x + a^2, which cancels.
  BothSides sides(R"(
    %d = norm.sub %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %q = norm.square %d : tensor<6x4xf64>
    %y = norm.sum %q over [0] : tensor<6x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u) << sides.text();
}

TEST(Rules, RootOfSquareKeepsItsSign) {
  // (x^2)^(1/2) is not x.
  BothSides sides(R"(
    %q = norm.square %x : tensor<6x4xf64>
    %y = norm.sqrt %q : tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
}

TEST(Rules, SquareOfRootOfUnknownSignStays) {
  // sqrt(x)^2 is NaN where x is negative.
  BothSides sides(R"(
    %r = norm.sqrt %x : tensor<6x4xf64>
    %y = norm.square %r : tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
}

//===----------------------------------------------------------------------===//
// Rule 4: where x meets its own mean
//===----------------------------------------------------------------------===//

TEST(Rules, DeviationsAddUpToZero) {
  BothSides sides(R"(
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x4xf64>
    %s = norm.sum %d over [0] : tensor<6x4xf64>
    %y = norm.add %d, %s : tensor<6x4xf64>, tensor<1x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u) << sides.text();
}

TEST(Rules, VarianceFromRawMomentsIsCentred) {
  // mean(x^2) - mean(x)^2 = mean((x - mean(x))^2): no square of x itself remains.
  BothSides sides(R"(
    %q = norm.mul %x, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %m2 = norm.mean %q over [0] : tensor<6x4xf64>
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %mm = norm.square %m : tensor<1x4xf64>
    %y = norm.sub %m2, %mm : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SquareOp>(), 1u) << sides.text();
}

TEST(Rules, CovarianceFromRawMomentsIsCentred) {
  // mean(x z) - mean(x) mean(z) = mean((x - mean(x)) (z - mean(z))), z any other value
  BothSides sides(R"(
    %z = norm.exp %x : tensor<6x4xf64>
    %p = norm.mul %x, %z : tensor<6x4xf64>, tensor<6x4xf64>
    %mp = norm.mean %p over [0] : tensor<6x4xf64>
    %mx = norm.mean %x over [0] : tensor<6x4xf64>
    %mz = norm.mean %z over [0] : tensor<6x4xf64>
    %mm = norm.mul %mx, %mz : tensor<1x4xf64>, tensor<1x4xf64>
    %y = norm.sub %mp, %mm : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 2u) << sides.text();
  EXPECT_EQ(sides.reductions(), 3u) << sides.text();
}

TEST(Rules, ScaleBeforeCentringArrivesCentred) {
  // x a + (b - mean(x) a) = (x - mean(x)) a + b
  BothSides sides(R"(
    %m = norm.mean %x over [0] : tensor<6x4xf64>
    %ma = norm.mul %m, %a : tensor<1x4xf64>, tensor<1x4xf64>
    %c = norm.sub %b, %ma : tensor<1x4xf64>, tensor<1x4xf64>
    %xa = norm.mul %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %y = norm.add %xa, %c : tensor<6x4xf64>, tensor<1x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.ops<norm::MulOp>(), 1u) << sides.text();
}

TEST(Rules, WeightedMeanIsCentred) {
  // sum(w (x - m)) = 0, m = sum(w x) / sum(w)
  BothSides sides(R"(
    %wx = norm.mul %w, %x : tensor<6x1xf64>, tensor<6x4xf64>
    %s = norm.sum %wx over [0] : tensor<6x4xf64>
    %n = norm.sum %w over [0] : tensor<6x1xf64>
    %m = norm.div %s, %n : tensor<1x4xf64>, tensor<1x1xf64>
    %d = norm.sub %x, %m : tensor<6x4xf64>, tensor<1x4xf64>
    %wd = norm.mul %w, %d : tensor<6x1xf64>, tensor<6x4xf64>
    %z = norm.sum %wd over [0] : tensor<6x4xf64>
    %y = norm.add %d, %z : tensor<6x4xf64>, tensor<1x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 2u) << sides.text();
}

// Where nothing cancels, x is x, and not deviation + mean, which would be rounded.
TEST(Rules, DeviationAndMeanAreTheValue) {
  BothSides sides(R"(
    %mu = norm.mean %x over [0] : tensor<6x4xf64>
    %d = norm.sub %x, %mu : tensor<6x4xf64>, tensor<1x4xf64>
    %sq = norm.mul %x, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %on = norm.compare gt %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %r = norm.select %on, %d, %sq : tensor<6x4xi1>, tensor<6x4xf64>, tensor<6x4xf64>
    %y = norm.mul %r, %w : tensor<6x4xf64>, tensor<6x1xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::AddOp>(), 0u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SquareOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
}

TEST(Rules, PowersOfADeviationStayBesideTheValue) {
  BothSides sides(R"(
    %mu = norm.mean %x over [0] : tensor<6x4xf64>
    %d = norm.sub %x, %mu : tensor<6x4xf64>, tensor<1x4xf64>
    %sq = norm.mul %x, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %y = norm.mul %d, %sq : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::AddOp>(), 0u) << sides.text();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
}

//===----------------------------------------------------------------------===//
// Rule 5: sums of wide terms stay together
//===----------------------------------------------------------------------===//

TEST(Rules, WideSumsAreNotMultipliedOut) {
  // sum((x + w x^2) x^3) is one reduction, not two.
  BothSides sides(R"(
    %q = norm.tanh %x : tensor<6x4xf64>
    %e = norm.exp %x : tensor<6x4xf64>
    %t = norm.add %q, %e : tensor<6x4xf64>, tensor<6x4xf64>
    %u = norm.mul %t, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %y = norm.sum %u over [0] : tensor<6x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.reductions(), 1u) << sides.text();
}

TEST(Rules, DifferencesFromWhatIsNoMeanStay) {
  // sum((x - a) x b) = b sum((x - a) x), and (x - a)^2 summed: x - a is computed once and never multiplied out
  BothSides sides(R"(
    %d = norm.sub %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %s = norm.mul %d, %b : tensor<6x4xf64>, tensor<1x4xf64>
    %p = norm.mul %s, %x : tensor<6x4xf64>, tensor<6x4xf64>
    %t = norm.sum %p over [0] : tensor<6x4xf64>
    %q = norm.square %d : tensor<6x4xf64>
    %u = norm.sum %q over [0] : tensor<6x4xf64>
    %y = norm.add %t, %u : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SubOp>(), 1u) << sides.text();
  EXPECT_EQ(sides.reductions(), 2u) << sides.text();
}

TEST(Rules, DataThatWereShiftedMeetTheirMean) {
  // mean((x - a)^2) - mean(x - a)^2 = mean((x - mean x)^2)
  BothSides sides(R"(
    %d = norm.sub %x, %a : tensor<6x4xf64>, tensor<1x4xf64>
    %q = norm.square %d : tensor<6x4xf64>
    %m2 = norm.mean %q over [0] : tensor<6x4xf64>
    %m = norm.mean %d over [0] : tensor<6x4xf64>
    %mm = norm.square %m : tensor<1x4xf64>
    %y = norm.sub %m2, %mm : tensor<1x4xf64>, tensor<1x4xf64>
    return %y : tensor<1x4xf64>)", "tensor<1x4xf64>");
  sides.agree();
  // The mean of the shifted data, and their squared deviations from it.
  EXPECT_EQ(sides.reductions(), 2u) << sides.text();
}

//===----------------------------------------------------------------------===//
// Rule 6: choices
//===----------------------------------------------------------------------===//

TEST(Rules, ChoicesUnderOneConditionAddInside) {
  // (c ? x : 0) + (c ? 0 : x e) = x (c ? 1 : e)
  BothSides sides(R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %c = norm.compare gt %x, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %e = norm.exp %w : tensor<6x1xf64>
    %xe = norm.mul %x, %e : tensor<6x4xf64>, tensor<6x1xf64>
    %p = norm.select %c, %x, %zero : tensor<6x4xi1>, tensor<6x4xf64>, tensor<1x1xf64>
    %q = norm.select %c, %zero, %xe : tensor<6x4xi1>, tensor<1x1xf64>, tensor<6x4xf64>
    %y = norm.add %p, %q : tensor<6x4xf64>, tensor<6x4xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
  EXPECT_EQ(sides.ops<norm::SelectOp>(), 1u) << sides.text();
}

TEST(Rules, BranchOfZeroSharesNothing) {
  // c ? log x : 0 must stay, or NaN appears where there was 0.
  BothSides sides(R"(
    %zero = norm.constant 0.0 : tensor<1x1xf64>
    %c = norm.compare gt %x, %zero : tensor<6x4xf64>, tensor<1x1xf64>
    %l = norm.log %x : tensor<6x4xf64>
    %y = norm.select %c, %l, %zero : tensor<6x4xi1>, tensor<6x4xf64>, tensor<1x1xf64>
    return %y : tensor<6x4xf64>)", "tensor<6x4xf64>");
  sides.agree();
}

//===----------------------------------------------------------------------===//
// Rule 7: a cap on terms
//===----------------------------------------------------------------------===//

TEST(Rules, ProductsOfManySumsStayShort) {
  // (a + b)(a + b + 1)(a + b + 2) .. would have thousands of terms.
  std::string text = R"(
    %one = norm.constant 1.0 : tensor<1x1xf64>
    %t0 = norm.add %a, %b : tensor<1x4xf64>, tensor<1x4xf64>
    %p0 = norm.add %t0, %one : tensor<1x4xf64>, tensor<1x1xf64>
)";
  for (int i = 1; i < 20; ++i) {
    std::string n = std::to_string(i), m = std::to_string(i - 1);
    text += "%t" + n + " = norm.add %t" + m + ", %one : tensor<1x4xf64>, tensor<1x1xf64>\n";
    text += "%p" + n + " = norm.mul %p" + m + ", %t" + n + " : tensor<1x4xf64>, tensor<1x4xf64>\n";
  }
  BothSides sides(text + "return %p19 : tensor<1x4xf64>", "tensor<1x4xf64>");
  sides.agree();
  EXPECT_LT(sides.size(), 400u);
}

} // namespace normc
