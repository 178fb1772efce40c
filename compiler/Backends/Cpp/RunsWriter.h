//===- RunsWriter.h - a group at a time -----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_RUNSWRITER_H
#define NORMC_COMPILER_BACKENDS_CPP_RUNSWRITER_H

#include "compiler/Backends/Cpp/SweepWriter.h"

#include <fmt/format.h>
#include <map>

namespace normc::cpp {

using mlir::ArrayRef, mlir::DenseMap, mlir::SmallVector, mlir::Value;

/// The last axis is reduced: the points of a group are runs, which are summed in 128 lanes (256 for runs of 129 to 256).
class RunsWriter : public SweepWriter {
public:
  RunsWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors);

private:
  void emitBody() override;
  /// All that is done for one group.
  void emitGroup();
  /// The axis along which the next group lies right behind this one: one run on, or all of them.
  std::optional<unsigned> innermostParallel();
  /// The sweep that fetches the next group meanwhile, if any.
  kernel::SweepOp fetchingSweep();
  /// Fetches for `size` points from `first` on: what a sweep that reads memory will read a while later, of the next group where
  /// there is room.
  void emitFetches(kernel::SweepOp sweep, bool isFirst, const std::string &first);
  SmallVector<Value> fetchedAhead(kernel::SweepOp sweep, bool isFirst);
  /// Elements from a place of a run to what is read a while later: a run on, or some of the same run.
  std::string distanceAhead(Value tensor);
  /// const bool ahead = .., where there is a next group and room for it.
  void declareAhead();

  // Sums over the groups, which ride along: the groups are rows, the points of a group columns.
  struct Rider {
    kernel::AccumulateOp op;
    std::string base, sums, lane, type;
  };
  void findRiders();
  void declareRiders();
  /// Whole chunks of rows, so that the order of the sums over them is the same for any number of threads.
  void emitRows();
  /// Adds to the columns what a sweep brings.
  void emitRiders(kernel::SweepOp sweep);
  bool hasRiders(kernel::SweepOp sweep);

  // Runs.
  std::string lengthText() { return reduced.empty() ? "1" : extentText(joined[inner]); }
  /// Tensors that vary along the runs: those that `roots` need and, with `stores`, those that the sweep writes.
  SmallVector<Value> runTensors(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores);
  /// The same of all sweeps.
  SmallVector<Value> allRunTensors(bool stores);
  /// const float *x_run = x + ..: where a run begins.
  void declareRuns(ArrayRef<Value> tensors);
  /// Opens the loop over the runs of a chunk or its head, and says where they begin.
  void openRuns(const Chunks::Part &part, ArrayRef<Value> tensors);
  /// Of a chunk that lies in one run, says where `tensors` have it.
  void placeRuns(ArrayRef<Value> tensors);
  /// A call of `each`, or of `each_apart` where points have nothing to do with each other or a block is not all lanes, up to what is
  /// called, for the points of a run that are in a part of a chunk.
  std::string eachText(const Chunks::Part &part, bool isApart, const std::string &lanes);
  std::string runName() { return outer.size() == 1 ? indexName(joined[outer[0]]) : "r"; }
  void closeRuns();
  /// Within: elements are at `point` of their run.
  template <typename Body>
  void atPoint(const std::string &point, kernel::SweepOp sweep, Body emit, bool stores = true) {
    auto bindings = code.bindings();
    auto element = code.element;
    code.element = [this, point, element](Value tensor) {
      return !reduced.empty() && variesAlong(tensor, inner) ? fmt::format("{}[{}]", runs.lookup(tensor), point) : element(tensor);
    };
    for (auto index : sweep.getBody().front().getOps<kernel::IndexOp>())
      if (!reduced.empty() && joined[inner].axes.front() == int64_t(index.getAxis()))
        code.bind(index, point);
    const std::string place = outer.empty() ? point : fmt::format("{} * {} + {}", runName(), lengthText(), point);
    for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
      code.bind(recalled, fmt::format("kept_{}[{}]", recalled.getSlot(), place));
    emit();
    if (stores)
      for (auto keep : sweep.getBody().front().getOps<kernel::KeepOp>())
        line(fmt::format("kept_{}[{}] = {};", keep.getSlot(), place, code.build(keep.getValue()).text));
    code.element = element;
    code.restore(std::move(bindings));
  }
  std::string lanesText();
  /// Whether so many lanes are a block that `each` visits at once.
  static bool isBlock(const std::string &lanes) { return lanes != "256" && lanes.find('?') == std::string::npos; }
  std::string headLanesText() { return length < 1 || length > 128 ? "128" : lanesText(); }
  /// Accumulators that a run goes through; arrays have `lanesText` of them.
  std::string strideText();

  // Sweeps.
  void emitSweep(kernel::SweepOp sweep, bool isFirst);
  void emitVisit(kernel::SweepOp sweep, bool isFirst);
  /// What is done at the points of a chunk.
  void emitPoints(kernel::SweepOp sweep, bool isFirst);

  void bindResults(const Sums &sums);
  /// Float, of one group: Sum{..} or moments(..), of what the lanes hold.
  std::string foldedText(const Accumulator &accumulator);
  /// What the points of a chunk are compared with: the mean of the first of them.
  void emitHead(kernel::SweepOp sweep);
  /// A sweep that sums nothing: its stores, block by block, backwards where an earlier sweep has left the last points nearest.
  void emitStores(kernel::SweepOp sweep, bool isFirst);

  unsigned inner = 0;          ///< the joined axis of the runs
  SmallVector<unsigned> outer; ///< the other reduced ones, which count runs
  int64_t length = 1;          ///< of a run; -1 where it is not known now
  std::string columns;
  std::vector<Rider> riders;
  std::map<int64_t, std::string> kept; ///< by slot: the type
  bool keepsOnHeap = false;
  std::map<mlir::Operation *, Sums> sweeps;
  DenseMap<Value, std::string> runs; ///< by tensor, where the current run begins
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_RUNSWRITER_H
