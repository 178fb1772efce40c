//===- DifferencesTest.cpp - gradients, right and wrong ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Gradients.h"

using namespace mlir;
using namespace normc::reference;

namespace {

/// Batch norm and its joint function; `factor` scales dx.
std::string batchNorm(StringRef rows, StringRef factor = "1.0") {
  const std::string forward = R"(
  %mu = norm.mean %x over [0] : tensor<NxE>
  %xmu = norm.sub %x, %mu : tensor<NxE>, tensor<1x3xE>
  %sq = norm.square %xmu : tensor<NxE>
  %var = norm.mean %sq over [0] : tensor<NxE>
  %eps = norm.constant 1.0e-5 : tensor<1x1xE>
  %vareps = norm.add %var, %eps : tensor<1x3xE>, tensor<1x1xE>
  %ivar = norm.rsqrt %vareps : tensor<1x3xE>
  %xhat = norm.mul %xmu, %ivar : tensor<NxE>, tensor<1x3xE>
  %scaled = norm.mul %xhat, %gamma : tensor<NxE>, tensor<1x3xE>
  %y = norm.add %scaled, %beta : tensor<NxE>, tensor<1x3xE>)";
  std::string text = R"(
func.func @f(%x: tensor<NxE>, %gamma: tensor<1x3xE>, %beta: tensor<1x3xE>)
    -> (tensor<NxE>, tensor<1x3xE> {norm.updates = 2 : i64}) {)" +
                     forward + R"(
  return %y, %mu : tensor<NxE>, tensor<1x3xE>
}
func.func @g(%x: tensor<NxE>, %gamma: tensor<1x3xE>, %beta: tensor<1x3xE>, %dy: tensor<NxE>)
    -> (tensor<NxE>, tensor<1x3xE>, tensor<NxE>, tensor<1x3xE>, tensor<1x3xE>) {)" +
                     forward + R"(
  %dbeta = norm.sum %dy over [0] : tensor<NxE>
  %p = norm.mul %dy, %xhat : tensor<NxE>, tensor<NxE>
  %dgamma = norm.sum %p over [0] : tensor<NxE>
  %m = norm.mean %dy over [0] : tensor<NxE>
  %q = norm.mean %p over [0] : tensor<NxE>
  %a = norm.sub %dy, %m : tensor<NxE>, tensor<1x3xE>
  %b = norm.mul %xhat, %q : tensor<NxE>, tensor<1x3xE>
  %c = norm.sub %a, %b : tensor<NxE>, tensor<NxE>
  %gi = norm.mul %gamma, %ivar : tensor<1x3xE>, tensor<1x3xE>
  %d = norm.mul %c, %gi : tensor<NxE>, tensor<1x3xE>
  %factor = norm.constant FACTOR : tensor<1x1xE>
  %dx = norm.mul %d, %factor : tensor<NxE>, tensor<1x1xE>
  return %y, %mu, %dx, %dgamma, %dbeta : tensor<NxE>, tensor<1x3xE>, tensor<NxE>, tensor<1x3xE>, tensor<1x3xE>
})";
  auto replace = [&](StringRef what, StringRef with) {
    for (size_t at = 0; (at = text.find(what.data(), at, what.size())) != std::string::npos; at += with.size())
      text.replace(at, what.size(), with.str());
  };
  replace("NxE", (rows + "x3xf64").str());
  replace("xE>", "xf64>");
  replace("FACTOR", factor);
  return text;
}

template <typename Real>
class Differences : public testing::Test {
public:
  static constexpr double tolerance = digits<Real> == 53 ? 1e-6 : 1e-7;
};
TYPED_TEST_SUITE(Differences, Reals, Names);

