//===- ArrayTest.cpp - storage types and their rounding ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"

#include <cstring>

using namespace mlir;
using namespace normc::reference;

namespace {

class ArrayTest : public testing::Test {
protected:
  MLIRContext context;
  Builder builder{&context};

  template <typename Real>
  uint16_t bits16(Type element, Real value) {
    Array<Real> array{{1}, {value}, {}};
    auto bytes = toBytes(element, array);
    EXPECT_TRUE(succeeded(bytes));
    uint16_t bits;
    std::memcpy(&bits, bytes->data(), 2);
    return bits;
  }
  template <typename Real>
  Real from16(Type element, uint16_t bits) {
    auto array = fromBytes<Real>(element, {1}, {reinterpret_cast<char *>(&bits), 2});
    EXPECT_TRUE(succeeded(array));
    return array->reals[0];
  }
};

TEST_F(ArrayTest, EveryHalfSurvives) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    for (Type element : {Type(builder.getF16Type()), Type(builder.getBF16Type())}) {
      const double value = from16<double>(element, bits);
      if (std::isnan(value)) {
        EXPECT_TRUE(std::isnan(from16<double>(element, bits16(element, value))));
        continue;
      }
      ASSERT_EQ(bits16(element, value), bits);
      ASSERT_EQ(bits16(element, Quad(value)), bits);
    }
  }
}

TEST_F(ArrayTest, HalfValues) {
  Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type();
  EXPECT_EQ(from16<double>(f16, 0x3c00), 1.0);
  EXPECT_EQ(from16<double>(f16, 0x7bff), 65504.0);
  EXPECT_EQ(from16<double>(f16, 0x0001), std::ldexp(1.0, -24));
  EXPECT_EQ(from16<double>(f16, 0xfc00), -inf);
  EXPECT_EQ(from16<double>(bf16, 0x3f80), 1.0);
  EXPECT_EQ(from16<double>(bf16, 0x0001), std::ldexp(1.0, -133));
  EXPECT_EQ(bits16(f16, NaN), 0x7e00);
  EXPECT_EQ(bits16(bf16, inf), 0x7f80);
}

TEST_F(ArrayTest, TiesGoToEven) {
  Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type();
  const double half = std::ldexp(1.0, -11); // half the distance of neighbours of 1 in f16
  EXPECT_EQ(bits16(f16, 1.0 + half), 0x3c00);
  EXPECT_EQ(bits16(f16, 1.0 + 3 * half), 0x3c02);
  EXPECT_EQ(bits16(f16, -(1.0 + 3 * half)), 0xbc02);
  EXPECT_EQ(bits16(bf16, 1.0 + std::ldexp(1.0, -8)), 0x3f80);
  EXPECT_EQ(bits16(bf16, 1.0 + std::ldexp(3.0, -8)), 0x3f82);
}

// Rounded to f32 first, each of these would become a tie and go the wrong way.
TEST_F(ArrayTest, RoundsOnce) {
  Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type();
  const double half = std::ldexp(1.0, -11);
  EXPECT_EQ(bits16(f16, 1.0 + half + std::ldexp(1.0, -40)), 0x3c01);
  EXPECT_EQ(bits16(f16, 1.0 + 3 * half - std::ldexp(1.0, -40)), 0x3c01);
  EXPECT_EQ(bits16(bf16, 1.0 + std::ldexp(1.0, -8) + std::ldexp(1.0, -40)), 0x3f81);
  // From a Quad to f32, not by way of f64.
  const Quad tie = Quad(1) + wide::ldexp(Quad(1), -24), above = tie + wide::ldexp(Quad(1), -100);
  EXPECT_EQ(double(roundTo(builder.getF32Type(), tie)), 1.0);
  EXPECT_EQ(double(roundTo(builder.getF32Type(), above)), 1.0 + std::ldexp(1.0, -23));
  EXPECT_EQ(bits16(f16, Quad(1) + wide::ldexp(Quad(1), -11) + wide::ldexp(Quad(1), -100)), 0x3c01);
}

TEST_F(ArrayTest, Subnormals) {
  Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type(), f32 = builder.getF32Type();
  const double least = std::ldexp(1.0, -24);
  EXPECT_EQ(bits16(f16, least / 2), 0x0000); // a tie with 0
  EXPECT_EQ(bits16(f16, least / 2 * 1.0000001), 0x0001);
  EXPECT_EQ(bits16(f16, -least / 4), 0x8000);
  EXPECT_EQ(bits16(f16, least * 2.5), 0x0002);
  EXPECT_EQ(bits16(f16, std::ldexp(1.0, -14) - least / 2), 0x0400); // carries into the normal numbers
  EXPECT_EQ(bits16(bf16, std::ldexp(1.5, -133)), 0x0002);
  EXPECT_EQ(roundTo(f32, std::ldexp(1.5, -149)), std::ldexp(1.0, -148));
  EXPECT_EQ(roundTo(f32, std::ldexp(0.5, -149)), 0.0);
  EXPECT_EQ(double(roundTo(builder.getF64Type(), wide::ldexp(Quad(3), -1075))), std::ldexp(1.0, -1073));
  EXPECT_EQ(bits16(f16, std::numeric_limits<double>::denorm_min()), 0x0000);
}

TEST_F(ArrayTest, Overflow) {
  Type f16 = builder.getF16Type(), bf16 = builder.getBF16Type();
  EXPECT_EQ(bits16(f16, 65519.999), 0x7bff);
  EXPECT_EQ(bits16(f16, 65520.0), 0x7c00); // a tie with 2^16, which is even
  EXPECT_EQ(bits16(f16, -1e300), 0xfc00);
  EXPECT_EQ(bits16(bf16, std::ldexp(511.0, 119)), 0x7f80);
  EXPECT_EQ(bits16(bf16, std::ldexp(510.9, 119)), 0x7f7f);
  EXPECT_EQ(roundTo(builder.getF32Type(), 1e39), inf);
}

TEST_F(ArrayTest, Integers) {
  const int32_t values[2] = {-5, 7};
  auto array = fromBytes<double>(builder.getI32Type(), {2, 1}, {reinterpret_cast<const char *>(values), 8});
  ASSERT_TRUE(succeeded(array));
  expectIntegers(*array, {2, 1}, {-5, 7});
  auto bytes = toBytes(builder.getI32Type(), *array);
  ASSERT_TRUE(succeeded(bytes));
  EXPECT_EQ(std::memcmp(bytes->data(), values, 8), 0);

  const char mask[3] = {0, 1, 2};
  array = fromBytes<double>(builder.getI1Type(), {3}, mask);
  ASSERT_TRUE(succeeded(array));
  expectIntegers(*array, {3}, {0, 1, 1});
  EXPECT_EQ(storageBytes(builder.getI1Type()), 1);
}

TEST_F(ArrayTest, SizesMustFit) {
  const char bytes[8] = {};
  EXPECT_TRUE(failed(fromBytes<double>(builder.getF32Type(), {3}, bytes)));
  EXPECT_TRUE(failed(fromBytes<double>(builder.getF64Type(), {int64_t(1) << 32, int64_t(1) << 32}, bytes)));
  EXPECT_TRUE(failed(fromBytes<double>(builder.getF64Type(), {1}, ArrayRef<char>(bytes, 7))));
  EXPECT_TRUE(succeeded(fromBytes<double>(builder.getF64Type(), {0, int64_t(1) << 62, 8}, {})));
  EXPECT_TRUE(failed(toBytes(builder.getI32Type(), reals({1}, {1.0}))));
}

} // namespace
