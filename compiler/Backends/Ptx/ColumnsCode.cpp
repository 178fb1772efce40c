//===- ColumnsCode.cpp - groups that are columns -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/ColumnsCode.h"
#include "compiler/Backends/Ptx/RowOrder.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::ptx {

//===----------------------------------------------------------------------===//
// The frame
//===----------------------------------------------------------------------===//

// Position j along the swept axes goes to accumulator j mod A of its column; a chunk is 32 A positions.
void ColumnsCode::findOrder() {
  outer.assign(parallel.begin(), parallel.end() - 1);
  columns = extentOf(parallel.back());
  rowLanes = rowsOfLanes(code, columns);
  tileColumns = code.select(code.less(code.integer(1), rowLanes), code.most(columns, code.integer(1)),
                            code.integer(columnLanes));
  tiles = code.ceilDiv(columns, tileColumns);
  positions = productOf(reduced);
  chunkRows = code.mul(rowLanes, kernel::chunkRuns);
  chunks = code.ceilDiv(positions, chunkRows);
  Value thread = code.toIndex(code.threadIndex());
  laneNumber = code.rem(thread, columnLanes);
  team = code.div(thread, columnLanes);
  accumulator = code.div(laneNumber, tileColumns);
  columnInTile = code.rem(laneNumber, tileColumns);
}

void ColumnsCode::enterTile(Value number) {
  Value turn = code.div(number, code.most(tiles, code.integer(1)));
  Value tile = code.sub(number, code.mul(turn, tiles));
  place(turn, outer);
  Value column = code.add(code.mul(tile, tileColumns), columnInTile);
  at[parallel.back()] = column;
  isValid = code.bitAnd(code.less(accumulator, rowLanes), code.less(column, columns));
  isLeader = code.bitAnd(isValid, code.bitAnd(code.equal(team, 0), code.equal(accumulator, 0)));
}

/// Of this thread's column, as the groups of the kernel are counted.
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
    Scope group;
    auto give = [&](ValueRange values) { return broadcast(values); };
    for (auto [number, sweep] : llvm::enumerate(segments.sweeps())) {
      runSegmentOnce(number, group, isLeader, give);
      const Monoids monoids(sweep);
      Values parts = sumRange(sweep, monoids, group, team);
      monoids.results(gather(monoids, parts), [&](Value result, Value value) { group.bind(result, value); });
    }
    runSegmentOnce(segments.size() - 1, group, isLeader, give);
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
    Scope scope;
    // Lanes without a column read what the last one has.
    Value column = at[parallel.back()];
    at[parallel.back()] = code.least(column, code.sub(columns, 1));
    loadHandedOn(sweep.getOperation(), scope, groupNumber());
    at[parallel.back()] = column;
    const Monoids monoids(sweep);
    Value first = code.add(code.mul(block, int64_t(schedule.teams)), team);
    Values parts = sumRange(sweep, monoids, scope, first);
    if (!monoids.empty()) {
      Values total = gather(monoids, parts);
      code.ifThen(isLeader, [&] { storeParts(monoids, total, block, groupNumber(), number); });
    }
    return Values();
  });
}

//===----------------------------------------------------------------------===//
// Points
//===----------------------------------------------------------------------===//

SmallVector<ColumnsCode::Row> ColumnsCode::readRows(kernel::SweepOp sweep, Value chunk, Value turn, Value exists,
                                                    const Scope &group) {
  llvm::SetVector<Value> tensors;
  for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep)))
    tensors.insert(load.getTensor());
  SmallVector<Type> types;
  for (Value tensor : tensors)
    types.push_back(storageType(typeOf(tensor).getElementType()));
  Value first = code.add(code.mul(chunk, chunkRows), accumulator);
  SmallVector<Row> rows;
  for (unsigned r = 0; r < rowsAtOnce; ++r) {
    Value step = code.add(code.mul(turn, int64_t(rowsAtOnce)), int64_t(r));
    Value position = code.add(first, code.mul(step, rowLanes));
    Row row{Scope(&group), position, code.bitAnd(exists, code.less(position, positions))};
    Values elements = code.ifElse(
        row.isInside, types,
        [&] {
          place(position, reduced);
          Values values;
          for (Value tensor : tensors)
            values.push_back(loadElements(code, operandOf(tensor), positionOf(tensor), 1, sweepNumber(sweep))[0]);
          return values;
        },
        [&] {
          Values values;
          for (Type type : types)
            values.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
          return values;
        });
    for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep)))
      bindLoad(load, elements[llvm::find(tensors, load.getTensor()) - tensors.begin()], row.scope);
    rows.push_back(std::move(row));
  }
  return rows;
}

Value ColumnsCode::valueAt(Value value, Row &row) {
  place(row.position, reduced);
  return buildScalar(value, row.scope);
}

