//===- GpuMeasurement.cpp - how long a GPU takes -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/GpuMeasurement.h"
#include "compiler/Tools/Benchmark/GpuArrays.h"
#include "compiler/Tools/Benchmark/Measurement.h"
#include "compiler/Tools/ModuleFile.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

using namespace llvm;

namespace normc {

/// A sample is at least this long: events tell half a microsecond.
static constexpr double sampleSeconds = 1e-3;
static constexpr double secondsPerCandidate = 1.0;
static constexpr int leastRepetitions = 7, mostRepetitions = 101;

Expected<GpuMeasurement> GpuMeasurement::create(int32_t index) {
  GpuMeasurement made;
  made.index = index;
  normrt_error error;
  normrt_device *opened = nullptr;
  if (normrt_device_open(index, &opened, &error) != NORMRT_OK)
    return toError(error);
  made.device.reset(opened);
  if (normrt_device_describe(opened, &made.properties, &error) != NORMRT_OK)
    return toError(error);
  return made;
}

std::string GpuMeasurement::describe() const {
  return fmt::format("GPU {}: {}, sm_{}, {} multiprocessors, {} MiB of level 2 cache, driver for CUDA {}.{}", index,
                     properties.name, properties.capability, properties.multiprocessors, properties.l2_bytes >> 20,
                     properties.driver_version / 1000, properties.driver_version % 1000 / 10);
}

namespace {
/// What is measured: runs that only fill the stream, numbered from 0.
using Candidate = std::function<normrt_status(int64_t number, normrt_error &error)>;

/// Two events around runs.
class Clock {
public:
  static Expected<std::unique_ptr<Clock>> create(normrt_device *device) {
    auto clock = std::make_unique<Clock>();
    normrt_error error;
    for (normrt_event **event : {&clock->start, &clock->end})
      if (normrt_event_create(device, event, &error) != NORMRT_OK)
        return toError(error);
    return clock;
  }
  ~Clock() {
    normrt_event_destroy(start);
    normrt_event_destroy(end);
  }

  /// Seconds that `times` runs take, the first of them of number `first`.
  Expected<double> measure(const Candidate &candidate, int64_t first, int64_t times) {
    normrt_error error;
    if (normrt_event_record(start, &error) != NORMRT_OK)
      return toError(error);
    for (int64_t i = 0; i < times; ++i)
      if (candidate(first + i, error) != NORMRT_OK)
        return toError(error);
    double milliseconds = 0.0;
    if (normrt_event_record(end, &error) != NORMRT_OK ||
        normrt_event_elapsed(start, end, &milliseconds, &error) != NORMRT_OK)
      return toError(error);
    return std::max(1e-3 * milliseconds, 1e-9);
  }

private:
  normrt_event *start = nullptr, *end = nullptr;
};

/// Takes samples of all candidates in turns.
Expected<std::vector<Timing>> measureOnGpu(normrt_device *device, ArrayRef<Candidate> candidates, int repetitions) {
  Expected<std::unique_ptr<Clock>> clock = Clock::create(device);
  if (!clock)
    return clock.takeError();
  std::vector<Timing> timings(candidates.size());
  std::vector<int64_t> runs(candidates.size());
  double longest = 0.0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    double once = 0.0;
    for (int warm = 0; warm < 3; ++warm) { // code is loaded, clocks rise
      Expected<double> seconds = (*clock)->measure(candidates[i], runs[i]++, 1);
      if (!seconds)
        return seconds.takeError();
      once = *seconds;
    }
    timings[i].runsPerSample = std::max<int64_t>(1, std::llround(std::ceil(sampleSeconds / once)));
    longest = std::max(longest, once * double(timings[i].runsPerSample));
  }
  if (repetitions <= 0) {
    repetitions = int(std::clamp(secondsPerCandidate / longest, double(leastRepetitions), double(mostRepetitions)));
    repetitions += repetitions % 2 == 0; // a sample of its own is the median
  }
  for (int repetition = 0; repetition < repetitions; ++repetition)
    for (size_t i = 0; i < candidates.size(); ++i) {
      const size_t turn = (i + repetition) % candidates.size();
      Timing &timing = timings[turn];
      Expected<double> seconds = (*clock)->measure(candidates[turn], runs[turn], timing.runsPerSample);
      if (!seconds)
        return seconds.takeError();
      runs[turn] += timing.runsPerSample;
      timing.samples.push_back(*seconds / double(timing.runsPerSample));
      timing.processor.push_back(0.0);
    }
  return timings;
}
} // namespace

Expected<BenchmarkRow> GpuMeasurement::run(const BenchmarkCase &benchmark, int repetitions) {
  normrt_options options = {NORMRT_VERSION, 0, NORMRT_CUDA, index, normrt_device_stream(device.get()), nullptr,
                            nullptr};
  // Once with the host's arrays: a backward's saved values are what its forward has left there.
  std::vector<DLTensor> outputs = benchmark.outputs;
  normrt_error error;
  if (normrt_call(benchmark.entry, benchmark.inputs.data(), benchmark.inputs.size(), outputs.data(), outputs.size(),
                  &options, &error) != NORMRT_OK)
    return toError(error);

  const normc_traffic &traffic = benchmark.traffic;
  const int64_t rotations = countRotations(benchmark.workingSet, properties);
  Expected<GpuArrays> arrays = GpuArrays::create(benchmark, device.get(), index, rotations);
  if (!arrays)
    return arrays.takeError();
  Expected<GpuCopy> copy = GpuCopy::create(traffic.read, traffic.written, device.get(), properties);
  if (!copy)
    return copy.takeError();
  Expected<GpuCopy> least = GpuCopy::create(traffic.minimum_read, traffic.minimum_written, device.get(), properties);
  if (!least)
    return least.takeError();

  auto call = [&](int64_t number, normrt_error &error) {
    GpuArrays::Set &set = arrays->sets[size_t(number % rotations)];
    return normrt_call(benchmark.entry, set.inputs.data(), set.inputs.size(), set.outputs.data(), set.outputs.size(),
                       &options, &error);
  };
  Expected<std::vector<Timing>> timings =
      measureOnGpu(device.get(),
                   {call, [&](int64_t number, normrt_error &error) { return copy->run(number, error); },
                    [&](int64_t number, normrt_error &error) { return least->run(number, error); }},
                   repetitions);
  if (!timings)
    return timings.takeError();
  BenchmarkRow row = makeRow(benchmark, *timings);
  row.device = "cuda";
  row.fitsCaches = rotations * benchmark.workingSet < 4 * properties.l2_bytes;
  return row;
}

} // namespace normc