TYPED_TEST(Differences, RightGradientsPass) {
  using Real = TypeParam;
  Graphs graphs(batchNorm("?"));
  auto checks =
      check<Real>(graphs, {random<Real>({10, 3}, 1, 5.0), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
                  {random<Real>({10, 3}, 4)}, {0, 1, 2});
  ASSERT_EQ(checks.size(), 3u);
  for (const GradientCheck &check : checks) {
    EXPECT_TRUE(check.ok) << check.argument << ": " << check.relativeError << " at " << check.worst;
    EXPECT_EQ(check.compared, check.elements);
    EXPECT_EQ(check.kinks + check.undefined + check.failures + check.skippedDirections, 0);
    EXPECT_EQ(check.directions, 2);
    EXPECT_LT(check.relativeError, this->tolerance);
    EXPECT_LT(check.directionError, this->tolerance);
    EXPECT_GT(check.largestGradient, 0.1);
  }
  EXPECT_EQ(checks[0].elements, 30);
}

TYPED_TEST(Differences, WrongGradientsFail) {
  using Real = TypeParam;
  for (StringRef factor : {"1.001", "0.999", "-1.0", "0.0", "2.0", "1.0e6"}) {
    Graphs graphs(batchNorm("10", factor));
    auto checks = check<Real>(graphs, {random<Real>({10, 3}, 1), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
                              {random<Real>({10, 3}, 4)}, {0, 1, 2});
    EXPECT_FALSE(checks[0].ok) << factor.str();
    EXPECT_GE(checks[0].failures, 8);
    EXPECT_TRUE(checks[1].ok && checks[2].ok);
    EXPECT_NEAR(checks[0].worstDifference * std::stod(factor.str()), checks[0].worstGradient,
                1e-4 * std::fabs(checks[0].worstGradient));
  }
}

// The sum of a normalized column is 0 whatever x is.
TYPED_TEST(Differences, GradientsThatAreZeroPass) {
  using Real = TypeParam;
  Graphs graphs(batchNorm("50"));
  Array<Real> ones = random<Real>({50, 3}, 1, 1.0, 0.0);
  for (double mean : {0.0, 3.0, 1000.0}) {
    auto checks =
        check<Real>(graphs, {random<Real>({50, 3}, 1, mean), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
                    {ones}, {0, 1, 2});
    EXPECT_TRUE(checks[0].ok) << mean << ": " << checks[0].largestError << ", noise " << checks[0].noise;
    EXPECT_LT(checks[0].largestGradient, 1e-10);
  }
}

// With eps alone under the root, the function bends at the scale of 3e-3.
TYPED_TEST(Differences, ConstantColumns) {
  using Real = TypeParam;
  Graphs graphs(batchNorm("50")), wrong(batchNorm("50", "1.001"));
  Array<Real> ones = random<Real>({50, 3}, 1, 1.0, 0.0), weights = random<Real>({50, 3}, 9);
  Array<Real> gamma = random<Real>({1, 3}, 2, 1.0), beta = random<Real>({1, 3}, 3);
  for (double mean : {0.0, 1.0, 16.0, 0.1}) {
    Array<Real> x = random<Real>({50, 3}, 1, mean, 0.0);
    for (const Array<Real> &dy : {ones, weights}) {
      auto checks = check<Real>(graphs, {x, gamma, beta}, {dy}, {0, 1, 2});
      for (const GradientCheck &check : checks)
        EXPECT_TRUE(check.ok) << mean << ", argument " << check.argument << ": error " << check.largestError << " of "
                              << check.largestGradient << ", noise " << check.noise << ", failures " << check.failures
                              << ", direction " << check.directionError;
    }
    EXPECT_FALSE(check<Real>(wrong, {x, gamma, beta}, {weights}, {0, 1, 2})[0].ok);
  }
}

TYPED_TEST(Differences, ScalesOfData) {
  using Real = TypeParam;
  for (double scale : {1e-4, 1e-2, 1e3, 1e8}) {
    auto of = [&](StringRef factor) {
      Graphs graphs(batchNorm("20", factor));
      return check<Real>(
          graphs, {random<Real>({20, 3}, 1, 0.5 * scale, scale), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
          {random<Real>({20, 3}, 4)}, {0, 1, 2})[0];
    };
    GradientCheck right = of("1.0"), wrong = of("1.001");
    EXPECT_TRUE(right.ok) << scale << ": " << right.relativeError << ", direction " << right.directionError;
    EXPECT_FALSE(wrong.ok) << scale;
  }
}

// Where x is a million deviations from 0, steps in proportion to x are far too large.
TYPED_TEST(Differences, FarFromZero) {
  using Real = TypeParam;
  auto of = [&](StringRef factor) {
    Graphs graphs(batchNorm("20", factor));
    return check<Real>(graphs, {random<Real>({20, 3}, 1, 1e6), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
                       {random<Real>({20, 3}, 4)}, {0, 1, 2})[0];
  };
  GradientCheck right = of("1.0"), wrong = of("1.001");
  EXPECT_TRUE(right.ok) << right.relativeError << ", direction " << right.directionError;
  EXPECT_FALSE(wrong.ok);
}

// Rounding casts would make the differences of a bf16 graph steps.
TYPED_TEST(Differences, CastsDoNotRound) {
  using Real = TypeParam;
  Graphs graphs(R"(
    func.func @f(%x: tensor<4xf32>) -> tensor<4xbf16> {
      %h = norm.cast %x : tensor<4xf32> to bf16
      %y = norm.square %h : tensor<4xbf16>
      return %y : tensor<4xbf16>
    }
    func.func @g(%x: tensor<4xf32>, %dy: tensor<4xbf16>) -> (tensor<4xbf16>, tensor<4xf32>) {
      %h = norm.cast %x : tensor<4xf32> to bf16
      %y = norm.square %h : tensor<4xbf16>
      %a = norm.mul %h, %dy : tensor<4xbf16>, tensor<4xbf16>
      %b = norm.add %a, %a : tensor<4xbf16>, tensor<4xbf16>
      %dx = norm.cast %b : tensor<4xbf16> to f32
      return %y, %dx : tensor<4xbf16>, tensor<4xf32>
    })");
  EXPECT_TRUE(check<Real>(graphs, {random<Real>({4}, 1)}, {random<Real>({4}, 2)}, {0})[0].ok);
}

TYPED_TEST(Differences, EmptyArguments) {
  using Real = TypeParam;
  Graphs graphs(batchNorm("?"));
  auto checks = check<Real>(graphs, {random<Real>({0, 3}, 1), random<Real>({1, 3}, 2), random<Real>({1, 3}, 3)},
                            {random<Real>({0, 3}, 4)}, {0, 1, 2});
  EXPECT_TRUE(checks[0].ok && checks[1].ok);
  EXPECT_EQ(checks[0].elements, 0);
}

// A softmax of equal numbers is 1/3, exactly: no difference is seen, and of the gradient remains what rounding left.
TYPED_TEST(Differences, GradientsThatAreRoundingPass) {
  using Real = TypeParam;
  const std::string softmax = R"(
  %p = norm.broadcast %x like %dy : tensor<1x1xf64>, tensor<1x3xf64>
  %m = norm.max_over %p over [1] : tensor<1x3xf64>
  %s = norm.sub %p, %m : tensor<1x3xf64>, tensor<1x1xf64>
  %e = norm.exp %s : tensor<1x3xf64>
  %t = norm.sum %e over [1] : tensor<1x3xf64>
  %y = norm.div %e, %t : tensor<1x3xf64>, tensor<1x1xf64>)";
  auto text = [&](const std::string &extra) {
    return R"(
func.func @f(%x: tensor<1x1xf64>, %dy: tensor<1x3xf64>) -> tensor<1x3xf64> {)" +
           softmax + R"(
  return %y : tensor<1x3xf64>
}
func.func @g(%x: tensor<1x1xf64>, %like: tensor<1x3xf64>, %dy: tensor<1x3xf64>) -> (tensor<1x3xf64>, tensor<1x1xf64>) {)" +
           softmax + R"(
  %w = norm.mul %y, %dy : tensor<1x3xf64>, tensor<1x3xf64>
  %q = norm.sum %w over [1] : tensor<1x3xf64>
  %a = norm.sub %dy, %q : tensor<1x3xf64>, tensor<1x1xf64>
  %ds = norm.mul %y, %a : tensor<1x3xf64>, tensor<1x3xf64>
  %sum = norm.sum %ds over [1] : tensor<1x3xf64>
  %extra = norm.constant )" +
           extra + R"( : tensor<1x1xf64>
  %dx = norm.add %sum, %extra : tensor<1x1xf64>, tensor<1x1xf64>
  return %y, %dx : tensor<1x3xf64>, tensor<1x1xf64>
})";
  };
  Graphs right(text("0.0")), wrong(text("1.0e-12"));
  bool sawRounding = false;
  for (int seed = 1; seed <= 8; ++seed) {
    auto x = random<Real>({1, 1}, 1), dy = random<Real>({1, 3}, seed);
    GradientCheck found = check<Real>(right, {x, dy}, {dy}, {0})[0];
    EXPECT_TRUE(found.ok) << seed << ": " << found.largestError;
    EXPECT_LT(found.relativeError, this->tolerance);
    sawRounding |= found.largestGradient > 0;
    EXPECT_FALSE(check<Real>(wrong, {x, dy}, {dy}, {0})[0].ok) << seed;
  }
  EXPECT_TRUE(sawRounding);
}

