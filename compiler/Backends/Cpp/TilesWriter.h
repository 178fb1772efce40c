//===- TilesWriter.h - many groups side by side ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_TILESWRITER_H
#define NORMC_COMPILER_BACKENDS_CPP_TILESWRITER_H

#include "compiler/Backends/Cpp/SweepWriter.h"

#include "llvm/ADT/MapVector.h"
#include <fmt/format.h>
#include <map>

namespace normc::cpp {

using mlir::ArrayRef, mlir::DenseMap, mlir::Operation, mlir::SmallVector, mlir::Value;

/// Groups lie side by side: columns, where the last axis is kept, or short runs of adjacent groups. What is a scalar of a group
/// is an array here; what a sweep reads of it is repeated for each lane.
class TilesWriter : public SweepWriter {
public:
  TilesWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors, const kernel::Tile &tile);

private:
  void emitBody() override;

  // Scalars of groups.

  /// Runs of ops between sweeps, each a loop over the groups of the tile.
  void emitKernelBlock();
  void emitSegment(ArrayRef<Operation *> ops);
  /// By value: the arrays of what is kept of it for each group, and for each lane; empty where it is not.
  using Arrays = std::map<const void *, std::pair<std::string, std::string>>;
  /// Declares them for `values`, which `here` and sweeps compute; those of lanes are added to `lanes`.
  Arrays declareArrays(ArrayRef<Value> values, const llvm::SmallPtrSetImpl<Operation *> &here, SmallVector<std::string> &lanes);
  /// What is stored is so by one of the threads that share the group, if `byLeader`.
  void emitScalar(Operation *op, const llvm::SmallPtrSetImpl<Operation *> &here, Arrays &arrays, bool byLeader);
  bool usesPosition(ArrayRef<Operation *> ops);
  void bindGroupArrays();
  /// Rows for which group values are repeated: those of a block of stores, at least those of the lanes.
  std::string laneRowsText();
  void repeatRows(const std::string &lane, const std::string &rows);

  // Sweeps.

  void emitSweep(kernel::SweepOp sweep, bool isFirst);
  /// What the points of a chunk are compared with: the mean of the first of them, for each group.
  void emitHead(kernel::SweepOp sweep);
  void finishChunk(const Sums &sums);
  void bindResults(const Sums &sums);
  void emitStores(kernel::SweepOp sweep, bool isFirst);
  /// The rows that a thread goes through where nothing is summed, so that chunks need not be told apart: all, or from the last to the
  /// first in spans of which the loop is opened, as what was read last is near.
  Chunks::Part openRowsOfThread(bool isFirst);
  /// Row by row; or many of them side by side.
  void emitPlainStores(kernel::SweepOp sweep, const Chunks::Part &part, SmallVector<kernel::StoreOp> stores, bool isDirect,
                       bool isFirst);
  void emitBlocks(kernel::SweepOp sweep, const Chunks::Part &part, SmallVector<kernel::StoreOp> stores, bool isDirect, bool isFirst);
  std::vector<std::string> declareBlocks(SmallVector<kernel::StoreOp> stores, int64_t elements);
  void fetchNextTile(kernel::SweepOp sweep, bool isFirst, const std::string &from, const std::string &size);
  /// Points that lie side by side.
  int64_t pointsOfRow() const { return tile.width * std::max<int64_t>(tile.length, 1); }
  /// Tensors of which a sweep that reads memory fetches rows ahead; where such a row is; and how: of each, `size` points from some
  /// place of a row on.
  SmallVector<Value> fetchedAhead(kernel::SweepOp sweep, bool isFirst);
  std::string placeAhead(Value tensor);
  void emitFetches(ArrayRef<Value> tensors, const std::string &from, const std::string &size);
  /// const float *x_row = x + ..: where the points of the tile begin, for the current row or run.
  void declareRows(kernel::SweepOp sweep, ArrayRef<Value> roots, bool stores);
  std::string firstOffset(Value tensor);
  void declareLanesOfRows(const Chunks::Part &part, const std::string &row, const std::string &step, bool isUsedOnce);
  /// Opens the loops over the lanes of a part of a chunk, `step` rows at once where that can be. Within, `w` counts the points of a
  /// row or block of rows up to `lanes`, `laneText` the lanes.
  void openPoints(const Chunks::Part &part, kernel::SweepOp sweep, const std::string &step, ArrayRef<Value> roots, bool stores = true);
  /// The lanes of a row. A long one, of which something is fetched, is visited part by part, as a processor can wait for so many
  /// lines only; returns whether it is.
  bool openLanes(ArrayRef<Value> fetched);
  void closeLanes(ArrayRef<Value> fetched, bool isVisit);

  /// An element of a tensor that varies along the tile, for the current lane.
  std::string elementAt(Value tensor);
  template <typename Body>
  void atPoint(kernel::SweepOp sweep, Body emit) {
    auto bindings = code.bindings();
    auto element = code.element;
    code.element = [this, element](Value tensor) {
      return variesAlong(tensor, tile.axis) ? elementAt(tensor) : element(tensor);
    };
    for (auto &[value, lane] : laneOf)
      code.bind(value, fmt::format("{}[{}]", lane, tile.isRuns() && !isRepeated(value) ? "g" : laneIndex));
    emit();
    code.element = element;
    code.restore(std::move(bindings));
  }
  /// Lanes are two rows, which are added where their sum is read.
  bool isPair() const { return !tile.isRuns() && rows == "2"; }
  /// Folds the lanes of all groups, unless `folded` does so for each.
  void foldLanes(const std::string &lane, kernel::Monoid monoid);
  std::string folded(const std::string &lane, const std::string &group, kernel::Monoid monoid);

  const kernel::Tile tile;
  bool isWhole = false;                 ///< one tile holds all groups
  bool isUniform = false;               ///< every tile holds as many
  /// Whether sweeps read a scalar of a group from arrays with an element for each lane, not only for each group.
  bool isRepeated(Value value);
  /// Whether what sweeps read of a scalar is an element of an argument, which has one for each group.
  bool isReadThrough(Value value);
  SmallVector<unsigned> outer, counted; ///< parallel axes beside the tile's; reduced ones that count rows or runs
  std::string tileIndex;                ///< the position along the tile's axis
  std::string width, rows, length, groupIndex, laneIndex = "w", laneText, lanesOfRow;
  std::map<Operation *, Sums> sweeps;
  SmallVector<Value> pending;                      ///< results of the last sweep
  llvm::MapVector<Value, std::string> groupArrays; ///< by value: an element for each group
  llvm::MapVector<Value, std::string> laneOf;      ///< by value: an element for each lane
  DenseMap<Value, std::string> rowOf;
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_TILESWRITER_H
