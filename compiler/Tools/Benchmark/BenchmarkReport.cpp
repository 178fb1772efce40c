//===- BenchmarkReport.cpp - what was measured ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/BenchmarkReport.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

using namespace llvm;

namespace normc {

static double bytesOf(const normc_traffic &traffic) {
  return double(traffic.read) + double(traffic.written);
}
static double leastBytesOf(const normc_traffic &traffic) {
  return double(traffic.minimum_read) + double(traffic.minimum_written);
}

BenchmarkRow makeRow(const BenchmarkCase &benchmark, ArrayRef<Timing> timings) {
  const Timing &kernel = timings[0];
  BenchmarkRow row;
  row.name = benchmark.name;
  row.repetitions = kernel.samples.size();
  row.calls = row.repetitions * kernel.runsPerSample;
  row.minimum = kernel.minimum();
  row.median = kernel.median();
  row.processor = medianOf(kernel.processor);
  row.copyMinimum = timings[1].minimum();
  row.copyMedian = timings[1].median();
  row.ratioOfMinima = ratioOfMinima(kernel, timings[1]);
  row.medianRatio = medianRatio(kernel, timings[1]);
  row.ratioToMinimumCopy = ratioOfMinima(kernel, timings[2]);
  row.traffic = benchmark.traffic;
  row.workingSet = benchmark.workingSet;
  return row;
}

std::string toTable(ArrayRef<BenchmarkRow> rows) {
  size_t width = 8;
  for (const BenchmarkRow &row : rows)
    width = std::max(width, row.name.size());
  std::string text =
      fmt::format("{:<{}} {:>7} {:>11} {:>11} {:>10} {:>10} {:>8} {:>8} {:>10} {:>12}\n", "function", width, "threads",
                  "median/ms", "min/ms", "MB", "least MB", "GB/s", "to copy", "by median", "to the least");
  bool anyFits = false;
  const bool onGpu = any_of(rows, [](const BenchmarkRow &row) { return row.device == "cuda"; });
  for (const BenchmarkRow &row : rows) {
    text += fmt::format(
        "{:<{}} {:>7} {:>11.4f} {:>11.4f} {:>10.3f} {:>10.3f} {:>8.2f} {:>8.2f} {:>10.2f} {:>12.2f}{}\n", row.name,
        width, row.device == "cuda" ? "-" : std::to_string(row.threads), 1e3 * row.median, 1e3 * row.minimum,
        1e-6 * bytesOf(row.traffic), 1e-6 * leastBytesOf(row.traffic), 1e-9 * bytesOf(row.traffic) / row.median,
        row.ratioOfMinima, row.medianRatio, row.ratioToMinimumCopy, row.fitsCaches ? "  *" : "");
    anyFits |= row.fitsCaches;
  }
  if (anyFits)
    text += fmt::format(
        "* the arrays are smaller than four times the {} level 2 cache{}: this is not the speed of memory\n",
        onGpu ? "GPU's" : "threads'", onGpu ? "" : "s");
  if (any_of(rows, [](const BenchmarkRow &row) { return row.device == "simt"; }))
    text += "simt executes GPU kernels on the host and checks them: its times are not a GPU's\n";
  return text;
}

/// The first line of a file of the system's, or empty.
static std::string lineOf(const Twine &path) {
  auto file = MemoryBuffer::getFileAsStream(path);
  return file ? (*file)->getBuffer().split('\n').first.trim().str() : std::string();
}

/// What google-benchmark lists of the first processor's caches.
static json::Array cacheList() {
  json::Array caches;
  for (int index = 0; index < 8; ++index) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}", index);
    int64_t level, kilobytes;
    if (StringRef(lineOf(folder + "/level")).getAsInteger(10, level) ||
        StringRef(lineOf(folder + "/size")).rtrim('K').getAsInteger(10, kilobytes))
      continue;
    int64_t sharing = 0;
    SmallVector<StringRef> words;
    const std::string map = lineOf(folder + "/shared_cpu_map");
    SplitString(map, words, ",");
    for (StringRef word : words)
      if (uint64_t bits; !word.getAsInteger(16, bits))
        sharing += popcount(bits);
    caches.push_back(json::Object{
        {"type", lineOf(folder + "/type")}, {"level", level}, {"size", kilobytes * 1024}, {"num_sharing", sharing}});
  }
  return caches;
}

