//===- ElementwiseTest.cpp - elementwise primitives against numbers ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"

using namespace mlir;
using namespace normc::reference;

namespace {

/// One op with one f64 operand.
Array<double> unary(StringRef op, ArrayRef<double> values) {
  std::string type = "tensor<" + std::to_string(values.size()) + "xf64>";
  Graphs graphs("func.func @f(%x: " + type + ") -> " + type + " { %y = norm." + op.str() + " %x : " + type +
                " return %y : " + type + " }");
  return graphs.run({reals({int64_t(values.size())}, values)})[0];
}

/// One op with two operands of one type.
Array<double> binary(StringRef op, StringRef element, const Array<double> &a, const Array<double> &b,
                     StringRef result = "") {
  std::string extent = "tensor<" + std::to_string(a.size()) + "x", type = extent + element.str() + ">";
  std::string to = extent + (result.empty() ? element : result).str() + ">";
  Graphs graphs("func.func @f(%a: " + type + ", %b: " + type + ") -> " + to + " { %y = norm." + op.str() +
                " %a, %b : " + type + ", " + type + " return %y : " + to + " }");
  return graphs.run({a, b})[0];
}

TEST(Elementwise, Unary) {
  expectReals(unary("neg", {1.5, -0.0, inf}), {3}, {-1.5, 0.0, -inf});
  expectReals(unary("abs", {-1.5, -0.0, NaN}), {3}, {1.5, 0.0, NaN});
  expectReals(unary("sign", {-3.0, 0.0, 1e-300, NaN, -inf}), {5}, {-1.0, 0.0, 1.0, NaN, -1.0});
  expectReals(unary("square", {-3.0, inf}), {2}, {9.0, inf});
  expectReals(unary("sqrt", {2.25, -1.0, 0.0}), {3}, {1.5, NaN, 0.0});
  expectReals(unary("rsqrt", {0.25, 0.0, inf, -1.0}), {4}, {2.0, inf, 0.0, NaN});
  expectReals(unary("reciprocal", {-4.0, 0.0, -inf}), {3}, {-0.25, inf, -0.0});
  expectReals(unary("exp", {0.0, -inf, 1000.0}), {3}, {1.0, 0.0, inf});
  expectReals(unary("log", {1.0, 0.0, -1.0}), {3}, {0.0, -inf, NaN});
  expectReals(unary("tanh", {0.0, 100.0, -inf}), {3}, {0.0, 1.0, -1.0});
  expectReals(unary("erf", {0.0, 10.0, -inf, 0.5}), {4}, {0.0, 1.0, -1.0, 0.5204998778130465});
}

// Without the second form e^800 would overflow, and where it does not, the small result would lose nothing but its
// bits.
TEST(Elementwise, Sigmoid) {
  expectReals(unary("sigmoid", {0.0, 800.0, -inf, inf, NaN, -710.0}), {6}, {0.5, 1.0, 0.0, 1.0, NaN, std::exp(-710.0)});
}

TEST(Elementwise, Binary) {
  auto of = [](StringRef op, ArrayRef<double> a, ArrayRef<double> b) {
    return binary(op, "f64", reals({int64_t(a.size())}, a), reals({int64_t(b.size())}, b));
  };
  expectReals(of("add", {1.0, inf}, {2.0, -inf}), {2}, {3.0, NaN});
  expectReals(of("sub", {1.0, 5.0}, {2.0, 0.5}), {2}, {-1.0, 4.5});
  expectReals(of("mul", {1.5, 0.0}, {2.0, inf}), {2}, {3.0, NaN});
  expectReals(of("div", {3.0, 1.0, 0.0}, {2.0, 0.0, 0.0}), {3}, {1.5, inf, NaN});
  expectReals(of("pow", {2.0, 4.0, 0.0, -8.0}, {10.0, -0.5, 0.0, 0.5}), {4}, {1024.0, 0.5, 1.0, NaN});
  expectReals(of("max", {1.0, NaN, 1.0, -inf}, {2.0, 1.0, NaN, -inf}), {4}, {2.0, NaN, NaN, -inf});
  expectReals(of("min", {1.0, NaN, 1.0, -inf}, {2.0, 1.0, NaN, inf}), {4}, {1.0, NaN, NaN, -inf});
}

TEST(Elementwise, IntegersHaveMaxAndMin) {
  Array<double> a = integers({2}, {-3, int64_t(1) << 60}), b = integers({2}, {2, (int64_t(1) << 60) + 1});
  expectIntegers(binary("max", "i64", a, b), {2}, {2, (int64_t(1) << 60) + 1});
  expectIntegers(binary("min", "i64", a, b), {2}, {-3, int64_t(1) << 60});
}

TEST(Elementwise, Compare) {
  Array<double> a = reals({4}, {1.0, 2.0, 2.0, NaN}), b = reals({4}, {2.0, 2.0, 1.0, NaN});
  auto of = [&](StringRef predicate) { return binary(("compare " + predicate).str(), "f64", a, b, "i1"); };
  expectIntegers(of("eq"), {4}, {0, 1, 0, 0});
  expectIntegers(of("ne"), {4}, {1, 0, 1, 1});
  expectIntegers(of("lt"), {4}, {1, 0, 0, 0});
  expectIntegers(of("le"), {4}, {1, 1, 0, 0});
  expectIntegers(of("gt"), {4}, {0, 0, 1, 0});
  expectIntegers(of("ge"), {4}, {0, 1, 1, 0});
  // Of masks, false is less than true.
  expectIntegers(binary("compare lt", "i1", integers({3}, {0, 1, 1}), integers({3}, {1, 0, 1}), "i1"), {3}, {1, 0, 0});
}

TEST(Elementwise, SelectRepeatsEachOperand) {
  Graphs graphs(R"(func.func @f(%c: tensor<2x1xi1>, %a: tensor<1x3xi32>, %b: tensor<1x1xi32>) -> tensor<2x3xi32> {
    %y = norm.select %c, %a, %b : tensor<2x1xi1>, tensor<1x3xi32>, tensor<1x1xi32>
    return %y : tensor<2x3xi32>
  })");
  expectIntegers(graphs.run({integers({2, 1}, {0, 1}), integers({1, 3}, {1, 2, 3}), integers({1, 1}, {9})})[0], {2, 3},
                 {9, 9, 9, 1, 2, 3});
}

