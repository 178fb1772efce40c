//===- AccuracyTest.cpp - how far off functions are ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f32 against the system's functions of double, f64 against those of long double: each
// within the bound that its comment promises. Floats are visited in steps that cover
// every sign and exponent; NORMC_ALL_FLOATS in the environment visits all of them.
//
//===----------------------------------------------------------------------===//
#include "functions.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

namespace {

template <typename Real>
constexpr Real largest = std::numeric_limits<Real>::max();

/// Units in the last place of `Real` between a result and what is wanted, which is wider; infinite where the two are of
/// different kinds, or zeros of different signs.
template <typename Real, typename Wide>
double unitsOff(Real got, Wide want) {
  using Limits = std::numeric_limits<Real>;
  const double different = std::numeric_limits<double>::infinity();
  if (got != got || want != want)
    return got != got && want != want ? 0.0 : different;
  if (std::signbit(got) != std::signbit(want))
    return different;
  const Real nearest = Real(want);
  if (std::isinf(nearest) || std::isinf(got)) // at the edge of the range, the largest number is one unit from infinity
    return nearest == got ? 0.0 : std::fabs(std::isinf(got) ? nearest : got) == largest<Real> ? 1.0 : different;
  const int exponent = nearest == 0 ? Limits::min_exponent : std::ilogb(nearest);
  const Wide unit = std::ldexp(Wide(1), std::max(exponent, Limits::min_exponent - 1) - Limits::digits + 1);
  return double(std::fabs(got - want) / unit);
}

template <typename Real>
class Worst {
public:
  template <typename Wide>
  void add(Real got, Wide want, Real x, Real y = 0) {
    double off = unitsOff(got, want);
    if (off > units) {
      units = off;
      at = (testing::Message() << "of " << x << ", " << y << " got " << got << ", want " << want).GetString();
    }
  }
  void expectWithin(double bound) const {
    EXPECT_LE(units, bound) << at;
    testing::Test::RecordProperty("units", std::to_string(units));
  }

private:
  double units = 0.0;
  std::string at;
};

/// Every float, or one of a thousand.
template <typename Function, typename Reference>
void visitFloats(Function function, Reference reference, double bound) {
  const uint64_t step = std::getenv("NORMC_ALL_FLOATS") ? 1 : 1021;
  constexpr int count = 1024;
  static float x[count], results[count];
  Worst<float> worst;
  for (uint64_t bits = 0; bits < uint64_t(1) << 32;) {
    for (float &value : x) {
      value = from_bits(uint32_t(bits));
      bits += step;
    }
    for (int i = 0; i < count; ++i)
      results[i] = function(x[i]);
    for (int i = 0; i < count; ++i)
      worst.add(results[i], reference(double(x[i])), x[i]);
  }
  worst.expectWithin(bound);
}

/// Doubles of every size, and more of them where functions have their bends.
template <typename Function, typename Reference>
void visitDoubles(Function function, Reference reference, double bound) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> unit(-1.0, 1.0);
  Worst<double> worst;
  auto visit = [&](double x) { worst.add(function(x), reference(static_cast<long double>(x)), x); };
  for (int i = 0; i < 100000; ++i) {
    visit(from_bits(uint64_t(random())));
    visit(750.0 * unit(random));
    visit(6.0 * unit(random));
    visit(0.5 * unit(random));
    visit(1.0 + std::ldexp(unit(random), -i % 50));
  }
  worst.expectWithin(bound);
}

template <typename Wide>
Wide sigmoid(Wide x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

/// x^y for pairs whose result is within or just beyond the range: x of every size, and close to 1.
template <typename Real, typename Wide, typename Function>
void visitPowers(Function function, double bound) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<Wide> unit(-1.0, 1.0);
  const Wide range = std::log(Wide(largest<Real>));
  Worst<Real> worst;
  for (int i = 0; i < 300000; ++i) {
    Real x = i % 3 == 0   ? Real(std::exp(range * unit(random)))
             : i % 3 == 1 ? Real(std::exp(unit(random)))
                          : Real(1 + std::ldexp(unit(random), -i % std::numeric_limits<Real>::digits));
    Real y = x == 1 ? Real(unit(random)) : Real(Wide(1.07) * range * unit(random) / std::log(Wide(x)));
    worst.add(function(x, y), std::pow(Wide(x), Wide(y)), x, y);
    y = std::floor(Real(20 * unit(random))) / 2;
    worst.add(function(x, y), std::pow(Wide(x), Wide(y)), x, y);
  }
  worst.expectWithin(bound);
}

} // namespace

TEST(Accuracy, ExpF32) {
  visitFloats([](float x) { return exp_f32(x); }, [](double x) { return std::exp(x); }, exp_f32_bound);
}
TEST(Accuracy, LogF32) {
  visitFloats([](float x) { return log_f32(x); }, [](double x) { return std::log(x); }, log_f32_bound);
}
TEST(Accuracy, TanhF32) {
  visitFloats([](float x) { return tanh_f32(x); }, [](double x) { return std::tanh(x); }, tanh_f32_bound);
}
TEST(Accuracy, SigmoidF32) {
  visitFloats([](float x) { return sigmoid_f32(x); }, sigmoid<double>, sigmoid_f32_bound);
}
TEST(Accuracy, ErfF32) {
  visitFloats([](float x) { return erf_f32(x); }, [](double x) { return std::erf(x); }, erf_f32_bound);
}
TEST(Accuracy, PowF32) {
  visitPowers<float, double>([](float x, float y) { return pow_f32(x, y); }, pow_f32_bound);
}

using Extended = long double;
TEST(Accuracy, ExpF64) {
  visitDoubles([](double x) { return exp_f64(x); }, [](Extended x) { return std::exp(x); }, exp_f64_bound);
}
TEST(Accuracy, LogF64) {
  visitDoubles([](double x) { return log_f64(x); }, [](Extended x) { return std::log(x); }, log_f64_bound);
}
TEST(Accuracy, TanhF64) {
  visitDoubles([](double x) { return tanh_f64(x); }, [](Extended x) { return std::tanh(x); }, tanh_f64_bound);
}
TEST(Accuracy, SigmoidF64) {
  visitDoubles([](double x) { return sigmoid_f64(x); }, sigmoid<Extended>, sigmoid_f64_bound);
}
TEST(Accuracy, ErfF64) {
  visitDoubles([](double x) { return erf_f64(x); }, [](Extended x) { return std::erf(x); }, erf_f64_bound);
}
TEST(Accuracy, PowF64) {
  visitPowers<double, Extended>([](double x, double y) { return pow_f64(x, y); }, pow_f64_bound);
}
