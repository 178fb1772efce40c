//===- ColumnsCode.cpp - groups that are columns -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The frame of a function: its tiles, and the order of their points. The points are in
// ColumnsPoints.cpp, the sums in ColumnsSums.cpp, what threads tell one another in
// ColumnsTeams.cpp.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/ColumnsCode.h"
#include "compiler/Backends/Ptx/RowOrder.h"

using namespace mlir;

namespace normc::ptx {

// Position j along the swept axes goes to accumulator j mod A of its column; a chunk is 32 A positions.
void ColumnsCode::findOrder() {
  lanes = schedule.vectorLanes;
  outer.assign(parallel.begin(), parallel.end() - 1);
  columns = extentOf(parallel.back());
  rowLanes = rowsOfLanes(code, columns);
  tileColumns = code.select(code.less(code.integer(1), rowLanes), code.most(columns, code.integer(1)),
                            code.integer(kernel::chunkLanes));
  tiles = code.ceilDiv(columns, tileColumns);
  positions = productOf(reduced);
  chunkRows = code.mul(rowLanes, kernel::chunkRuns);
  chunks = code.ceilDiv(positions, chunkRows);

  Value thread = code.threadIndex(), number = code.toIndex(thread);
  lane = code.rem(number, int64_t(lanes.lanes));
  team = code.div(number, int64_t(lanes.lanes));
  members = code.integer(-1, code.getI32Type());
  if (lanes.lanes < 32) {
    Value first = code.bitAnd(thread, uint64_t(31 & ~(lanes.lanes - 1)));
    members = code.shl(code.integer((int64_t(1) << lanes.lanes) - 1, code.getI32Type()), first);
  }
  for (unsigned bank = 0; bank < lanes.banks; ++bank) {
    Value element = code.mul(code.add(lane, int64_t(bank * lanes.lanes)), int64_t(lanes.vector));
    banks.push_back({element, code.div(element, tileColumns), code.rem(element, tileColumns), Value(), Value()});
  }
  if (lanes.vector > 1)
    isAligned = isAlignedAlong(parallel.back(), lanes.vector);
}

void ColumnsCode::enterTile(Value number) {
  Value turn = code.div(number, code.most(tiles, code.integer(1)));
  Value tile = code.sub(number, code.mul(turn, tiles));
  place(turn, outer);
  Value first = code.mul(tile, tileColumns), thread = code.toIndex(code.threadIndex());
  for (Bank &bank : banks) {
    bank.column = code.add(first, bank.columnInTile);
    // A lane's columns are all in the tile, or none is.
    bank.isValid = code.bitAnd(code.less(bank.accumulator, rowLanes), code.less(bank.column, columns));
  }
  leaderColumn = code.add(first, thread);
  isLeader = code.bitAnd(code.less(thread, tileColumns), code.less(leaderColumn, columns));
}

Value ColumnsCode::groupNumber() {
  Value number;
  for (unsigned axis : parallel)
    number = number ? code.add(code.mul(number, extentOf(axis)), at[axis]) : at[axis];
  return number;
}

void ColumnsCode::emitWhole() {
  findOrder();
  Value items = code.mul(productOf(outer), tiles);
  code.loop(code.blockIndex(), items, code.gridSize(), {}, [&](Value item, ValueRange) {
    enterTile(item);
    held.clear();
    kept.clear();
    Scope leader;
    Scopes groups(slots());
    for (auto [number, sweep] : llvm::enumerate(segments.sweeps())) {
      runLeader(number, leader, groups);
      const Monoids monoids(sweep), all = monoids.repeated(slots());
      Values total = toLeader(monoids, gather(all, sumRange(sweep, monoids, groups, team)));
      monoids.results(total, [&](Value result, Value value) { leader.bind(result, value); });
    }
    runLeader(segments.size() - 1, leader, groups);
    return Values();
  });
}

void ColumnsCode::emitStage(unsigned number) {
  findOrder();
  kernel::SweepOp sweep = segments.sweeps()[number];
  Value blocks = scalar(blocksPerGroup);
  Value items = code.mul(code.mul(productOf(outer), tiles), blocks);
  code.loop(code.blockIndex(), items, code.gridSize(), {}, [&](Value item, ValueRange) {
    Value tile = code.div(item, blocks), block = code.sub(item, code.mul(tile, blocks));
    enterTile(tile);
    Scopes groups(slots());
    for (unsigned slot = 0; slot < slots(); ++slot) {
      // Lanes without a column read what the last one has.
      at[parallel.back()] = code.least(columnOf(slot), code.sub(columns, 1));
      loadHandedOn(sweep.getOperation(), groups[slot], groupNumber());
    }
    const Monoids monoids(sweep), all = monoids.repeated(slots());
    Value first = code.add(code.mul(block, int64_t(schedule.teams)), team);
    Values parts = sumRange(sweep, monoids, groups, first);
    if (!monoids.empty()) {
      Values total = toLeader(monoids, gather(all, parts));
      at[parallel.back()] = leaderColumn;
      code.ifThen(isLeader, [&] { storeParts(monoids, total, block, groupNumber(), number); });
    }
    return Values();
  });
}

} // namespace normc::ptx
