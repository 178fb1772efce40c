//===- Extents.h - extents, and when two lists agree ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_EXTENTS_H
#define NORMC_RUNTIME_EXTENTS_H

#include <cstdint>
#include <string>

namespace normc::runtime {

constexpr int32_t maxRank = 8;

/// A list of extents that belongs to somebody else.
struct Shape {
  const int64_t *extents = nullptr;
  int32_t rank = 0;

  const int64_t *begin() const { return extents; }
  const int64_t *end() const { return extents + rank; }
};

bool operator==(Shape a, Shape b);
inline bool operator!=(Shape a, Shape b) {
  return !(a == b);
}

/// At most eight extents, each >= 0.
struct Extents {
  int32_t rank = 0;
  int64_t values[maxRank] = {};

  operator Shape() const { return {values, rank}; }
};

/// "8x64"; a negative extent, which stands for a symbol, is "?"; no axes are "()".
std::string toText(Shape shape);

/// The bytes of an array of `shape`. False where its count overflows, also where only an extent of 0 would hide that:
/// kernels multiply some of the extents.
[[nodiscard]] bool countBytes(Shape shape, int64_t elementBytes, int64_t &bytes);

/// Whether two arrays of the same elements in row-major order agree once 1s are dropped and adjacent axes merged or
/// split: 4x6x25 and 4x2x3x25 do, 4x6 and 6x4 do not. Where an extent is 0 only 1s may differ.
bool haveSameElements(Shape a, Shape b);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_EXTENTS_H
