//===- SweepFrame.cpp - threads, groups and chunks of sweeps -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/SweepWriter.h"

#include "llvm/Support/MathExtras.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

/// Groups so few that threads share each of them, whatever their size.
static constexpr int64_t fewGroups = 4;
/// Bytes below which threads cost more than they bring.
static constexpr int64_t fewBytes = 65536;
/// Points that are read onwards where chunks are gone through from the last to the first, as processors fetch what follows. The sum of
/// two arrays was written at 46 GB/s by 1,024 points, at 57 by 32,768, at 59 onwards (Zen 5, 2026-11-28).
static constexpr int64_t spanPoints = 65536;
/// Bytes of what threads leave for each other that lie on the stack.
static constexpr int64_t fewPartBytes = 16384;

Count SweepWriter::countOf(ArrayRef<unsigned> axes) {
  int64_t number = 1;
  for (unsigned axis : axes) {
    const int64_t extent = staticExtent(kernel, joined[axis]);
    number = number < 0 || extent < 0 ? -1 : int64_t(std::min<uint64_t>(llvm::SaturatingMultiply<uint64_t>(number, extent), INT64_MAX));
  }
  return {productText(axes), number};
}

int64_t SweepWriter::staticPoints(int64_t bytes) {
  uint64_t number = bytes;
  for (int64_t extent : kernel.getSpace()) {
    if (extent < 0)
      return -1;
    number = llvm::SaturatingMultiply<uint64_t>(number, extent);
  }
  return int64_t(std::min<uint64_t>(number, INT64_MAX));
}

bool SweepWriter::isLarge(Value tensor) const {
  return llvm::all_of(joined, [&](const kernel::JoinedAxis &axis) { return varies(typeOf(tensor), axis); });
}