// A branch that is not chosen leaves nothing behind, NaN neither.
TEST(Elementwise, SelectOfFloats) {
  Graphs graphs(R"(func.func @f(%c: tensor<2xi1>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
    %y = norm.select %c, %a, %b : tensor<2xi1>, tensor<2xf32>, tensor<2xf32>
    return %y : tensor<2xf32>
  })");
  expectReals(graphs.run({integers({2}, {1, 0}), reals({2}, {1.0, NaN}), reals({2}, {NaN, 2.0})})[0], {2}, {1.0, 2.0});
}

TEST(Elementwise, RepeatsAlongAnyAxes) {
  Graphs graphs(R"(func.func @f(%a: tensor<2x1x2x1xf32>, %b: tensor<1x3x1x2xf32>) -> tensor<2x3x2x2xf32> {
    %y = norm.add %a, %b : tensor<2x1x2x1xf32>, tensor<1x3x1x2xf32>
    return %y : tensor<2x3x2x2xf32>
  })");
  std::vector<double> sums;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 2; ++k)
        for (int l = 0; l < 2; ++l)
          sums.push_back(100 * i + 10 * k + 2 * j + l);
  expectReals(graphs.run({reals({2, 1, 2, 1}, {0, 10, 100, 110}), reals({1, 3, 1, 2}, {0, 1, 2, 3, 4, 5})})[0],
              {2, 3, 2, 2}, sums);
}

TEST(Elementwise, BroadcastReadsExtents) {
  Graphs graphs(R"(func.func @f(%a: tensor<1x3xf32>, %x: tensor<?x3xi32>) -> tensor<?x3xf32> {
    %y = norm.broadcast %a like %x : tensor<1x3xf32>, tensor<?x3xi32>
    return %y : tensor<?x3xf32>
  })");
  expectReals(graphs.run({reals({1, 3}, {1, 2, 3}), integers({2, 3}, {0, 0, 0, 0, 0, 0})})[0], {2, 3},
              {1, 2, 3, 1, 2, 3});
  expectReals(graphs.run({reals({1, 3}, {1, 2, 3}), integers({0, 3}, {})})[0], {0, 3}, {});
}

TEST(Elementwise, ConstantsAreExact) {
  Graphs graphs(
      R"(func.func @f() -> (tensor<1x1xf32>, tensor<1x1xf16>, tensor<1x1xf64>, tensor<1x1xi64>, tensor<1xf32>) {
    %a = norm.constant 0.1 : tensor<1x1xf32>
    %b = norm.constant 0.1 : tensor<1x1xf16>
    %c = norm.constant 0.1 : tensor<1x1xf64>
    %d = norm.constant -9223372036854775808 : tensor<1x1xi64>
    %e = norm.constant 0x7F800000 : tensor<1xf32>
    return %a, %b, %c, %d, %e : tensor<1x1xf32>, tensor<1x1xf16>, tensor<1x1xf64>, tensor<1x1xi64>, tensor<1xf32>
  })");
  auto results = graphs.run({});
  expectReals(results[0], {1, 1}, {double(0.1f)});
  expectReals(results[1], {1, 1}, {0.0999755859375});
  expectReals(results[2], {1, 1}, {0.1});
  expectIntegers(results[3], {1, 1}, {std::numeric_limits<int64_t>::min()});
  expectReals(results[4], {1}, {inf});
}