void ColumnsCode::runEffects(kernel::SweepOp sweep, MutableArrayRef<Row> rows) {
  for (auto store : sweep.getBody().front().getOps<kernel::StoreOp>())
    for (Row &row : rows) {
      Value tensor = resultOf(store);
      Value value = toStorage(code, valueAt(store.getValue(), row), typeOf(tensor).getElementType());
      code.ifThen(row.isInside, [&] {
        place(row.position, reduced);
        storeElements(code, operandOf(tensor), positionOf(tensor), value, sweepNumber(sweep));
      });
    }
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Value ColumnsCode::fold(Value value, Monoid monoid) {
  if (knownInteger(rowLanes) == 1)
    return value;
  Type type = value.getType();
  const int64_t place = shared.reuse(threads * storageBytes(type));
  Value thread = code.toIndex(code.threadIndex());
  for (int64_t half = kernel::chunkLanes / 2; half > 0; half /= 2)
    value = code.ifElse(
        code.less(code.integer(half), rowLanes), type,
        [&] {
          shared.store(code, place, thread, value);
          code.barrier();
          Value isFirst = code.bitAnd(isValid, code.less(accumulator, half));
          Values sum = code.ifElse(
              isFirst, type,
              [&] {
                Value other = shared.load(code, place, code.add(thread, code.mul(tileColumns, half)), type);
                return Values{combine(code, monoid, value, other)};
              },
              [&] { return Values{value}; });
          code.barrier();
          return sum;
        },
        [&] { return Values{value}; })[0];
  return value;
}

Value ColumnsCode::repeat(Value value) {
  if (knownInteger(rowLanes) == 1)
    return value;
  Type type = value.getType();
  const int64_t place = shared.reuse(threads * storageBytes(type));
  Value thread = code.toIndex(code.threadIndex());
  shared.store(code, place, thread, value);
  code.barrier();
  Value first = code.add(code.mul(team, columnLanes), columnInTile);
  Value given = shared.load(code, place, first, type);
  code.barrier();
  return given;
}

Values ColumnsCode::accumulate(kernel::SweepOp sweep, const Monoids &monoids, Values state, ValueRange shifts,
                               MutableArrayRef<Row> rows) {
  unsigned place = 0, shift = 0;
  for (const auto &entry : monoids.entries()) {
    Value &sum = state[place++];
    if (!isShifted(entry.monoid)) {
      const Term term = termOf(entry.monoid, entry.term);
      for (Row &row : rows) {
        Value value = valueAt(term.value, row), other = term.other ? valueAt(term.other, row) : Value();
        sum = code.select(row.isInside, accumulateTerm(code, entry.monoid, sum, value, other), sum);
      }
      continue;
    }
    for (Row &row : rows) {
      Value t = code.subf(valueAt(entry.term, row), shifts[shift]);
      sum = code.select(row.isInside, code.addf(sum, t), sum);
      if (entry.monoid == Monoid::moments)
        state[place] = code.select(row.isInside, code.fma(t, t, state[place]), state[place]);
    }
    place += entry.monoid == Monoid::moments;
    ++shift;
  }
  return state;
}

Values ColumnsCode::sumChunk(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, Value chunk,
                             Value exists) {
  Value isMine = code.bitAnd(exists, isValid);
  Value count = code.least(chunkRows, code.sub(positions, code.mul(chunk, chunkRows)));
  Values state, shifts;
  for (const auto &entry : monoids.entries()) {
    state.push_back(identityOf(code, entry.monoid, entry.term.getType()));
    if (entry.monoid == Monoid::moments)
      state.push_back(code.real(0.0, entry.term.getType()));
  }
  Value next = code.integer(0);
  if (monoids.hasShifts()) {
    // The mean of the first 4 A positions, of which each lane has 4.
    SmallVector<Row> head = readRows(sweep, chunk, next, isMine, group);
    Value points = code.least(count, code.mul(rowLanes, int64_t(rowsAtOnce)));
    for (const auto &entry : monoids.entries()) {
      if (!isShifted(entry.monoid))
        continue;
      Type type = entry.term.getType();
      Value part = code.divf(code.real(1.0, type), code.create<arith::UIToFPOp>(type, points));
      Value sum = code.real(0.0, type);
      for (Row &row : head)
        sum = code.select(row.isInside, code.fma(valueAt(entry.term, row), part, sum), sum);
      shifts.push_back(finiteOrZero(code, repeat(fold(sum, Monoid::sum))));
    }
    state = accumulate(sweep, monoids, state, shifts, head);
    runEffects(sweep, head);
    next = code.integer(1);
  }
  // The rows that a lane has at most, in turns.
  Value turns = code.ceilDiv(code.ceilDiv(count, rowLanes), code.integer(rowsAtOnce));
  turns = code.select(exists, turns, code.integer(0));
  state = code.loop(next, turns, code.integer(1), state, [&](Value turn, ValueRange values) {
    SmallVector<Row> rows = readRows(sweep, chunk, turn, isMine, group);
    Values sums = accumulate(sweep, monoids, Values(values), shifts, rows);
    runEffects(sweep, rows);
    return sums;
  });
  if (monoids.empty())
    return {};
  Values sums, squares;
  unsigned place = 0;
  for (const auto &entry : monoids.entries()) {
    sums.push_back(fold(state[place++], entry.monoid));
    if (entry.monoid == Monoid::moments)
      squares.push_back(fold(state[place++], Monoid::sum));
  }
  Value points = code.create<arith::UIToFPOp>(code.getF64Type(), count);
  Values parts = monoids.finish(code, points, shifts, sums, squares);
  for (auto [part, nothing] : llvm::zip(parts, monoids.identity(code)))
    part = code.select(exists, part, nothing);
  return parts;
}

Values ColumnsCode::sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, Value number) {
  if (!schedule.hasTree)
    return sumChunk(sweep, monoids, group, number, code.less(number, chunks));
  // All teams go through as many chunks, as they meet at barriers.
  Value shift = scalar(chunkShift), first = code.shl(number, shift), most = code.shl(code.integer(1), shift);
  MergeTree tree(code, function.getBody().front(), monoids);
  code.loop(code.integer(0), most, code.integer(1), {}, [&](Value turn, ValueRange) {
    Value chunk = code.add(first, turn), exists = code.less(chunk, chunks);
    Values part = sumChunk(sweep, monoids, group, chunk, exists);
    code.ifThen(exists, [&] { tree.push(turn, part); });
    return Values();
  });
  Value left = code.select(code.less(first, chunks), code.sub(chunks, first), code.integer(0));
  return tree.total(code.least(left, most));
}