static json::Object context(StringRef executable) {
  char date[64] = "";
  std::time_t now = std::time(nullptr);
  std::tm local;
  if (localtime_r(&now, &local))
    std::strftime(date, sizeof date, "%FT%T%z", &local);
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) != 0)
    host[0] = '\0';
  double megahertz = 0.0;
  double kilohertz;
  if (!StringRef(lineOf("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")).getAsDouble(kilohertz))
    megahertz = kilohertz / 1000.0;
  const std::string governor = lineOf("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  json::Array load;
  double averages[3];
  if (getloadavg(averages, 3) == 3)
    for (double average : averages)
      load.push_back(average);
  return json::Object{
      {"date", std::string(date)},      {"host_name", std::string(host)},
      {"executable", executable},       {"num_cpus", int64_t(std::thread::hardware_concurrency())},
      {"mhz_per_cpu", megahertz},       {"cpu_scaling_enabled", !governor.empty() && governor != "performance"},
      {"caches", cacheList()},          {"load_avg", std::move(load)},
#ifdef NDEBUG
      {"library_build_type", "release"}};
#else
      {"library_build_type", "debug"}};
#endif
}

std::string toJson(ArrayRef<BenchmarkRow> rows, StringRef executable) {
  json::Array benchmarks;
  for (auto [index, row] : enumerate(rows)) {
    benchmarks.push_back(json::Object{{"name", row.name},
                                      {"family_index", int64_t(index)},
                                      {"per_family_instance_index", 0},
                                      {"run_name", row.name},
                                      {"run_type", "iteration"},
                                      {"repetitions", row.repetitions},
                                      {"repetition_index", 0},
                                      {"threads", row.threads},
                                      {"device", row.device},
                                      {"iterations", row.calls},
                                      {"real_time", 1e9 * row.median},
                                      {"cpu_time", 1e9 * row.processor},
                                      {"time_unit", "ns"},
                                      {"bytes_per_second", bytesOf(row.traffic) / row.median},
                                      {"certified_bytes", bytesOf(row.traffic)},
                                      {"certified_bytes_read", row.traffic.read},
                                      {"certified_bytes_written", row.traffic.written},
                                      {"minimum_bytes", leastBytesOf(row.traffic)},
                                      {"minimum_bytes_read", row.traffic.minimum_read},
                                      {"minimum_bytes_written", row.traffic.minimum_written},
                                      {"ratio_to_copy", row.ratioOfMinima},
                                      {"ratio_to_copy_by_median", row.medianRatio},
                                      {"ratio_to_minimum_copy", row.ratioToMinimumCopy},
                                      {"fastest_time", 1e9 * row.minimum},
                                      {"copy_time", 1e9 * row.copyMedian},
                                      {"fastest_copy_time", 1e9 * row.copyMinimum},
                                      {"working_set_bytes", row.workingSet},
                                      {"fits_caches", row.fitsCaches ? 1 : 0}});
    if (row.device == "simt") {
      (*benchmarks.back().getAsObject())["counted_bytes_read"] = row.counted.read;
      (*benchmarks.back().getAsObject())["counted_bytes_written"] = row.counted.written;
    }
  }
  std::string text;
  raw_string_ostream stream(text);
  stream << formatv("{0:2}",
                    json::Value(json::Object{{"context", context(executable)}, {"benchmarks", std::move(benchmarks)}}))
         << '\n';
  return text;
}

} // namespace normc
