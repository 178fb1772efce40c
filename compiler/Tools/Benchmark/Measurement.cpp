//===- Measurement.cpp - times, taken in turns ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/Measurement.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

using namespace llvm;

namespace normc {

/// The shortest sample: clocks and thread wake-ups are far below.
static constexpr double sampleSeconds = 1e-3;
static constexpr double secondsPerCandidate = 1.0;
static constexpr int leastRepetitions = 7, mostRepetitions = 101;

static double processorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

static double secondsOf(const std::function<void()> &run, int64_t times) {
  auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < times; ++i)
    run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double medianOf(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return values.size() % 2 ? *middle : (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double Timing::minimum() const {
  return *std::min_element(samples.begin(), samples.end());
}
double Timing::median() const {
  return medianOf(samples);
}

std::vector<Timing> measure(ArrayRef<std::function<void()>> candidates, int repetitions) {
  std::vector<Timing> timings(candidates.size());
  double longest = 0.0;
  for (auto [candidate, timing] : zip(candidates, timings)) {
    secondsOf(candidate, 1); // threads start, pages come in
    double once = secondsOf(candidate, 1);
    timing.runsPerSample = std::max<int64_t>(1, std::llround(std::ceil(sampleSeconds / std::max(once, 1e-9))));
    longest = std::max(longest, once * double(timing.runsPerSample));
  }
  if (repetitions <= 0) {
    repetitions = int(std::clamp(secondsPerCandidate / longest, double(leastRepetitions), double(mostRepetitions)));
    repetitions += repetitions % 2 == 0; // a sample of its own is the median
  }
  for (int repetition = 0; repetition < repetitions; ++repetition)
    for (size_t i = 0; i < candidates.size(); ++i) {
      const size_t turn = (i + repetition) % candidates.size();
      Timing &timing = timings[turn];
      const double processor = processorSeconds();
      const double seconds = secondsOf(candidates[turn], timing.runsPerSample);
      timing.samples.push_back(seconds / double(timing.runsPerSample));
      timing.processor.push_back((processorSeconds() - processor) / double(timing.runsPerSample));
    }
  return timings;
}

double ratioOfMinima(const Timing &a, const Timing &b) {
  return a.minimum() / b.minimum();
}

double medianRatio(const Timing &a, const Timing &b) {
  std::vector<double> ratios;
  for (auto [mine, other] : zip(a.samples, b.samples))
    ratios.push_back(mine / other);
  return medianOf(ratios);
}

} // namespace normc