//===----------------------------------------------------------------------===//
// Teams
//===----------------------------------------------------------------------===//

Values ColumnsCode::gather(const Monoids &monoids, ValueRange parts) {
  if (schedule.teams == 1 || monoids.empty())
    return Values(parts);
  // parts[team][part][column]
  Type f64 = code.getF64Type();
  const int64_t place = shared.reuse(schedule.teams * monoids.size() * columnLanes * 8);
  Value isFirst = code.bitAnd(isValid, code.equal(accumulator, 0));
  auto at = [&](Value team, unsigned part) {
    return code.add(code.mul(code.add(code.mul(team, int64_t(monoids.size())), int64_t(part)), columnLanes), columnInTile);
  };
  code.ifThen(isFirst, [&] {
    for (auto [index, part] : llvm::enumerate(parts))
      shared.store(code, place, at(team, index), part);
  });
  code.barrier();
  SmallVector<Type> types(monoids.size(), f64);
  Values total = code.ifElse(
      isLeader, types,
      [&] {
        SmallVector<Values> all;
        for (unsigned t = 0; t < schedule.teams; ++t) {
          Values one;
          for (unsigned index = 0; index < monoids.size(); ++index)
            one.push_back(shared.load(code, place, at(code.integer(t), index), f64));
          all.push_back(std::move(one));
        }
        return mergeAll(code, monoids, std::move(all));
      },
      [&] { return Values(parts); });
  code.barrier();
  return total;
}

/// Values that are handed on at once: what fits.
static constexpr size_t broadcastAtOnce = 32;

Values ColumnsCode::broadcast(ValueRange values) {
  Values given;
  if (values.empty())
    return given;
  if (values.size() > broadcastAtOnce) {
    given = broadcast(values.take_front(broadcastAtOnce));
    llvm::append_range(given, broadcast(values.drop_front(broadcastAtOnce)));
    return given;
  }
  SmallVector<int64_t> places;
  int64_t size = 0;
  auto stored = [&](Type type) { return type.isInteger(1) ? Type(code.getI8Type()) : type; };
  for (Value value : values)
    places.push_back(std::exchange(size, size + columnLanes * 8));
  shared.reuse(size);
  code.ifThen(isLeader, [&] {
    for (auto [value, place] : llvm::zip(values, places))
      shared.store(code, place, columnInTile, code.resize(value, stored(value.getType())));
  });
  code.barrier();
  for (auto [value, place] : llvm::zip(values, places)) {
    Type type = stored(value.getType());
    // Lanes without a column have nobody to read from.
    Value loaded = code.ifElse(
        code.less(at[parallel.back()], columns), type,
        [&] { return Values{shared.load(code, place, columnInTile, type)}; },
        [&] { return Values{isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type)}; })[0];
    given.push_back(value.getType().isInteger(1) ? code.resize(loaded, value.getType()) : loaded);
  }
  code.barrier();
  return given;
}

} // namespace normc::ptx