int64_t SweepWriter::bytesPerPoint() {
  int64_t bytes = 0;
  auto add = [&](Value tensor) {
    if (isLarge(tensor))
      bytes += std::max<int64_t>(1, elementOf(tensor).getIntOrFloatBitWidth() / 8);
  };
  llvm::for_each(function.tensors, add);
  return std::max<int64_t>(bytes, 1);
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

void SweepWriter::chooseThreading(Count all, Chunks chunksOfGroup) {
  groups = std::move(all);
  chunks = std::move(chunksOfGroup);
  const int64_t bytes = staticPoints(bytesPerPoint());
  if (bytes >= 0 && bytes < fewBytes)
    threading = Threading::none;
  else if (chunks->isSingle() || chunks->count().number == 0)
    threading = Threading::groups;
  else
    threading = groups.number >= 1 && groups.number <= fewGroups ? Threading::tasks : Threading::shared;
  function.isThreaded = threading != Threading::none;
}

std::string SweepWriter::threadsClause() {
  const int64_t bytes = bytesPerPoint();
  if (int64_t all = staticPoints(bytes); all >= 0)
    return all < fewBytes || (threading == Threading::groups && groups.number == 1) ? "num_threads(1)" : "num_threads(threads)";
  SmallVector<int64_t> factors(kernel.getSpace());
  factors.push_back(bytes);
  return fmt::format("num_threads(threads) if ({} >= {})", code.product(factors), fewBytes);
}

void SweepWriter::openThreads(const std::string &groupBytes) {
  if (threading != Threading::none) {
    line(fmt::format("NORMC_OMP(\"omp parallel {}\")", threadsClause()));
    openBlock();
  }
  line("std::fenv_t callers; // of a caller who may round otherwise, or lose subnormal numbers");
  line("std::fegetenv(&callers), std::fesetenv(FE_DFL_ENV);");
  if (threading == Threading::shared)
    line(fmt::format("const Share mine({}, {}, {});", groups.text, chunks->count().text, groupBytes));
}

void SweepWriter::closeThreads() {
  line(stream == "false" ? "std::fesetenv(&callers);"
                         : "__sync_synchronize(), std::fesetenv(&callers); // others see what was streamed");
  if (threading != Threading::none)
    close();
}

void SweepWriter::openGroups() {
  if (groups.number == 1)
    return;
  if (threading == Threading::groups)
    line("NORMC_OMP(\"omp for schedule(static)\")");
  open(threading == Threading::shared
           ? fmt::format("for (int64_t {0} = mine.first_group; {0} < mine.last_group; ++{0})", groupName)
           : fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", groupName, groups.text));
}

void SweepWriter::closeGroups() {
  if (groups.number != 1)
    close();
}

std::string SweepWriter::hasNextGroup() const {
  if (groups.number == 1)
    return "false";
  return fmt::format("{} + 1 < {}", groupName, threading == Threading::shared ? "mine.last_group" : groups.factor());
}

void SweepWriter::openLeader() {
  if (threading == Threading::shared) {
    open("if (mine.leads)");
  } else if (threading == Threading::tasks) { // a block of its own, as the line is empty without OpenMP
    line("NORMC_OMP(\"omp master\")");
    openBlock();
  }
}

void SweepWriter::closeLeader() {
  if (sharesGroups())
    close();
}

std::string SweepWriter::cacheOfGroup() {
  if (threading == Threading::shared)
    return "mine.cache";
  if (threading != Threading::tasks)
    return "l2_bytes";
  function.usesThreads = true;
  return "threads * l2_bytes";
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

void SweepWriter::declareParts(Sums &sums, int64_t bytes) {
  const bool isTasks = threading == Threading::tasks;
  if (!sharesGroups() || chunks->isSingle() || sums.accumulators.empty())
    return;
  if (isTasks && !hasTasks) {
    line("int64_t task = 1; // chunks that a thread merges before others merge what they come to");
    open(fmt::format("while (task * 16 * threads < {})", chunks->count().text));
    line("task *= 2;");
    close();
    function.usesThreads = hasTasks = true;
  }
  sums.parts = locals.unique(sums.name + "_parts");
  // One group's are left while another's are still read.
  const int64_t most = chunks->count().number, times = groups.number == 1 ? 1 : 2;
  std::string ofGroup = "16 * threads";
  if (most >= 0 && most <= (fewPartBytes - stackBytes) / (times * bytes)) {
    stackBytes += times * most * bytes;
    ofGroup = fmt::format("{}", most);
    line(fmt::format("{} {}[{}];", sums.type, sums.parts, times * most));
  } else {
    function.canThrow = function.usesThreads = true;
    line(fmt::format("const std::unique_ptr<{0}[]> {1}(new {0}[{2} * threads]);", sums.type, sums.parts, 16 * times));
    if (!isTasks)
      sums.parts += ".get()";
  }
  if (isTasks)
    sums.first = groups.number == 1 ? "" : fmt::format("{} % 2 * {} + ", groupName, ofGroup);
}

void SweepWriter::declarePlaces(const Sums &sums) {
  const bool hasHead = llvm::any_of(sums.accumulators, [](const Accumulator &a) { return a.isShifted(); });
  for (const std::string &place : chunks->placeOfChunk(hasHead))
    line(place);
}

void SweepWriter::openSums(const Sums &sums) {
  if (chunks->isSingle()) {
    declarePlaces(sums);
    return;
  }
  if (threading == Threading::tasks) {
    const std::string &count = chunks->count().text;
    line("NORMC_OMP(\"omp for schedule(static)\")");
    open(fmt::format("for (int64_t at = 0; at < {}; at += task)", count));
    open(fmt::format("merge_chunks(at, std::min{}(at + task, {}), {}[{}at / task], [&](int64_t c, {} &here)",
                     chunks->count().number < 0 ? "" : "<int64_t>", count, sums.parts, sums.first, sums.type));
  } else {
    line(fmt::format("{} {};", sums.type, sums.name));
    const std::string what = threading == Threading::shared ? fmt::format("mine.total({}, {}, {}", sums.name, sums.parts, groupName)
                                                            : fmt::format("merge_chunks(0, {}, {}", chunks->count().text, sums.name);
    open(fmt::format("{}, [&](int64_t c, {} &here)", what, sums.type));
  }
  declarePlaces(sums);
}

void SweepWriter::closeSums(const Sums &sums) {
  if (chunks->isSingle())
    return;
  close("});");
  if (threading != Threading::tasks)
    return;
  close();
  line(fmt::format("{} {};", sums.type, sums.name));
  line(fmt::format("merge_chunks(0, ({} + task - 1) / task, {}, [&](int64_t t, {} &part) {{ part = {}[{}t]; }});", chunks->count().text,
                   sums.name, sums.type, sums.parts, sums.first));
}

int64_t SweepWriter::spanOf(int64_t pointsOfChunk) { return std::max<int64_t>(1, spanPoints / pointsOfChunk); }

void SweepWriter::openChunks(int64_t pointsOfChunk) {
  if (chunks->isSingle())
    return;
  const bool isShared = threading == Threading::shared, isTasks = threading == Threading::tasks;
  const int64_t span = pointsOfChunk > 0 && !isTasks ? spanOf(pointsOfChunk) : 0;
  if (isTasks)
    line("NORMC_OMP(\"omp for schedule(static) nowait\")");
  const std::string first = isShared ? "mine.first_chunk" : "0", last = isShared ? "mine.last_chunk" : chunks->count().text;
  if (span == 1) {
    open(fmt::format("for (int64_t c = {}; c-- > {};)", last, first));
  } else if (span > 1) {
    open(fmt::format("for (int64_t upto = {1}; upto > {0}; upto -= {2})", first, last, span));
    ++openLoops;
    open(fmt::format("for (int64_t c = std::max<int64_t>({}, upto - {}); c < upto; ++c)", first, span));
  } else {
    open(fmt::format("for (int64_t c = {}; c < {}; ++c)", first, last));
  }
  ++openLoops;
  for (const std::string &place : chunks->placeOfChunk())
    line(place);
}

void SweepWriter::closeChunks() {
  for (; openLoops > 0; --openLoops)
    close();
}

void SweepWriter::declareStream() {
  int64_t bytes = 0;
  kernel.walk([&](kernel::StoreOp store) {
    if (auto sweep = store->getParentOfType<kernel::SweepOp>(); sweep && sweep.getMonoids().empty())
      bytes += std::max<int64_t>(1, elementOf(kernel.getResult(store.getResult())).getIntOrFloatBitWidth() / 8);
  });
  const int64_t all = staticPoints(bytes);
  if (bytes == 0 || threading == Threading::none || (all >= 0 && all <= 2 * kernel::privateCache))
    return;
  stream = "stream";
  function.usesThreads = true;
  SmallVector<int64_t> factors(kernel.getSpace());
  factors.push_back(bytes);
  line(fmt::format("const bool stream = {} / threads > ({} << 20); // than twice a thread's L2", code.product(factors),
                   2 * kernel::privateCache >> 20));
}

} // namespace normc::cpp
