//===- Measurement.h - times, taken in turns -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_BENCHMARK_MEASUREMENT_H
#define NORMC_COMPILER_TOOLS_BENCHMARK_MEASUREMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstdint>
#include <functional>
#include <vector>

namespace normc {

/// Seconds per run of one candidate.
struct Timing {
  std::vector<double> samples, processor; ///< by repetition; processor time is that of all threads
  int64_t runsPerSample = 1;

  double minimum() const;
  double median() const;
};

double medianOf(std::vector<double> values);

/// Times all candidates in one loop: each repetition samples every one, in an order that moves on, so that what slows
/// the machine down for a while meets all of them. Short runs are repeated within a sample. Without repetitions, about
/// one second's worth for each candidate, between 7 and 101.
std::vector<Timing> measure(llvm::ArrayRef<std::function<void()>> candidates, int repetitions);

/// How much slower `a` is than `b`, two candidates of one loop, by the fastest sample of each.
double ratioOfMinima(const Timing &a, const Timing &b);
/// The same by the median of the repetitions' own ratios: what disturbs a while disturbs both.
double medianRatio(const Timing &a, const Timing &b);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_BENCHMARK_MEASUREMENT_H
