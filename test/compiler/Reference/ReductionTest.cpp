//===- ReductionTest.cpp - reductions against numbers --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"

using namespace mlir;
using namespace normc::reference;

namespace {

/// sum, mean, max_over and min_over of one f32 value.
struct Reduced {
  Array<double> sum, mean, maximum, minimum;
};

Reduced reduce(StringRef type, StringRef axes, StringRef resultType, const Array<double> &x) {
  std::string text = ("func.func @f(%x: " + type + ") -> (").str();
  std::string to = resultType.str();
  text += to + ", " + to + ", " + to + ", " + to + ") {\n";
  for (StringRef op : {"sum", "mean", "max_over", "min_over"})
    text += ("%" + op + " = norm." + op + " %x over " + axes + " : " + type + "\n").str();
  text += "return %sum, %mean, %max_over, %min_over : " + to + ", " + to + ", " + to + ", " + to + " }";
  Graphs graphs(text);
  auto results = graphs.run({x});
  return {results[0], results[1], results[2], results[3]};
}

TEST(Reduction, LastAxis) {
  Reduced r = reduce("tensor<2x3xf32>", "[1]", "tensor<2x1xf32>", reals({2, 3}, {1, 2, 6, -1, -2, -6}));
  expectReals(r.sum, {2, 1}, {9, -9});
  expectReals(r.mean, {2, 1}, {3, -3});
  expectReals(r.maximum, {2, 1}, {6, -1});
  expectReals(r.minimum, {2, 1}, {1, -6});
}

TEST(Reduction, FirstAxis) {
  Reduced r = reduce("tensor<2x3xf32>", "[0]", "tensor<1x3xf32>", reals({2, 3}, {1, 2, 6, -1, 4, -6}));
  expectReals(r.sum, {1, 3}, {0, 6, 0});
  expectReals(r.mean, {1, 3}, {0, 3, 0});
  expectReals(r.maximum, {1, 3}, {1, 4, 6});
  expectReals(r.minimum, {1, 3}, {-1, 2, -6});
}

TEST(Reduction, OuterAndInnerAxes) {
  std::vector<double> values(2 * 3 * 2);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = double(i);
  Reduced r = reduce("tensor<2x3x2xf32>", "[2, 0]", "tensor<1x3x1xf32>", reals({2, 3, 2}, values));
  expectReals(r.sum, {1, 3, 1}, {0 + 1 + 6 + 7, 2 + 3 + 8 + 9, 4 + 5 + 10 + 11});
  expectReals(r.maximum, {1, 3, 1}, {7, 9, 11});
  r = reduce("tensor<2x3x2xf32>", "[1]", "tensor<2x1x2xf32>", reals({2, 3, 2}, values));
  expectReals(r.mean, {2, 1, 2}, {2, 3, 8, 9});
}

TEST(Reduction, NaNAndInfinity) {
  Reduced r = reduce("tensor<4x3xf32>", "[1]", "tensor<4x1xf32>",
                     reals({4, 3}, {1, NaN, 3, inf, -inf, 0, inf, 1, inf, NaN, 5, -inf}));
  expectReals(r.sum, {4, 1}, {NaN, NaN, inf, NaN});
  expectReals(r.mean, {4, 1}, {NaN, NaN, inf, NaN});
  expectReals(r.maximum, {4, 1}, {NaN, inf, inf, NaN});
  expectReals(r.minimum, {4, 1}, {NaN, -inf, 1, NaN});
}

TEST(Reduction, Empty) {
  Reduced r = reduce("tensor<2x?xf32>", "[1]", "tensor<2x1xf32>", reals({2, 0}, {}));
  expectReals(r.sum, {2, 1}, {0.0, 0.0});
  expectReals(r.mean, {2, 1}, {NaN, NaN});
  expectReals(r.maximum, {2, 1}, {-inf, -inf});
  expectReals(r.minimum, {2, 1}, {inf, inf});
  // Nothing along an axis that is kept.
  r = reduce("tensor<?x2xf32>", "[1]", "tensor<?x1xf32>", reals({0, 2}, {}));
  expectReals(r.mean, {0, 1}, {});
}

// Strides that would not fit in 64 bits are never formed.
TEST(Reduction, EmptyAndHuge) {
  const int64_t huge = int64_t(1) << 40;
  Reduced r = reduce("tensor<?x?x?xf32>", "[0, 1]", "tensor<1x1x?xf32>", reals({huge, huge, 0}, {}));
  expectReals(r.sum, {1, 1, 0}, {});
}

TEST(Reduction, DynamicExtentOfOne) {
  Reduced r = reduce("tensor<?x2xf32>", "[0]", "tensor<1x2xf32>", reals({1, 2}, {3, 4}));
  expectReals(r.mean, {1, 2}, {3, 4});
}

TEST(Reduction, SumsCarryTheirErrors) {
  Reduced r = reduce("tensor<4xf32>", "[0]", "tensor<1xf32>", reals({4}, {1e16, 1.0, -1e16, 1.0}));
  expectReals(r.sum, {1}, {2.0});
  r = reduce("tensor<4x2xf32>", "[0]", "tensor<1x2xf32>", reals({4, 2}, {1e16, 1, 1, 1, -1e16, 1, 1, 1}));
  expectReals(r.sum, {1, 2}, {2.0, 4.0});
}

} // namespace
