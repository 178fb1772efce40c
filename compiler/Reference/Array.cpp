//===- Array.cpp - arrays of the reference interpreter -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Array.h"
#include "dialects/Norm/Extents.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace mlir;

namespace normc::reference {

std::optional<int64_t> elementCount(ArrayRef<int64_t> extents) {
  if (llvm::is_contained(extents, 0))
    return 0;
  int64_t count = 1;
  for (int64_t extent : extents)
    if (extent < 0 || llvm::MulOverflow(count, extent, count))
      return std::nullopt;
  return count;
}

std::string toString(ArrayRef<int64_t> extents) {
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// Nearest of the numbers of `precision` bits with exponents from `lowest` to `highest`. In Real, adding and taking
/// away 3 2^(q + digits - 2) leaves a multiple of 2^q, where 2^q is the distance of neighbours of the narrow type.
template <typename Real>
static Real roundToFormat(Real value, int precision, int lowest, int highest) {
  if (value == Real(0) || !wide::isFinite(value))
    return value;
  const int exponent = wide::ilogb(value);
  if (exponent > highest)
    return value > Real(0) ? wide::infinity<Real>() : -wide::infinity<Real>();
  const int quantum = std::max(exponent, lowest) - (precision - 1);
  const Real shift = wide::ldexp(Real(3), quantum + digits<Real> - 2);
  const Real magnitude = (wide::abs(value) + shift) - shift;
  if (magnitude >= wide::ldexp(Real(1), highest + 1))
    return value > Real(0) ? wide::infinity<Real>() : -wide::infinity<Real>();
  return value > Real(0) ? magnitude : -magnitude;
}

template <typename Real>
Real roundTo(Type element, Real value) {
  if (element.isF64())
    return Real(double(value));
  if (element.isF32())
    return Real(float(value));
  if (element.isF16())
    return roundToFormat(value, 11, -14, 15);
  return roundToFormat(value, 8, -126, 127); // bf16
}

template double roundTo(Type, double);
template Quad roundTo(Type, Quad);

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

int64_t storageBytes(Type element) {
  return (element.getIntOrFloatBitWidth() + 7) / 8;
}

template <typename Stored>
static Stored load(const char *bytes) {
  Stored stored;
  std::memcpy(&stored, bytes, sizeof(Stored));
  return stored;
}

template <typename Stored>
static void store(char *bytes, Stored stored) {
  std::memcpy(bytes, &stored, sizeof(Stored));
}

/// 1 sign, 5 exponent, 10 mantissa bits.
static float fromHalf(uint16_t bits) {
  const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  float magnitude;
  if (exponent == 31)
    magnitude = mantissa ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(float(mantissa), -24);
  else
    magnitude = std::ldexp(float(mantissa + 1024), exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

/// Of a value that f16 has.
static uint16_t toHalf(float value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return sign | 0x7e00;
  if (std::isinf(value))
    return sign | 0x7c00;
  const float magnitude = std::fabs(value);
  if (magnitude < std::ldexp(1.0f, -14))
    return sign | uint16_t(std::ldexp(magnitude, 24));
  const int exponent = std::ilogb(magnitude);
  return sign | uint16_t((exponent + 15) << 10) | (uint16_t(std::ldexp(magnitude, 10 - exponent)) & 1023);
}

static float fromBrain(uint16_t bits) {
  const uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

/// Of a value that bf16 has.
static uint16_t toBrain(float value) {
  if (std::isnan(value))
    return std::signbit(value) ? 0xffc0 : 0x7fc0;
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(value));
  return uint16_t(bits >> 16);
}

template <typename Real>
FailureOr<Array<Real>> fromBytes(Type element, ArrayRef<int64_t> extents, ArrayRef<char> bytes) {
  std::optional<int64_t> size = elementCount(extents);
  const int64_t stride = storageBytes(element);
  if (!size || bytes.size() % stride || int64_t(bytes.size()) / stride != *size)
    return failure();
  Array<Real> array;
  array.extents.assign(extents.begin(), extents.end());
  auto read = [&](auto &elements, auto load) {
    elements.resize(*size);
    const char *next = bytes.data();
    for (auto &value : elements) {
      value = load(next);
      next += stride;
    }
  };
  if (element.isF64())
    read(array.reals, [](const char *b) { return Real(load<double>(b)); });
  else if (element.isF32())
    read(array.reals, [](const char *b) { return Real(load<float>(b)); });
  else if (element.isF16())
    read(array.reals, [](const char *b) { return Real(fromHalf(load<uint16_t>(b))); });
  else if (element.isBF16())
    read(array.reals, [](const char *b) { return Real(fromBrain(load<uint16_t>(b))); });
  else if (element.isSignlessInteger(64))
    read(array.integers, [](const char *b) { return load<int64_t>(b); });
  else if (element.isSignlessInteger(32))
    read(array.integers, [](const char *b) { return int64_t(load<int32_t>(b)); });
  else
    read(array.integers, [](const char *b) { return int64_t(*b != 0); });
  return array;
}

template <typename Real>
FailureOr<std::vector<char>> toBytes(Type element, const Array<Real> &array) {
  std::optional<int64_t> size = elementCount(array.extents);
  const int64_t stored = norm::isFloatElement(element) ? array.reals.size() : array.integers.size();
  if (!size || stored != *size)
    return failure();
  const int64_t stride = storageBytes(element);
  std::vector<char> bytes(*size * stride);
  auto write = [&](const auto &elements, auto store) {
    char *next = bytes.data();
    for (const auto &value : elements) {
      store(next, value);
      next += stride;
    }
  };
  if (element.isF64())
    write(array.reals, [](char *b, Real value) { store(b, double(value)); });
  else if (element.isF32())
    write(array.reals, [](char *b, Real value) { store(b, float(value)); });
  else if (element.isF16())
    write(array.reals, [&](char *b, Real value) { store(b, toHalf(float(roundTo(element, value)))); });
  else if (element.isBF16())
    write(array.reals, [&](char *b, Real value) { store(b, toBrain(float(roundTo(element, value)))); });
  else if (element.isSignlessInteger(64))
    write(array.integers, [](char *b, int64_t value) { store(b, value); });
  else if (element.isSignlessInteger(32))
    write(array.integers, [](char *b, int64_t value) {
      store(b, int32_t(std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                           std::numeric_limits<int32_t>::max())));
    });
  else
    write(array.integers, [](char *b, int64_t value) { *b = value != 0; });
  return bytes;
}

template FailureOr<Array<double>> fromBytes(Type, ArrayRef<int64_t>, ArrayRef<char>);
template FailureOr<Array<Quad>> fromBytes(Type, ArrayRef<int64_t>, ArrayRef<char>);
template FailureOr<std::vector<char>> toBytes(Type, const Array<double> &);
template FailureOr<std::vector<char>> toBytes(Type, const Array<Quad> &);

} // namespace normc::reference
