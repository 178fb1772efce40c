//===- Elements.h - arrays as numbers ---------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_BENCHMARK_GPU_ELEMENTS_H
#define NORMC_TEST_BENCHMARK_GPU_ELEMENTS_H

#include "runtime/Npy.h"

namespace normc::check {

/// The elements of an array, of any of the types that graphs have.
std::vector<double> toDoubles(const runtime::NpyArray &array);

/// How far an array is from what it should be, relative to the largest finite element of that. NaN equals NaN.
struct Distance {
  double largest = 0;
  int64_t at = -1; ///< the element where it is largest
  double got = 0, want = 0;
};
Distance measureDistance(const std::vector<double> &got, const std::vector<double> &want);

} // namespace normc::check

#endif // NORMC_TEST_BENCHMARK_GPU_ELEMENTS_H
