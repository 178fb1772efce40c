//===- Elements.cpp - arrays as numbers -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/benchmark/gpu/Elements.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace normc::check {

/// (-1)^s 2^(e-15) 1.m, or (-1)^s 2^-14 0.m where e is 0.
static double fromF16(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31)
    return mantissa ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  return sign * (exponent ? std::ldexp(1024 + mantissa, exponent - 25) : std::ldexp(mantissa, -24));
}

/// The upper half of an f32.
static double fromBf16(uint16_t bits) {
  const uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return double(value);
}

template <typename T, typename Convert>
static std::vector<double> convert(const runtime::NpyArray &array, Convert toDouble) {
  const T *data = static_cast<const T *>(array.data.data());
  std::vector<double> values(array.data.size() / sizeof(T));
  std::transform(data, data + values.size(), values.begin(), toDouble);
  return values;
}

std::vector<double> toDoubles(const runtime::NpyArray &array) {
  auto cast = [](auto value) { return double(value); };
  switch (array.type) {
  case NORMC_F16:
    return convert<uint16_t>(array, fromF16);
  case NORMC_BF16:
    return convert<uint16_t>(array, fromBf16);
  case NORMC_F32:
    return convert<float>(array, cast);
  case NORMC_F64:
    return convert<double>(array, cast);
  case NORMC_I32:
    return convert<int32_t>(array, cast);
  case NORMC_I64:
    return convert<int64_t>(array, cast);
  }
  return convert<uint8_t>(array, cast);
}

Distance measureDistance(const std::vector<double> &got, const std::vector<double> &want) {
  double scale = 0;
  for (double value : want)
    if (std::isfinite(value))
      scale = std::max(scale, std::fabs(value));
  if (scale == 0)
    scale = 1;
  Distance distance;
  for (size_t i = 0; i < want.size(); ++i) {
    double error = std::fabs(got[i] - want[i]) / scale;
    if (got[i] == want[i] || (std::isnan(got[i]) && std::isnan(want[i])))
      error = 0;
    else if (std::isnan(error))
      error = std::numeric_limits<double>::infinity();
    if (error > distance.largest || distance.at < 0)
      distance = {error, int64_t(i), got[i], want[i]};
  }
  return distance;
}

} // namespace normc::check
