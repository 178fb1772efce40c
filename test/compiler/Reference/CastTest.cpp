//===- CastTest.cpp - casts against numbers ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"

using namespace mlir;
using namespace normc::reference;

namespace {

Array<double> cast(StringRef from, StringRef to, const Array<double> &x, bool roundCasts = true) {
  std::string extent = "tensor<" + std::to_string(x.size()) + "x", in = extent + from.str() + ">";
  std::string out = extent + to.str() + ">";
  Graphs graphs("func.func @f(%x: " + in + ") -> " + out + " { %y = norm.cast %x : " + in + " to " + to.str() +
                " return %y : " + out + " }");
  Options options;
  options.roundCasts = roundCasts;
  return graphs.run({x}, options)[0];
}

constexpr int64_t least64 = std::numeric_limits<int64_t>::min(), most64 = std::numeric_limits<int64_t>::max();
constexpr int64_t least32 = std::numeric_limits<int32_t>::min(), most32 = std::numeric_limits<int32_t>::max();

TEST(Cast, NarrowingRounds) {
  const double third = 1.0 / 3.0;
  expectReals(cast("f64", "f32", reals({2}, {third, 1e39})), {2}, {double(float(third)), inf});
  expectReals(cast("f32", "f16", reals({3}, {third, 65520.0, NaN})), {3}, {0.333251953125, inf, NaN});
  expectReals(cast("f32", "bf16", reals({1}, {third})), {1}, {0.333984375});
  // Neither has all values of the other.
  expectReals(cast("bf16", "f16", reals({1}, {1e10})), {1}, {inf});
  expectReals(cast("f16", "bf16", reals({1}, {1.0009765625})), {1}, {1.0});
}

// A value of type f16 that was computed is wider than f16: widening its type does not round it.
TEST(Cast, WideningKeepsTheValue) {
  const double third = 1.0 / 3.0;
  expectReals(cast("f16", "f32", reals({1}, {third})), {1}, {third});
  expectReals(cast("f32", "f64", reals({1}, {third})), {1}, {third});
}

TEST(Cast, WithoutRounding) {
  const double third = 1.0 / 3.0;
  expectReals(cast("f64", "f16", reals({2}, {third, 1e39}), false), {2}, {third, 1e39});
  expectIntegers(cast("f64", "i32", reals({1}, {2.5}), false), {1}, {2});
}

TEST(Cast, FloatToInteger) {
  expectIntegers(cast("f32", "i32", reals({6}, {2.9, -2.9, NaN, inf, -inf, 2147483647.5})), {6},
                 {2, -2, 0, most32, least32, most32});
  expectIntegers(cast("f64", "i64", reals({5}, {-0.5, 9223372036854775808.0, -9223372036854775808.0, -inf, 1e300})),
                 {5}, {0, most64, least64, least64, most64});
}

TEST(Cast, IntegerToInteger) {
  expectIntegers(cast("i64", "i32", integers({3}, {int64_t(1) << 40, -(int64_t(1) << 40), -7})), {3},
                 {most32, least32, -7});
  expectIntegers(cast("i32", "i64", integers({1}, {-7})), {1}, {-7});
}

TEST(Cast, IntegerToFloat) {
  const int64_t trap = (int64_t(1) << 60) + (int64_t(1) << 36) + 1; // a tie of f32, but for the last bit
  expectReals(cast("i64", "f32", integers({2}, {trap, 3})), {2}, {std::ldexp(1.0, 60) + std::ldexp(1.0, 37), 3.0});
  expectReals(cast("i32", "f16", integers({2}, {2049, 100000})), {2}, {2048.0, inf});
  expectReals(cast("i64", "f64", integers({1}, {most64})), {1}, {9223372036854775808.0});
}

TEST(Cast, Masks) {
  expectIntegers(cast("f32", "i1", reals({5}, {0.0, -0.0, 0.5, NaN, -inf})), {5}, {0, 0, 1, 1, 1});
  expectIntegers(cast("i64", "i1", integers({3}, {0, 256, -1})), {3}, {0, 1, 1});
  expectReals(cast("i1", "f32", integers({2}, {0, 1})), {2}, {0.0, 1.0});
  expectIntegers(cast("i1", "i32", integers({2}, {0, 1})), {2}, {0, 1});
}

} // namespace