TEST(Elementwise, IndexAndCount) {
  Graphs graphs(
      R"(func.func @f(%x: tensor<2x?xf32>) -> (tensor<1x?xi32>, tensor<2x1xf32>, tensor<1x1xi64>, tensor<1x1xf32>) {
    %a = norm.index 1 of %x : tensor<2x?xf32> to i32
    %b = norm.index 0 of %x : tensor<2x?xf32> to f32
    %c = norm.count %x over [0, 1] : tensor<2x?xf32> to i64
    %d = norm.count %x over [1] : tensor<2x?xf32> to f32
    return %a, %b, %c, %d : tensor<1x?xi32>, tensor<2x1xf32>, tensor<1x1xi64>, tensor<1x1xf32>
  })");
  auto results = graphs.run({reals({2, 3}, {0, 0, 0, 0, 0, 0})});
  expectIntegers(results[0], {1, 3}, {0, 1, 2});
  expectReals(results[1], {2, 1}, {0.0, 1.0});
  expectIntegers(results[2], {1, 1}, {6});
  expectReals(results[3], {1, 1}, {3.0});
  results = graphs.run({reals({2, 0}, {})});
  expectIntegers(results[0], {1, 0}, {});
  expectIntegers(results[2], {1, 1}, {0});
}

// Nothing is rounded to f32 between ops.
TEST(Elementwise, ValuesStayWide) {
  Graphs graphs(R"(func.func @f(%a: tensor<1xf32>, %b: tensor<1xf32>) -> tensor<1xf32> {
    %c = norm.add %a, %b : tensor<1xf32>, tensor<1xf32>
    %d = norm.sub %c, %a : tensor<1xf32>, tensor<1xf32>
    return %d : tensor<1xf32>
  })");
  expectReals(graphs.run({reals({1}, {1.0}), reals({1}, {std::ldexp(1.0, -50)})})[0], {1}, {std::ldexp(1.0, -50)});
  auto wide = graphs.run<Quad>({reals<Quad>({1}, {1.0}), reals<Quad>({1}, {std::ldexp(1.0, -110)})});
  EXPECT_EQ(double(wide[0].reals[0]), std::ldexp(1.0, -110));
}

TEST(Elementwise, QuadFunctionsAreWide) {
  Graphs graphs(R"(func.func @f(%x: tensor<1xf64>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1xf64>) {
    %e = norm.exp %x : tensor<1xf64>
    %l = norm.log %e : tensor<1xf64>
    %r = norm.rsqrt %e : tensor<1xf64>
    %s = norm.square %r : tensor<1xf64>
    %i = norm.reciprocal %s : tensor<1xf64>
    %t = norm.tanh %x : tensor<1xf64>
    return %l, %i, %t : tensor<1xf64>, tensor<1xf64>, tensor<1xf64>
  })");
  auto results = graphs.run<Quad>({reals<Quad>({1}, {0.7})});
  const Quad x = Quad(0.7), e = wide::exp(x), bound = wide::ldexp(Quad(1), -108);
  EXPECT_LT(wide::abs(results[0].reals[0] - x), bound);
  EXPECT_LT(wide::abs(results[1].reals[0] - e), bound);
  EXPECT_LT(wide::abs(results[2].reals[0] - (e - 1 / e) / (e + 1 / e)), bound);
}

TEST(Elementwise, ArgumentsMayBeResultsAndRepeat) {
  Graphs graphs(R"(func.func @f(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
    %y = norm.add %x, %x : tensor<2xf32>, tensor<2xf32>
    return %y, %x, %y : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  })");
  auto results = graphs.run({reals({2}, {1.0, 2.0})});
  expectReals(results[0], {2}, {2.0, 4.0});
  expectReals(results[1], {2}, {1.0, 2.0});
  expectReals(results[2], {2}, {2.0, 4.0});
}

TEST(Elementwise, LongChains) {
  std::string text = "func.func @f(%v0: tensor<1xf64>, %one: tensor<1xf64>) -> tensor<1xf64> {\n";
  const int length = 100000;
  for (int i = 0; i < length; ++i)
    text +=
        "%v" + std::to_string(i + 1) + " = norm.add %v" + std::to_string(i) + ", %one : tensor<1xf64>, tensor<1xf64>\n";
  text += "return %v" + std::to_string(length) + " : tensor<1xf64> }";
  Graphs graphs(text);
  expectReals(graphs.run({reals({1}, {0.0}), reals({1}, {1.0})})[0], {1}, {double(length)});
}

} // namespace
