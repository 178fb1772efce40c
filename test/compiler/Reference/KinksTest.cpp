//===- KinksTest.cpp - gradients where there is no derivative ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Gradients.h"

using namespace mlir;
using namespace normc::reference;

namespace {

template <typename Real>
class Kinks : public testing::Test {};
TYPED_TEST_SUITE(Kinks, Reals, Names);

/// relu, with `slope` as what the joint function takes for the derivative at 0 and below.
std::string relu(StringRef slope) {
  return R"(
    func.func @f(%x: tensor<6xf64>) -> tensor<6xf64> {
      %zero = norm.constant 0.0 : tensor<1xf64>
      %on = norm.compare gt %x, %zero : tensor<6xf64>, tensor<1xf64>
      %y = norm.select %on, %x, %zero : tensor<6xi1>, tensor<6xf64>, tensor<1xf64>
      return %y : tensor<6xf64>
    }
    func.func @g(%x: tensor<6xf64>, %dy: tensor<6xf64>) -> (tensor<6xf64>, tensor<6xf64>) {
      %zero = norm.constant 0.0 : tensor<1xf64>
      %slope = norm.constant )" +
         slope.str() + R"( : tensor<1xf64>
      %on = norm.compare gt %x, %zero : tensor<6xf64>, tensor<1xf64>
      %y = norm.select %on, %x, %zero : tensor<6xi1>, tensor<6xf64>, tensor<1xf64>
      %at = norm.compare eq %x, %zero : tensor<6xf64>, tensor<1xf64>
      %a = norm.select %on, %dy, %zero : tensor<6xi1>, tensor<6xf64>, tensor<1xf64>
      %b = norm.mul %slope, %dy : tensor<1xf64>, tensor<6xf64>
      %dx = norm.select %at, %b, %a : tensor<6xi1>, tensor<6xf64>, tensor<6xf64>
      return %y, %dx : tensor<6xf64>, tensor<6xf64>
    })";
}

TYPED_TEST(Kinks, AreCounted) {
  using Real = TypeParam;
  Array<Real> x = reals<Real>({6}, {0.0, 1.0, -1.0, 0.0, 1e-3, -1e-8});
  Array<Real> dy = reals<Real>({6}, {1.0, 2.0, 3.0, -4.0, 5.0, 6.0});
  Graphs zero(relu("0.0"));
  GradientCheck found = check<Real>(zero, {x}, {dy}, {0})[0];
  EXPECT_TRUE(found.ok);
  EXPECT_EQ(found.kinks, 2);
  EXPECT_EQ(found.compared, 4);
  EXPECT_EQ(found.directions + found.skippedDirections, 2);
  // Half of both sides is what central differences say.
  Graphs half(relu("0.5"));
  found = check<Real>(half, {x}, {dy}, {0})[0];
  EXPECT_TRUE(found.ok);
  EXPECT_EQ(found.kinks, 0);
  // Outside of both sides a gradient is wrong, kink or not.
  for (StringRef slope : {"1.001", "-0.001", "7.0"}) {
    Graphs wrong(relu(slope));
    found = check<Real>(wrong, {x}, {dy}, {0})[0];
    EXPECT_FALSE(found.ok) << slope.str();
    EXPECT_EQ(found.failures, 2);
  }
}

// Both results have their kink at 0, the first a slope to its right, the second to its left. The slopes of both sides
// are 5 and 3; a choice at each result gives anything from 0 to 8.
TYPED_TEST(Kinks, OfManyResults) {
  using Real = TypeParam;
  for (auto [gradient, ok] : {std::pair("0.0", true), {"7.9", true}, {"8.01", false}, {"-0.01", false}}) {
    std::string text = R"(
    func.func @f(%s: tensor<1xf64>, %x: tensor<2xf64>) -> tensor<2xf64> {
      %zero = norm.constant 0.0 : tensor<1xf64>
      %a = norm.mul %s, %x : tensor<1xf64>, tensor<2xf64>
      %y = norm.max %a, %zero : tensor<2xf64>, tensor<1xf64>
      return %y : tensor<2xf64>
    }
    func.func @g(%s: tensor<1xf64>, %x: tensor<2xf64>, %dy: tensor<2xf64>) -> (tensor<2xf64>, tensor<1xf64>) {
      %zero = norm.constant 0.0 : tensor<1xf64>
      %a = norm.mul %s, %x : tensor<1xf64>, tensor<2xf64>
      %y = norm.max %a, %zero : tensor<2xf64>, tensor<1xf64>
      %ds = norm.constant GRADIENT : tensor<1xf64>
      return %y, %ds : tensor<2xf64>, tensor<1xf64>
    })";
    text.replace(text.find("GRADIENT"), 8, gradient);
    Graphs graphs(text);
    DifferenceOptions options;
    options.directions = 0;
    GradientCheck found = check<Real>(graphs, {reals<Real>({1}, {0.0}), reals<Real>({2}, {5.0, -3.0})},
                                      {reals<Real>({2}, {1.0, -1.0})}, {0}, options)[0];
    EXPECT_EQ(found.ok, ok) << gradient;
    EXPECT_EQ(found.kinks, ok) << gradient;
  }
}

