//===- ColumnsCode.h - groups that are columns ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H

#include "compiler/Backends/Ptx/SweepCode.h"

#include <map>

namespace normc::ptx {

/// The last axis is parallel. A team of lanes takes a chunk of a tile of columns, which is 128 accumulators: all of each of few
/// columns, or the only one of each of 128. A lane has V adjacent columns of one accumulator, in one bank or several: element
/// (b * lanes + l) * V + e of the tile is in lane l, slot b * V + e, and of T columns it is accumulator element / T of column
/// element mod T.
class ColumnsCode : public SweepCode {
public:
  using SweepCode::SweepCode;

  void emitWhole() override;
  void emitStage(unsigned sweep) override;

private:
  //===--- the frame ------------------------------------------------------===//

  /// V adjacent elements of a lane.
  struct Bank {
    mlir::Value element, accumulator, columnInTile; ///< of the first
    mlir::Value column, isValid;                    ///< in the current tile
  };
  /// What the columns of a lane's slots have.
  using Scopes = llvm::SmallVector<Scope>;

  void findOrder();
  void enterTile(mlir::Value number);
  /// Of the current column, as the groups of the kernel are counted.
  mlir::Value groupNumber();
  unsigned slots() const { return lanes.slots(); }
  const Bank &bankOf(unsigned slot) const { return banks[slot / lanes.vector]; }
  mlir::Value elementOf(unsigned slot) { return code.add(bankOf(slot).element, int64_t(slot % lanes.vector)); }
  mlir::Value columnOf(unsigned slot) { return code.add(bankOf(slot).column, int64_t(slot % lanes.vector)); }

  //===--- points: ColumnsPoints.cpp ---------------------------------------===//

  /// A row of a lane: a position for each bank, and the scalars of each slot.
  struct Row {
    std::optional<int64_t> step; ///< in its chunk, where that is known now
    Values positions, isInside;
    bool isCounted;              ///< whether all banks count: those without a column add to what nobody reads
    Scopes scopes;
  };
  /// The rows of one accumulator that a chunk has, up to `limit`.
  struct Chunk {
    mlir::Value begin, limit, exists;
  };

  /// `count` rows of a lane from row `step` of its chunk on. `areInside`: the chunk has them for each accumulator, and what they
  /// are read by is aligned.
  llvm::SmallVector<Row> readRows(kernel::SweepOp sweep, const Chunk &chunk, mlir::Value step, unsigned count,
                                  bool areInside, const Scopes &groups);
  /// Whether accesses of a lane's vector do for a bank of all these rows.
  mlir::Value isWhole(const Chunk &chunk, llvm::ArrayRef<Row> rows, unsigned bank);
  void goTo(const Row &row, unsigned bank);
  Values loadAt(mlir::Value tensor, const Row &row, unsigned bank, bool isVector, int number);
  unsigned elementsOf(mlir::Value tensor) { return variesAlong(tensor, parallel.back()) ? lanes.vector : 1; }
  mlir::Value valueAt(mlir::Value value, Row &row, unsigned slot);
  void runEffects(kernel::SweepOp sweep, const Chunk &chunk, llvm::MutableArrayRef<Row> rows, bool areInside);

  //===--- sums: ColumnsSums.cpp -------------------------------------------===//

  /// Lanes of a team meet, and see what the others have stored.
  void meet();
  /// Over the accumulators of each column; those of accumulator 0 have the result.
  void fold(llvm::MutableArrayRef<mlir::Value> values, kernel::Monoid monoid);
  /// What accumulator 0 of each column has.
  void repeat(llvm::MutableArrayRef<mlir::Value> values);
  /// Sums of a lane: a value for each slot, of each monoid, then of the squares of those that are moments.
  unsigned placeOf(const Monoids &monoids, unsigned entry, bool isSquare) const;
  void accumulate(const Monoids &monoids, Values &state, mlir::ValueRange shifts, llvm::MutableArrayRef<Row> rows);
  Values sumHead(kernel::SweepOp sweep, const Monoids &monoids, llvm::MutableArrayRef<Row> head, mlir::Value points);
  Values sumChunk(kernel::SweepOp sweep, const Monoids &monoids, const Scopes &groups, mlir::Value number,
                  mlir::Value exists);
  /// Of a tree of a team's chunks, as far as the extents or the width of positions say.
  unsigned treeLevels() const;
  /// What the chunks of range `number` come to, which are one team's.
  Values sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scopes &groups, mlir::Value number);

  //===--- teams and leaders: ColumnsTeams.cpp -----------------------------===//

  /// What the teams of a block come to, in the first one.
  Values gather(const Monoids &monoids, mlir::ValueRange parts);
  /// Of the column that this thread leads.
  Values toLeader(const Monoids &monoids, mlir::ValueRange parts);
  /// To the slots, what their leaders have and sweeps read.
  void spread(llvm::ArrayRef<mlir::Value> handed, mlir::ValueRange values, Scopes &groups);
  void runLeader(unsigned segment, Scope &leader, Scopes &groups);

  Lanes lanes;
  mlir::Value lane, team, members;          ///< members: lanes of the warp that are of the team
  mlir::Value isAligned;                    ///< where a lane's vectors begin; null where there are none
  mlir::Value columns, rowLanes, tileColumns, tiles, positions, chunkRows, chunks;
  llvm::SmallVector<Bank> banks;
  mlir::Value leaderColumn, isLeader;       ///< the thread's own number in the tile is the column that it leads
  llvm::SmallVector<unsigned> outer;        ///< parallel axes before the columns
  /// By tensor or slot of what is kept, and step: what is held in registers.
  std::map<std::pair<const void *, int64_t>, Values> held;
  std::map<std::pair<int64_t, int64_t>, Values> kept;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_COLUMNSCODE_H
