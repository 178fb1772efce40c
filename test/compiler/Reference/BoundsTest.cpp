//===- BoundsTest.cpp - errors stay within their bounds ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"
#include "compiler/Reference/Agreement.h"

#include <random>

using namespace mlir;
using namespace normc::reference;

namespace {

constexpr double u = 0x1p-24;

/// A function of values whose type is tensor<4x6xf32>, written T, and of its rows, R.
std::string function(std::string body) {
  auto replace = [&](std::string what, std::string with) {
    for (size_t at = 0; (at = body.find(what, at)) != std::string::npos; at += with.size())
      body.replace(at, what.size(), with);
  };
  body = "func.func @f(%x: T, %y: T, %w: R) -> T {\n" + body + "\n  return %r : T\n}";
  replace(" T", " tensor<4x6xf32>");
  replace(" R", " tensor<4x1xf32>");
  replace(" S", " tensor<1x1xf32>");
  return body;
}

Array<double> random(ArrayRef<int64_t> extents, int seed, double mean = 0.0, double deviation = 1.0) {
  Array<double> array{SmallVector<int64_t>(extents), {}, {}};
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(mean, deviation);
  for (int64_t i = 0; i < array.size(); ++i)
    array.reals.push_back(double(float(normal(engine))));
  return array;
}

Array<double> bound(Graphs &graphs, ArrayRef<Array<double>> arguments, BoundsOf bounds = BoundsOf::kernels) {
  Options options;
  options.bounds = bounds;
  return graphs.run(arguments, options)[0];
}

Array<double> rounded(Graphs &graphs, ArrayRef<Array<double>> arguments) {
  Options options;
  options.roundResults = true;
  return graphs.run(arguments, options)[0];
}

/// Evaluates in f32, op by op, and expects each element within its bound, and the bound within `loose` times the
/// largest error of many draws: a bound that is always large would say nothing.
void expectTight(const std::string &body, double loose, double mean = 1.5, double deviation = 0.5) {
  Graphs graphs(function(body));
  double largest = 0, bounds = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    std::vector<Array<double>> arguments = {random({4, 6}, seed, mean, deviation),
                                            random({4, 6}, 50 + seed, mean, deviation),
                                            random({4, 1}, 100 + seed, mean, deviation)};
    Array<double> want = bound(graphs, arguments), got = rounded(graphs, arguments);
    ASSERT_EQ(want.errors.size(), want.reals.size());
    for (size_t i = 0; i < want.reals.size(); ++i) {
      const double error = std::fabs(got.reals[i] - want.reals[i]);
      EXPECT_LE(error, want.errors[i]) << body << "\nseed " << seed << ", element " << i << ", " << want.reals[i];
      largest = std::max(largest, error);
      bounds = std::max(bounds, want.errors[i]);
    }
  }
  EXPECT_GT(largest, 0) << body;
  EXPECT_LE(bounds, loose * largest) << body;
}

TEST(Bounds, Functions) {
  for (const char *op : {"add", "sub", "mul", "div", "pow"})
    expectTight("%r = norm." + std::string(op) + " %x, %y : T, T", 60);
  for (const char *op : {"square", "sqrt", "rsqrt", "reciprocal", "exp", "log", "tanh", "sigmoid", "erf"})
    expectTight("%r = norm." + std::string(op) + " %x : T", 30);
}

// Each function amplifies the errors of what it is applied to.
TEST(Bounds, FunctionsOfRoundedNumbers) {
  for (const char *op : {"neg", "abs", "square", "sqrt", "rsqrt", "reciprocal", "exp", "log", "tanh", "sigmoid", "erf"})
    expectTight("%p = norm.mul %x, %y : T, T\n %r = norm." + std::string(op) + " %p : T", 60, 3.0, 0.5);
  for (const char *op : {"add", "sub", "mul", "div", "max", "min", "pow"})
    expectTight("%p = norm.mul %x, %y : T, T\n %q = norm.mul %w, %y : R, T\n %r = norm." + std::string(op) +
                    " %p, %q : T, T",
                200, 2.0, 0.2);
}