// The derivative exists to the left and to the right of many kinks, but hardly anywhere within a direction.
TYPED_TEST(Kinks, Many) {
  using Real = TypeParam;
  auto of = [&](StringRef factor) {
    std::string text = R"(
    func.func @f(%x: tensor<4000xf64>) -> tensor<4000xf64> {
      %y = norm.abs %x : tensor<4000xf64>
      return %y : tensor<4000xf64>
    }
    func.func @g(%x: tensor<4000xf64>, %dy: tensor<4000xf64>) -> (tensor<4000xf64>, tensor<4000xf64>) {
      %y = norm.abs %x : tensor<4000xf64>
      %sign = norm.sign %x : tensor<4000xf64>
      %factor = norm.constant FACTOR : tensor<1xf64>
      %a = norm.mul %sign, %factor : tensor<4000xf64>, tensor<1xf64>
      %dx = norm.mul %a, %dy : tensor<4000xf64>, tensor<4000xf64>
      return %y, %dx : tensor<4000xf64>, tensor<4000xf64>
    })";
    text.replace(text.find("FACTOR"), 6, factor.str());
    Graphs graphs(text);
    Array<Real> x = random<Real>({4000}, 1);
    for (int64_t i = 0; i < 1000; ++i)
      x.reals[i] = 0;
    DifferenceOptions options;
    options.budget = 6'000'000;
    return check<Real>(graphs, {x}, {random<Real>({4000}, 2)}, {0}, options)[0];
  };
  GradientCheck right = of("1.0"), wrong = of("1.001");
  EXPECT_TRUE(right.ok) << right.failures << " " << right.relativeError << " " << right.directionError;
  EXPECT_GT(right.compared, 5);
  EXPECT_LT(right.compared, right.elements);
  EXPECT_EQ(right.directions, 2);
  EXPECT_FALSE(wrong.ok);
  EXPECT_GT(wrong.directionError, 1e-5);
}

// One wrong element among many is found by the directions, wherever it lies.
TYPED_TEST(Kinks, DirectionsCoverAllElements) {
  using Real = TypeParam;
  Graphs graphs(R"(
    func.func @f(%x: tensor<4000xf64>) -> tensor<4000xf64> {
      %y = norm.square %x : tensor<4000xf64>
      return %y : tensor<4000xf64>
    }
    func.func @g(%x: tensor<4000xf64>, %dy: tensor<4000xf64>) -> (tensor<4000xf64>, tensor<4000xf64>) {
      %y = norm.square %x : tensor<4000xf64>
      %i = norm.index 0 of %x : tensor<4000xf64> to i32
      %k = norm.constant 2345 : tensor<1xi32>
      %hit = norm.compare eq %i, %k : tensor<4000xi32>, tensor<1xi32>
      %two = norm.constant 2.0 : tensor<1xf64>
      %bad = norm.constant 2.01 : tensor<1xf64>
      %s = norm.select %hit, %bad, %two : tensor<4000xi1>, tensor<1xf64>, tensor<1xf64>
      %a = norm.mul %s, %x : tensor<4000xf64>, tensor<4000xf64>
      %dx = norm.mul %a, %dy : tensor<4000xf64>, tensor<4000xf64>
      return %y, %dx : tensor<4000xf64>, tensor<4000xf64>
    })");
  Array<Real> x = random<Real>({4000}, 1, 3.0), dy = random<Real>({4000}, 2, 3.0);
  DifferenceOptions options;
  options.budget = 1; // three elements and the directions
  GradientCheck found = check<Real>(graphs, {x}, {dy}, {0}, options)[0];
  EXPECT_EQ(found.compared, 3);
  EXPECT_EQ(found.failures, 2);
  EXPECT_FALSE(found.ok);
}

/// y = sqrt(x), of which `g` may be anything in terms of x and dy.
std::string root(StringRef body) {
  return R"(
    func.func @f(%x: tensor<3xf64>) -> tensor<3xf64> {
      %y = norm.sqrt %x : tensor<3xf64>
      return %y : tensor<3xf64>
    }
    func.func @g(%x: tensor<3xf64>, %dy: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
      %y = norm.sqrt %x : tensor<3xf64>
      )" +
         body.str() +
         R"(
      return %y, %dx : tensor<3xf64>, tensor<3xf64>
    })";
}

TYPED_TEST(Kinks, EdgesOfTheDomain) {
  using Real = TypeParam;
  Graphs right(root(R"(%two = norm.constant 2.0 : tensor<1xf64>
      %a = norm.mul %two, %y : tensor<1xf64>, tensor<3xf64>
      %dx = norm.div %dy, %a : tensor<3xf64>, tensor<3xf64>)"));
  Array<Real> dy = reals<Real>({3}, {1.0, 1.0, 1.0});
  // At 0 there is no difference, near 0 only a smaller step finds one, below 0 everything is NaN.
  GradientCheck found = check<Real>(right, {reals<Real>({3}, {0.0, 1e-6, 4.0})}, {dy}, {0})[0];
  EXPECT_TRUE(found.ok) << found.relativeError;
  EXPECT_EQ(found.undefined, 1);
  EXPECT_EQ(found.compared, 2);
  found = check<Real>(right, {reals<Real>({3}, {-1.0, 1.0, 4.0})}, {dy}, {0})[0];
  EXPECT_TRUE(found.ok);
  EXPECT_EQ(found.undefined, 1);

  // NaN and infinity where the difference is finite.
  for (StringRef bits : {"0x7FF8000000000000", "0x7FF0000000000000"}) {
    Graphs wrong(root(("%v = norm.constant " + bits + R"( : tensor<1xf64>
      %dx = norm.mul %dy, %v : tensor<3xf64>, tensor<1xf64>)")
                          .str()));
    found = check<Real>(wrong, {reals<Real>({3}, {1.0, 2.0, 4.0})}, {dy}, {0})[0];
    EXPECT_FALSE(found.ok);
    EXPECT_EQ(found.failures, 3);
    EXPECT_EQ(found.largestError, inf);
  }
}

} // namespace
