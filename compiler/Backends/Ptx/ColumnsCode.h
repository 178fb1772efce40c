//===- ColumnsCode.h - groups that are columns ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H

#include "compiler/Backends/Ptx/SweepCode.h"

namespace normc::ptx {

/// The last axis is parallel. A team of 128 lanes takes a chunk of a tile of columns: a lane for each accumulator of each column,
/// or for each of 128 columns where a column has but one.
class ColumnsCode : public SweepCode {
public:
  using SweepCode::SweepCode;

  void emitWhole() override;
  void emitStage(unsigned sweep) override;

private:
  /// Rows of a lane that are read together; those of a chunk's head.
  static constexpr unsigned rowsAtOnce = 4;

  struct Row {
    Scope scope;
    mlir::Value position, isInside;
  };

  void findOrder();
  /// Takes the columns of a tile.
  void enterTile(mlir::Value number);
  mlir::Value groupNumber();

  llvm::SmallVector<Row> readRows(kernel::SweepOp sweep, mlir::Value chunk, mlir::Value turn, mlir::Value exists,
                                  const Scope &group);
  mlir::Value valueAt(mlir::Value value, Row &row);
  Values accumulate(kernel::SweepOp sweep, const Monoids &monoids, Values state, mlir::ValueRange shifts,
                    llvm::MutableArrayRef<Row> rows);
  void runEffects(kernel::SweepOp sweep, llvm::MutableArrayRef<Row> rows);
  Values sumChunk(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, mlir::Value chunk,
                  mlir::Value exists);
  Values sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, mlir::Value number);

  /// Over the accumulators of a column; the first of its lanes has the result.
  mlir::Value fold(mlir::Value value, kernel::Monoid monoid);
  /// What the first lane of the column has.
  mlir::Value repeat(mlir::Value value);
  /// What the teams of a block come to, in the leaders.
  Values gather(const Monoids &monoids, mlir::ValueRange parts);
  Values broadcast(mlir::ValueRange values);

  mlir::Value laneNumber, team;                 ///< of 128 lanes
  mlir::Value columns, rowLanes, tileColumns, tiles, positions, chunkRows, chunks;
  mlir::Value accumulator, columnInTile, isValid, isLeader; ///< of this thread
  llvm::SmallVector<unsigned> outer;                        ///< parallel axes before the columns
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H
