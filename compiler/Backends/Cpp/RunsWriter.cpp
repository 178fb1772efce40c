//===- RunsWriter.cpp - a group at a time ---------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/RunsWriter.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc::cpp {

/// Points that a thread keeps on its stack at most.
static constexpr int64_t maxKeptOnStack = 4096;
/// Points from which on a run is fetched ahead of itself.
static constexpr int64_t longRun = 2048;

RunsWriter::RunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) : SweepWriter(kernel, tensors) {
  if (reduced.empty())
    return;
  inner = reduced.back();
  outer.assign(reduced.begin(), reduced.end() - 1);
  length = staticExtent(kernel, joined[inner]);
}

void RunsWriter::emitBody() {
  findRiders();
  groupName = parallel.size() == 1 ? indexName(joined[parallel[0]]) : parallel.empty() && riders.empty() ? "0" : "group";
  chooseThreading(countOf(parallel), Chunks::ofRuns(countOf(outer), reduced.empty() ? Count::of(1) : countOf({inner})));
  kernel.walk([&](kernel::KeepOp keep) { kept[keep.getSlot()] = scalarName(keep.getValue().getType()); });
  const Count points = countOf(reduced);
  const bool isSmall = points.number >= 0 && points.number <= maxKeptOnStack / std::max<int64_t>(kept.size(), 1);
  keepsOnHeap = !kept.empty() && !isSmall;
  function.canThrow |= keepsOnHeap;
  if (!riders.empty() || keepsOnHeap) // what each thread has is on the heap
    function.isThreaded = true;
  if (function.isThreaded && threading == Threading::none)
    threading = Threading::groups;
  // Groups that threads share ride with nothing.
  if (!riders.empty())
    threading = Threading::groups;
  for (const std::string &text : chunks->declarations())
    declare(text);
  if (!riders.empty())
    declareRiders();
  for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
    if (Sums &sums = sweeps[sweep] = sumsOf(sweep); !chunks->isSingle()) {
      declareSums(sums);
      int64_t bytes = 0;
      for (const Accumulator &a : sums.accumulators)
        bytes += a.isShifted() ? 24 : 8;
      declareParts(sums, bytes);
    }
  if (keepsOnHeap)
    for (auto &[slot, type] : kept)
      line(fmt::format("const Own<{}> all_kept_{}(threads, {});", type, slot, productText(reduced)));
  function.usesThreads |= keepsOnHeap;
  declareStream();
  SmallVector<int64_t> bytes{bytesPerPoint()};
  for (unsigned axis : reduced)
    llvm::append_range(bytes, extentsOf(kernel, joined[axis]));
  openThreads(code.product(bytes));
  if (!riders.empty())
    line("const Part mine(rows);");
  for (auto &[slot, type] : kept)
    line(keepsOnHeap ? fmt::format("{0} *const kept_{1} = all_kept_{1}.mine();", type, slot)
                     : fmt::format("alignas(64) {} kept_{}[{}];", type, slot, points.text));
  if (riders.empty()) {
    openGroups();
    emitGroup();
    closeGroups();
  } else {
    emitRows();
  }
  closeThreads();
}

void RunsWriter::emitGroup() {
  declareIndices(groupName, parallel);
  if (outer.empty())
    declareRuns(allRunTensors(/*stores=*/true));
  if (fetchingSweep())
    declareAhead();
  bool isFirst = true;
  for (Operation &op : kernel.getBody().front()) {
    if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
      emitSweep(sweep, isFirst);
      isFirst = false;
    } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
      // What all threads share is stored by one.
      if (!isa_and_nonnull<kernel::StoreOp>(op.getPrevNode()))
        openLeader();
      Value tensor = kernel.getResult(store.getResult());
      line(fmt::format("{}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
      if (!isa_and_nonnull<kernel::StoreOp>(op.getNextNode()))
        closeLeader();
    } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
      define(op.getResult(0));
    }
  }
}

void RunsWriter::declareAhead() {
  const int64_t perPoint = 2 * bytesPerPoint() + (riders.empty() ? 0 : 8 * riders.size());
  const std::string next = riders.empty() ? hasNextGroup() : groupName + " + 1 < mine.last_row";
  const std::string cache = riders.empty() ? cacheOfGroup() : "l2_bytes / 2";
  SmallVector<int64_t> factors{perPoint};
  for (unsigned axis : reduced)
    llvm::append_range(factors, extentsOf(kernel, joined[axis]));
  line(fmt::format("const bool ahead = {} && {} <= {};", next, code.product(factors), cache));
}

std::optional<unsigned> RunsWriter::innermostParallel() {
  if (reduced.empty() || parallel.empty())
    return std::nullopt;
  const unsigned axis = parallel.back();
  // Between it and the runs there are all of the other reduced axes, or none.
  const bool isBefore = axis + 1 == inner || axis + 1 == reduced.front();
  return axis < inner && isBefore ? std::optional(axis) : std::nullopt;
}

// The last one, which stores, is as good as any: unless an earlier one computes long enough for memory to be at rest meanwhile.
kernel::SweepOp RunsWriter::fetchingSweep() {
  auto swept = llvm::to_vector(kernel.getBody().getOps<kernel::SweepOp>());
  if (swept.size() < 2 || !innermostParallel() || !swept.back().getMonoids().empty() || storesOf(swept.back()).empty())
    return nullptr;
  auto isLong = [](kernel::SweepOp sweep) {
    return llvm::any_of(sweep.getBody().front(), [](Operation &op) { return kernel::functionOf(&op).has_value(); });
  };
  if (!isLong(swept.back()))
    for (kernel::SweepOp sweep : llvm::drop_begin(swept))
      if (isLong(sweep) && storesOf(sweep).empty())
        return sweep;
  return swept.back();
}