TYPED_TEST(Differences, SameSeedSameElements) {
  using Real = TypeParam;
  Graphs graphs(batchNorm("200"));
  DifferenceOptions options;
  options.budget = 1'000'000;
  auto run = [&] {
    return check<Real>(graphs, {random<Real>({200, 3}, 1), random<Real>({1, 3}, 2, 1.0), random<Real>({1, 3}, 3)},
                       {random<Real>({200, 3}, 4)}, {0, 1, 2}, options)[0];
  };
  GradientCheck a = run(), b = run();
  EXPECT_TRUE(a.ok);
  EXPECT_GT(a.compared, 3);
  EXPECT_LT(a.compared, 600);
  EXPECT_EQ(a.compared, b.compared);
  EXPECT_EQ(a.worst, b.worst);
  EXPECT_EQ(a.largestError, b.largestError);
}

TEST(DifferencesErrors, Signatures) {
  Graphs graphs(batchNorm("4"));
  Array<double> x = random<double>({4, 3}, 1), c = random<double>({1, 3}, 2);
  auto f = graphs.function("f"), g = graphs.function("g");
  EXPECT_TRUE(failed(checkGradients<double>(f, g, {x, c, c}, {}, {0, 1, 2})));
  EXPECT_EQ(graphs.errors, "2:1: @f has 1 results that take a cotangent, but 0 cotangents are given\n");
  graphs.errors.clear();
  EXPECT_TRUE(failed(checkGradients<double>(f, g, {x, c, c}, {x}, {0})));
  EXPECT_EQ(graphs.errors, "16:1: @g must take 4 arguments, those of @f and its cotangents, and return 3 values, its "
                           "results and its gradients, but it takes 4 and returns 5\n");
  graphs.errors.clear();
  EXPECT_TRUE(failed(checkGradients<double>(f, g, {x, c, c}, {x}, {0, 1, 3})));
  EXPECT_EQ(graphs.errors, "2:1: argument 3 of @f has no gradient\n");
  graphs.errors.clear();
  EXPECT_TRUE(failed(checkGradients<double>(f, g, {x, c, c}, {c}, {0, 1, 2})));
  EXPECT_EQ(graphs.errors, "2:1: result 0 of @f has extents [4, 3], but its cotangent has [1, 3]\n");
}

} // namespace