TEST(Bounds, Reductions) {
  for (const char *op : {"sum", "mean", "max_over", "min_over"})
    expectTight("%p = norm.mul %x, %y : T, T\n %m = norm." + std::string(op) +
                    " %p over [1] : T\n %r = norm.mul %m, %x : R, T",
                100);
}

// Rounding is charged on terms: the product, multiplied out, may be off by what x and y are rounded to.
TEST(Bounds, TermsThatCancel) {
  Graphs graphs(function("%d = norm.sub %x, %y : T, T\n %r = norm.mul %d, %w : T, R"));
  std::vector<Array<double>> arguments = {random({4, 6}, 1, 1000, 1), random({4, 6}, 2, 1000, 1), random({4, 1}, 3)};
  Array<double> want = bound(graphs, arguments);
  for (size_t i = 0; i < want.reals.size(); ++i) {
    const double x = arguments[0].reals[i], y = arguments[1].reals[i], w = arguments[2].reals[i / 6];
    const double outside = double(float(float(x * w) - float(y * w)));
    EXPECT_LE(std::fabs(outside - want.reals[i]), want.errors[i]);
  }
}

// Of a deviation from the mean the error is relative to the deviation, wherever the mean lies; in f64 it is not.
TEST(Bounds, Deviations) {
  for (const char *mean :
       {"%m = norm.mean %x over [1] : T", "%s = norm.sum %x over [1] : T\n %n = norm.count %x over [1] : T to f32\n"
                                          " %m = norm.div %s, %n : R, S"}) {
    Graphs graphs(function(std::string(mean) + "\n %r = norm.sub %x, %m : T, R"));
    for (double center : {0.0, 1.0e3, 1.0e6}) {
      std::vector<Array<double>> arguments = {random({4, 6}, 1, center), random({4, 6}, 2), random({4, 1}, 3)};
      Array<double> want = bound(graphs, arguments);
      for (double error : want.errors)
        EXPECT_LE(error, 40 * u) << center;
    }
  }
  // Of another mean it is as large as the numbers.
  Graphs other(function("%m = norm.mean %y over [1] : T\n %r = norm.sub %x, %m : T, R"));
  Array<double> want = bound(other, {random({4, 6}, 1, 1.0e6), random({4, 6}, 2, 1.0e6), random({4, 1}, 3)});
  for (double error : want.errors)
    EXPECT_GE(error, 0.1);
}

TEST(Bounds, ChoicesThatRoundingDecides) {
  Graphs graphs(R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %c = norm.constant 1.0 : tensor<1xf32>
    %p = norm.mul %a, %b : tensor<4xf32>, tensor<4xf32>
    %m = norm.compare gt %p, %c : tensor<4xf32>, tensor<1xf32>
    %t = norm.constant 3.0 : tensor<1xf32>
    %z = norm.constant 0.0 : tensor<1xf32>
    %r = norm.select %m, %t, %z : tensor<4xi1>, tensor<1xf32>, tensor<1xf32>
    return %r : tensor<4xf32>
  })");
  Array<double> want = bound(graphs, {reals({4}, {1, 2, 0.25, 1 - 0x1p-20}), reals({4}, {1, 1, 1, 1})});
  EXPECT_EQ(want.errors, (std::vector<double>{3, 0, 0, 0}));
}

// What is compared with its own largest element: the one that can only be the largest is, however it is rounded.
TEST(Bounds, HitsOfTheLargest) {
  Graphs graphs(R"(func.func @f(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xi1> {
    %p = norm.mul %a, %b : tensor<2x3xf32>, tensor<2x3xf32>
    %m = norm.max_over %p over [1] : tensor<2x3xf32>
    %r = norm.compare eq %p, %m : tensor<2x3xf32>, tensor<2x1xf32>
    return %r : tensor<2x3xi1>
  })");
  Array<double> a = reals({2, 3}, {1, 2, 3, 1, 3, 3 - 0x1p-22}), ones = reals({2, 3}, {1, 1, 1, 1, 1, 1});
  EXPECT_EQ(bound(graphs, {a, ones}).errors, (std::vector<double>{0, 0, 0, 0, 1, 1}));
}

