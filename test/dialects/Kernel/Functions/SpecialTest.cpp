//===- SpecialTest.cpp - zeros, infinities, NaN -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "functions.h"

#include <gtest/gtest.h>

namespace {

template <typename Real>
void expectSame(Real got, Real want, const testing::Message &what) {
  if (want != want)
    EXPECT_TRUE(got != got) << what << " is " << got;
  else
    EXPECT_EQ(bits_of(got), bits_of(want)) << what << " is " << got << ", not " << want;
}

template <typename Real, typename Function>
void expectValues(const char *name, Function function, std::initializer_list<std::pair<Real, Real>> pairs) {
  for (auto [x, want] : pairs)
    expectSame(function(x), want, testing::Message() << name << " of " << x);
}

template <typename Real, typename Functions>
void checkOneOperand(Functions f) {
  using Limits = std::numeric_limits<Real>;
  const Real inf = Limits::infinity(), nan = Limits::quiet_NaN(), tiny = Limits::denorm_min(), most = Limits::max();
  expectValues<Real>(
      "exp", f.exp,
      {{0, 1}, {-Real(0), 1}, {inf, inf}, {-inf, 0}, {nan, nan}, {-nan, nan}, {tiny, 1}, {most, inf}, {-most, 0}});
  expectValues<Real>(
      "log", f.log,
      {{1, 0}, {0, -inf}, {-Real(0), -inf}, {inf, inf}, {-inf, nan}, {nan, nan}, {-nan, nan}, {-tiny, nan}, {-1, nan}});
  expectValues<Real>(
      "tanh", f.tanh,
      {{0, 0}, {-Real(0), -Real(0)}, {inf, 1}, {-inf, -1}, {nan, nan}, {tiny, tiny}, {-tiny, -tiny}, {most, 1}});
  expectValues<Real>("sigmoid", f.sigmoid,
                     {{0, Real(0.5)},
                      {-Real(0), Real(0.5)},
                      {inf, 1},
                      {-inf, 0},
                      {nan, nan},
                      {most, 1},
                      {-most, 0},
                      {tiny, Real(0.5)}});
  expectValues<Real>(
      "erf", f.erf,
      {{0, 0}, {-Real(0), -Real(0)}, {inf, 1}, {-inf, -1}, {nan, nan}, {tiny, tiny}, {-tiny, -tiny}, {most, 1}});
}

/// Every pair of a list of bases and exponents against the system's pow, which follows IEEE 754 in these cases; where
/// the result is no exact one, its class and its sign.
template <typename Real, typename Function>
void checkPow(Function power) {
  using Limits = std::numeric_limits<Real>;
  const Real whole = std::ldexp(Real(1), Limits::digits - 1), below = std::nextafter(Real(1), Real(0));
  std::vector<Real> numbers = {0,
                               1,
                               2,
                               3,
                               4,
                               7,
                               Real(0.5),
                               Real(1.5),
                               below,
                               2 - below,
                               Limits::denorm_min(),
                               Limits::min(),
                               Limits::max(),
                               Limits::infinity(),
                               whole - 1,
                               whole - Real(0.5),
                               whole,
                               whole + 1,
                               2 * whole - 1,
                               2 * whole,
                               Real(1e-5),
                               Real(1e30),
                               Limits::quiet_NaN()};
  for (size_t i = 0, count = numbers.size(); i < count; ++i)
    numbers.push_back(-numbers[i]);
  for (Real x : numbers)
    for (Real y : numbers) {
      const Real got = power(x, y), want = std::pow(x, y);
      testing::Message what;
      what << "pow of " << x << ", " << y;
      if (want == 0 || std::isinf(want) || want != want || std::fabs(want) == 1 ||
          (std::fabs(x) == 2 && y == std::trunc(y)))
        expectSame(got, want, what);
      else
        EXPECT_TRUE(std::isfinite(got) && std::signbit(got) == std::signbit(want)) << what << " is " << got;
    }
}

} // namespace

#define FUNCTIONS(type, suffix)                                                                                        \
  struct {                                                                                                             \
    static type exp(type x) {                                                                                          \
      return exp_##suffix(x);                                                                                          \
    }                                                                                                                  \
    static type log(type x) {                                                                                          \
      return log_##suffix(x);                                                                                          \
    }                                                                                                                  \
    static type tanh(type x) {                                                                                         \
      return tanh_##suffix(x);                                                                                         \
    }                                                                                                                  \
    static type sigmoid(type x) {                                                                                      \
      return sigmoid_##suffix(x);                                                                                      \
    }                                                                                                                  \
    static type erf(type x) {                                                                                          \
      return erf_##suffix(x);                                                                                          \
    }                                                                                                                  \
  }

TEST(Special, OneOperandF32) {
  FUNCTIONS(float, f32) functions;
  checkOneOperand<float>(functions);
}
TEST(Special, OneOperandF64) {
  FUNCTIONS(double, f64) functions;
  checkOneOperand<double>(functions);
}
TEST(Special, PowF32) {
  checkPow<float>([](float x, float y) { return pow_f32(x, y); });
}
TEST(Special, PowF64) {
  checkPow<double>([](double x, double y) { return pow_f64(x, y); });
}

/// e^x underflows gradually, and is 0 and infinity from where it rounds to them.
TEST(Special, EdgesOfExp) {
  EXPECT_EQ(exp_f32(-103.97f), 0x1p-149f);
  EXPECT_EQ(exp_f32(-103.98f), 0.0f);
  EXPECT_EQ(exp_f32(88.72283f), std::exp(88.72283f));
  EXPECT_EQ(exp_f32(88.72284f), std::numeric_limits<float>::infinity());
  EXPECT_EQ(exp_f64(-745.13), 0x1p-1074);
  EXPECT_EQ(exp_f64(-745.14), 0.0);
  EXPECT_EQ(exp_f64(709.79), std::numeric_limits<double>::infinity());
  EXPECT_LT(exp_f64(709.78), std::numeric_limits<double>::infinity());
}

/// Of what is not positive a decay is the exponential, bit by bit.
TEST(Special, Decay) {
  for (uint64_t bits = 0x80000000; bits <= 0xffffffff; bits += 5021) {
    const float x = from_bits(uint32_t(bits));
    expectSame(decay_f32(x), exp_f32(x), testing::Message() << "decay of " << x);
  }
  uint64_t state = 1;
  for (int i = 0; i < 200000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double x = i % 2 ? -750.0 * double(state >> 11) * 0x1p-53 : from_bits(state | uint64_t(1) << 63);
    expectSame(decay_f64(x), exp_f64(x), testing::Message() << "decay of " << x);
  }
  for (double x : {0.0, -0.0, -745.13, -745.14, -1e300, -std::numeric_limits<double>::infinity()})
    expectSame(decay_f64(x), exp_f64(x), testing::Message() << "decay of " << x);
  EXPECT_EQ(decay_f32(0.0f), 1.0f);
  EXPECT_EQ(decay_f32(-std::numeric_limits<float>::infinity()), 0.0f);
  EXPECT_NE(decay_f32(std::numeric_limits<float>::quiet_NaN()), decay_f32(std::numeric_limits<float>::quiet_NaN()));
}
