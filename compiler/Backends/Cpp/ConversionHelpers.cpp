//===- ConversionHelpers.cpp - numbers of other types, as C++ text -------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Functions.h"
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr const char *bitsOfFloats = R"(
// Floats and their bits.
[[maybe_unused]] inline uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
[[maybe_unused]] inline float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
)";

/// Wherever functions of doubles have constants of their bits.
static constexpr const char *bitsOfDoubles = R"(
// Doubles and their bits.
[[maybe_unused]] inline uint64_t bits_of(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
[[maybe_unused]] inline double from_bits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
)";

static constexpr Snippet conversions[] = {
    {"bits_of from_bits", bitsOfFloats},
    {"UINT64_C", bitsOfDoubles},
    {"half_to_float", R"(
// f16: 1 sign, 5 exponent and 10 fraction bits. As a float's, they are 2^112 too small, but for infinity and NaN.
[[gnu::always_inline]] inline float half_to_float(uint16_t half) {
  const uint32_t bits = half, size = (bits & 0x7fff) << 13;
  const float scaled = from_bits(size) * 0x1p112f;
  const uint32_t word = size >= 0x0f800000 ? size | 0x7f800000 : bits_of(scaled);
  return from_bits(word | (bits & 0x8000) << 16);
}
)"},
    {"float_to_half", R"(
// The nearest f16, ties to even.
[[gnu::always_inline]] inline uint16_t float_to_half(float value) {
  const uint32_t bits = bits_of(value), size = bits & 0x7fffffff, sign = bits >> 16 & 0x8000;
  // Below 2^-14 the last bit counts 2^-24, as it does in floats next to 0.5.
  const uint32_t small = bits_of(from_bits(size) + 0.5f) - 0x3f000000;
  const uint32_t normal = (size - 0x38000000 + 0xfff + (size >> 13 & 1)) >> 13;
  const uint32_t finite = size < 0x38800000 ? small : normal;
  const uint32_t large = size > 0x7f800000 ? 0x7e00 : 0x7c00;
  return static_cast<uint16_t>(sign | (size >= 0x477ff000 ? large : finite));
}
)"},
    {"bfloat_to_float", R"(
// bf16: the upper half of a float.
[[gnu::always_inline]] inline float bfloat_to_float(uint16_t half) { return from_bits(uint32_t(half) << 16); }
)"},
    {"float_to_bfloat", R"(
// The nearest bf16, ties to even.
[[gnu::always_inline]] inline uint16_t float_to_bfloat(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
}
)"},
    {"odd_float", R"(
// The float next to a double that a rounding to fewer bits takes to where it would take the double: an inexact one has its last
// bit set.
[[gnu::always_inline]] inline float odd_float(double value) {
  const float nearest = static_cast<float>(value);
  const uint32_t word = bits_of(nearest);
  if (double(nearest) == value || value != value || (word & 1))
    return nearest;
  return from_bits(std::fabs(double(nearest)) > std::fabs(value) ? word - 1 : word + 1);
}
)"},
    {"rest", R"(
// What float leaves of a double.
inline float rest(double value) { return std::isfinite(float(value)) ? float(value - double(float(value))) : 0.0f; }
)"}};

const llvm::ArrayRef<Snippet> conversionSnippets = conversions;

std::string emitConversions() { return std::string(bitsOfFloats) + bitsOfDoubles; }

} // namespace normc::cpp