std::string RunsWriter::distanceAhead(Value tensor) {
  const int64_t points = countOf(reduced).number;
  const bool nextIsNear = points >= 0 && points <= kernel::privateCache / (2 * bytesPerPoint()); // which is fetched, too
  if (outer.empty() || length > longRun || nextIsNear)
    return fmt::format("{}", pointsAhead);
  SmallVector<int64_t> extents;
  for (const kernel::JoinedAxis &axis : ArrayRef(joined).drop_front(outer.back() + 1))
    if (varies(typeOf(tensor), axis))
      llvm::append_range(extents, extentsOf(kernel, axis));
  return code.product(extents);
}

SmallVector<Value> RunsWriter::fetchedAhead(kernel::SweepOp sweep, bool isFirst) {
  SmallVector<Value> tensors;
  if (readsMemory(isFirst))
    tensors = runTensors(sweep, rootsOf(sweep), /*stores=*/false);
  // What all groups share stays in the first-level cache where runs are not long.
  llvm::erase_if(tensors, [&](Value tensor) { return !isLarge(tensor) && length < longRun; });
  return tensors;
}

void RunsWriter::emitFetches(kernel::SweepOp sweep, bool isFirst, const std::string &first) {
  const SmallVector<Value> running = runTensors(sweep, rootsOf(sweep), /*stores=*/false);
  auto fetch = [&](Value tensor, const std::string &distance) {
    line(fmt::format("prefetch({} + {} + {}, size);", runs.lookup(tensor), distance, first));
  };
  for (Value tensor : fetchedAhead(sweep, isFirst))
    fetch(tensor, distanceAhead(tensor));
  if (sweep != fetchingSweep())
    return;
  const unsigned next = *innermostParallel();
  open("if (ahead)");
  for (Value tensor : outer.empty() ? allRunTensors(/*stores=*/false) : running)
    if (llvm::all_of(llvm::seq<unsigned>(next, inner + 1), [&](unsigned axis) { return variesAlong(tensor, axis); }))
      fetch(tensor, next + 1 == inner ? lengthText() : productText(reduced));
  close();
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

SmallVector<Value> RunsWriter::runTensors(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores) {
  SmallVector<Value> running;
  for (Value tensor : tensorsLoadedIn(sweep, roots))
    running.push_back(tensor);
  if (stores)
    for (kernel::StoreOp store : storesOf(sweep))
      running.push_back(kernel.getResult(store.getResult()));
  llvm::erase_if(running, [&](Value tensor) { return reduced.empty() || !variesAlong(tensor, inner); });
  return running;
}

SmallVector<Value> RunsWriter::allRunTensors(bool stores) {
  llvm::SetVector<Value> all;
  for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
    for (Value tensor : runTensors(sweep, rootsOf(sweep), stores))
      all.insert(tensor);
  return all.takeVector();
}

void RunsWriter::declareRuns(ArrayRef<Value> tensors) {
  for (Value tensor : tensors) {
    const bool isResult = llvm::is_contained(kernel.getTensors(), tensor);
    const std::string position = positionOf(typeOf(tensor), inner);
    if (position == "0") {
      runs[tensor] = nameOf(tensor);
      continue;
    }
    runs[tensor] = locals.unique(nameOf(tensor) + "_run");
    line(fmt::format("{}{} *{} = {} + {};", isResult ? "" : "const ", storageName(elementOf(tensor)), runs[tensor],
                     nameOf(tensor), position));
  }
}

void RunsWriter::openRuns(const Chunks::Part &part, ArrayRef<Value> tensors) {
  if (outer.empty() || chunks->isInOneRun())
    return;
  const std::string run = runName();
  open(fmt::format("for (int64_t {0} = {1}; {0} < {2}; ++{0})", run, part.first, part.last));
  declareIndices(run, outer);
  declareRuns(tensors);
}

void RunsWriter::closeRuns() {
  if (!outer.empty() && !chunks->isInOneRun())
    close();
}

void RunsWriter::placeRuns(ArrayRef<Value> tensors) {
  if (outer.empty() || !chunks->isInOneRun())
    return;
  if (outer.size() > 1)
    line(fmt::format("const int64_t r = {};", chunks->run()));
  declareIndices(outer.size() > 1 ? "r" : chunks->run(), outer);
  declareRuns(tensors);
}

std::string RunsWriter::eachText(const Chunks::Part &part, bool isApart, const std::string &lanes) {
  if (!isApart && isBlock(lanes))
    return fmt::format("each({}, {}", part.begin, part.end);
  return fmt::format("each_apart({}, {}, {}", part.begin, part.end, lanes);
}

std::string RunsWriter::lanesText() {
  if (length < 0)
    return "256";
  // Lanes that no point reaches hold what changes nothing.
  return length > 256 || length < 1 ? "128" : fmt::format("{}", std::max<uint64_t>(2, llvm::PowerOf2Ceil(length)));
}

std::string RunsWriter::strideText() {
  return length < 0 ? fmt::format("{0} > 128 && {0} <= 256 ? 256 : 128", lengthText()) : lanesText();
}

std::unique_ptr<KernelWriter> createRunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  return std::make_unique<RunsWriter>(kernel, tensors);
}

} // namespace normc::cpp
