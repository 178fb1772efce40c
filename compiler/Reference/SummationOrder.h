//===- SummationOrder.h - how far rounding gets in a sum -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_SUMMATIONORDER_H
#define NORMC_COMPILER_REFERENCE_SUMMATIONORDER_H

#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace normc::reference {

/// What the order in which kernels sum says about errors: chunks of a fixed length, in each A accumulators that take
/// every A-th element and then fold by halves; chunks are merged in f64.
struct SummationOrder {
  /// The additions in the type's arithmetic that any element goes through.
  double additions = 0;
  /// Moments are summed from a centre, the mean of the first elements of each chunk: how many standard deviations it
  /// may lie from the chunk's mean.
  double centre = 0;
};

/// Of a reduction of `extents` to `reduced`, in which the reduced extents are 1.
inline SummationOrder summationOrder(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> reduced) {
  // Neighbouring axes of one kind are one axis: the length of the last, and how many elements a sum has.
  int64_t last = 1, count = 1;
  bool sumsLast = true, isLast = true;
  for (size_t axis = extents.size(); axis-- > 0;) {
    if (extents[axis] <= 1)
      continue;
    const bool sums = reduced[axis] == 1;
    if (last == 1 && isLast)
      sumsLast = sums;
    isLast &= sums == sumsLast;
    if (isLast)
      last *= extents[axis];
    if (sums)
      count *= extents[axis];
  }
  auto divideUp = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
  int64_t accumulators, chunk, inRow, first;
  if (sumsLast) {
    accumulators = last > 128 && last <= 256 ? 256 : 128;
    const int64_t run = std::min<int64_t>(last, 2048);
    const int64_t runs = last > 2048 ? 1 : std::min<int64_t>({32, 2048 / last, count / last});
    chunk = runs * run;
    inRow = runs * divideUp(run, accumulators);
    first = run < 128 ? divideUp(128, run) * run : 128;
  } else {
    accumulators = 1;
    while (2 * accumulators * last <= 128)
      accumulators *= 2;
    chunk = std::min(32 * accumulators, count);
    inRow = divideUp(chunk, accumulators);
    first = 4 * accumulators;
  }
  SummationOrder order;
  order.additions = double(std::min(count - 1, inRow + int64_t(std::ilogb(double(accumulators)))));
  order.centre = chunk <= first ? 0.0 : std::sqrt(double(chunk) / double(first));
  return order;
}

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_SUMMATIONORDER_H
