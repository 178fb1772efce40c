//===- RunsWriter.cpp - a group at a time ---------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/RunsWriter.h"
#include "dialects/Kernel/Functions/Functions.h"

using namespace mlir;

namespace normc::cpp {

RunsWriter::RunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) : SweepWriter(kernel, tensors) {
  if (reduced.empty())
    return;
  inner = reduced.back();
  outer.assign(reduced.begin(), reduced.end() - 1);
  length = staticExtent(kernel, joined[inner]);
}

void RunsWriter::emitBody() {
  findRiders();
  line(fmt::format("const Order order = order_of_runs({}, {});", productText(outer), lengthText()));
  if (riders.empty())
    line(fmt::format("const Split split(threads, {}, order.chunks, {} * {});", productText(parallel), productText(reduced),
                     bytesPerPoint()));
  else
    declareRiders();
  for (kernel::SweepOp sweep : kernel.getBody().getOps<kernel::SweepOp>())
    for (Accumulator &accumulator : sweeps[sweep] = accumulatorsOf(sweep)) {
      code.helpers.insert(Helper::tree);
      if (!riders.empty())
        continue;
      function.canFail = true;
      line(fmt::format("Parts<{}> {}(split);", accumulator.kind, accumulator.parts));
      line(fmt::format("if (!{}.ready())", accumulator.parts));
      line("  return false;");
    }
  kernel.walk([&](kernel::KeepOp keep) {
    function.canFail = true;
    kept[keep.getSlot()] = scalarName(keep.getValue().getType());
  });
  for (auto &[slot, type] : kept) {
    code.helpers.insert(Helper::own);
    line(fmt::format("const Own<{}> all_kept_{}(split.threads, {});", type, slot, productText(reduced)));
    line(fmt::format("if (!all_kept_{}.ready())", slot));
    line("  return false;");
  }
  declareStream();
  line("NORMC_OMP(parallel num_threads(split.threads))");
  openBlock();
  line("const Rounding rounding;");
  line(riders.empty() ? "const Share mine(split);" : "const Part mine(rows);");
  for (auto &[slot, type] : kept)
    line(fmt::format("{0} *const kept_{1} = all_kept_{1}.mine();", type, slot));
  groupName = parallel.size() == 1 ? indexName(joined[parallel[0]]) : "group";
  if (riders.empty()) {
    open(fmt::format("for (int64_t {0} = mine.first_group; {0} < mine.last_group; ++{0})", groupName));
    emitGroup();
    close();
  } else {
    emitRows();
  }
  if (code.helpers.count(Helper::streaming))
    line("drain();");
  close();
  if (function.canFail)
    line("return true;");
}

void RunsWriter::emitGroup() {
  declareIndices(groupName, parallel);
  if (outer.empty())
    declareRuns(allRunTensors(/*stores=*/true));
  if (fetchingSweep())
    line(fmt::format("const bool ahead = {} + 1 < {} && {} * {} <= {};", groupName,
                     riders.empty() ? "mine.last_group" : "mine.last_row", productText(reduced),
                     2 * bytesPerPoint() + (riders.empty() ? 0 : 8 * riders.size()),
                     riders.empty() ? "mine.cache" : "l2_bytes / 2"));
  bool isFirst = true;
  for (Operation &op : kernel.getBody().front()) {
    if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
      emitSweep(sweep, isFirst);
      isFirst = false;
    } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
      if (riders.empty())
        line("if (mine.leads)");
      Value tensor = kernel.getResult(store.getResult());
      line(fmt::format("{}{}[{}] = {};", riders.empty() ? "  " : "", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
    } else if (op.getNumResults() == 1 && !op.use_empty() && needsName(op.getResult(0))) {
      define(op.getResult(0));
    }
  }
}

// The last one, which stores, is as good as any: unless an earlier one computes long enough for memory to be at rest meanwhile.
kernel::SweepOp RunsWriter::fetchingSweep() {
  auto swept = llvm::to_vector(kernel.getBody().getOps<kernel::SweepOp>());
  if (swept.size() < 2 || reduced.empty() || parallel.empty() || !swept.back().getMonoids().empty() || storesOf(swept.back()).empty() ||
      inner == 0 || !joined[inner - 1].isParallel)
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

void RunsWriter::emitFetches(kernel::SweepOp sweep, const std::string &first, const std::string &points) {
  open("if (ahead)");
  for (Value tensor : outer.empty() ? allRunTensors(/*stores=*/false) : runTensors(sweep, rootsOf(sweep), false))
    if (variesAlong(tensor, inner - 1))
      line(fmt::format("prefetch({} + {} + {}, {});", runs.lookup(tensor), lengthText(), first, points));
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

void RunsWriter::openRuns(const std::string &chunk, ArrayRef<Value> tensors) {
  if (outer.empty())
    return;
  const std::string run = runName();
  open(fmt::format("for (int64_t {1} = {0}.first; {1} < {0}.last; ++{1})", chunk, run));
  declareIndices(run, outer);
  declareRuns(tensors);
}

void RunsWriter::closeRuns() {
  if (!outer.empty())
    close();
}

std::string RunsWriter::lanesText() {
  if (length < 0)
    return "256";
  return length > 128 && length <= 256 ? "256" : "128";
}

std::string RunsWriter::strideText() {
  return length < 0 ? fmt::format("order.length > 128 && order.length <= 256 ? 256 : 128") : lanesText();
}

std::string RunsWriter::endText(const std::string &chunk) {
  return length >= 0 && length <= 2048 ? fmt::format("{}", length) : chunk + ".end";
}

std::string RunsWriter::chunkLoop(bool backwards) {
  if (!riders.empty())
    return "for (int64_t c = 0; c < order.chunks; ++c)";
  return backwards ? "for (int64_t c = mine.last_chunk; c-- > mine.first_chunk;)"
                   : "for (int64_t c = mine.first_chunk; c < mine.last_chunk; ++c)";
}

std::unique_ptr<KernelWriter> createRunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  return std::make_unique<RunsWriter>(kernel, tensors);
}

} // namespace normc::cpp
