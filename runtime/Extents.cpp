//===- Extents.cpp - extents, and when two lists agree ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Extents.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace normc::runtime {

bool operator==(Shape a, Shape b) {
  return a.rank == b.rank && std::equal(a.begin(), a.end(), b.begin());
}

std::string toText(Shape shape) {
  if (shape.rank == 0)
    return "()";
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
  return text;
}

bool countBytes(Shape shape, int64_t elementBytes, int64_t &bytes) {
  int64_t product = elementBytes;
  bool empty = false;
  for (int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(product, std::max<int64_t>(extent, 1), &product))
      return false;
    empty |= extent == 0;
  }
  bytes = empty ? 0 : product;
  return true;
}

bool haveSameElements(Shape a, Shape b) {
  auto dropOnes = [](Shape shape) {
    std::vector<int64_t> kept;
    std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept), [](int64_t extent) { return extent != 1; });
    return kept;
  };
  if (a == b)
    return true;
  std::vector<int64_t> left = dropOnes(a), right = dropOnes(b);
  if (left == right)
    return true;
  int64_t leftCount, rightCount;
  if (!countBytes(a, 1, leftCount) || !countBytes(b, 1, rightCount) || leftCount != rightCount || leftCount == 0)
    return false;

  // Both lists have the same product and nothing below 2, so blocks close at the first equal products. A block with
  // several axes on both sides would be a transposition as far as anybody can tell.
  size_t i = 0, j = 0;
  while (i < left.size() && j < right.size()) {
    size_t firstLeft = i, firstRight = j;
    int64_t leftProduct = left[i++], rightProduct = right[j++];
    while (leftProduct != rightProduct) {
      // Neither side runs out here: the smaller product is not yet all of its list.
      if (leftProduct < rightProduct)
        leftProduct *= left[i++];
      else
        rightProduct *= right[j++];
    }
    if (i - firstLeft > 1 && j - firstRight > 1)
      return false;
  }
  return true;
}

} // namespace normc::runtime