TEST(Bounds, BeyondTheRange) {
  Graphs graphs(function("%r = norm.mul %x, %y : T, T"));
  Array<double> x = random({4, 6}, 1, 0, 0), w = random({4, 1}, 1);
  x.reals[0] = 0x1p70;
  x.reals[1] = 0x1p-100;
  x.reals[2] = inf;
  x.reals[3] = NaN;
  Array<double> want = bound(graphs, {x, x, w});
  EXPECT_EQ(want.errors[0], inf);
  EXPECT_GE(want.errors[1], 0x1p-200);
  EXPECT_LE(want.errors[1], 0x1p-149);
  EXPECT_EQ(want.errors[2], 0);
  EXPECT_EQ(want.errors[3], 0);
  EXPECT_EQ(want.errors[4], 0);
}

// Near a pole nothing is known; what divides 0 by 0 another form may not divide.
TEST(Bounds, Poles) {
  Graphs graphs(function("%d = norm.sub %x, %y : T, T\n %r = norm.div %w, %d : R, T"));
  Array<double> x = random({4, 6}, 1, 5, 1), w = random({4, 1}, 1);
  for (double error : bound(graphs, {x, x, w}).errors)
    EXPECT_EQ(error, inf);
}

// What is computed once a group is computed in f64: nothing overflows there.
TEST(Bounds, GroupsHaveTheRangeOfF64) {
  Graphs graphs(function("%a = norm.mul %w, %w : R, R\n %b = norm.mul %a, %a : R, R\n %c = norm.sqrt %b : R\n"
                         " %d = norm.sqrt %c : R\n %r = norm.div %x, %d : T, R"));
  Array<double> x = random({4, 6}, 1), w = reals({4, 1}, {0x1p100, 1, 2, 3});
  for (double error : bound(graphs, {x, x, w}).errors)
    EXPECT_LT(error, 1e-5);
}

TEST(Bounds, SavedNumbersOf16Bits) {
  Graphs graphs(R"(func.func @f(%a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
    %r = norm.mul %a, %b : tensor<4xf16>, tensor<4xf16>
    return %r : tensor<4xf16>
  })");
  Array<double> a = reals({4}, {1.5, 2.5, 300, 3}), b = reals({4}, {1, 1, 300, 1});
  Array<double> plain = bound(graphs, {a, b}), saved = bound(graphs, {a, b}, BoundsOf::kernelsThatSave);
  EXPECT_LE(plain.errors[0], 2 * u * 1.5);
  EXPECT_GE(saved.errors[0], 0x1p-11 * 1.5);
  EXPECT_LT(plain.errors[2], 1);
  EXPECT_EQ(saved.errors[2], inf);
}

TEST(Agreement, WithinAndBeyond) {
  MLIRContext context;
  Type f32 = Float32Type::get(&context);
  Array<double> want = reals({4}, {1, 2, NaN, inf});
  want.errors = {u, u, 0, 0};
  Array<double> got = want;
  got.reals[0] += 4 * u;
  Agreement good = holdAgainst(f32, got, want);
  EXPECT_EQ(good.compared, 4);
  EXPECT_EQ(good.exceeded, 0);
  EXPECT_EQ(good.worst, 0);
  got.reals[0] += 8 * u;
  EXPECT_EQ(holdAgainst(f32, got, want).exceeded, 1);
  for (double wrong : {0.0, NaN, -inf}) {
    got = want;
    got.reals[3] = wrong;
    EXPECT_EQ(holdAgainst(f32, got, want).exceeded, 1) << wrong;
  }
  got = want;
  got.reals[1] = NaN;
  EXPECT_EQ(holdAgainst(f32, got, want).exceeded, 1);
  want.errors[1] = inf;
  EXPECT_EQ(holdAgainst(f32, got, want).exceeded, 0);
  EXPECT_EQ(holdAgainst(f32, got, want).compared, 3);
}

} // namespace
