//===- ColumnsSums.cpp - sums over the points of columns -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/ColumnsCode.h"
#include "compiler/Backends/Ptx/LaunchPlan.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::ptx {

/// Rows of each accumulator from which the shift of a chunk comes.
static constexpr unsigned headRows = 4;

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

unsigned ColumnsCode::placeOf(const Monoids &monoids, unsigned entry, bool isSquare) const {
  if (!isSquare)
    return entry * slots();
  unsigned number = monoids.entries().size();
  for (unsigned other = 0; other < entry; ++other)
    number += monoids.entries()[other].monoid == Monoid::moments;
  return number * slots();
}

// s = s + x or fma(u, v, s); about a shift c: t = x - c, s1 += t, s2 = fma(t, t, s2)
void ColumnsCode::accumulate(const Monoids &monoids, Values &state, ValueRange shifts, MutableArrayRef<Row> rows) {
  unsigned shift = 0;
  for (auto [index, entry] : llvm::enumerate(monoids.entries())) {
    const unsigned place = placeOf(monoids, index, false);
    for (Row &row : rows)
      for (unsigned slot = 0; slot < slots(); ++slot) {
        auto add = [&](Value &sum, Value next) {
          sum = row.isCounted ? next : code.select(row.isInside[slot / lanes.vector], next, sum);
        };
        Value &sum = state[place + slot];
        if (!isShifted(entry.monoid)) {
          const Term term = termOf(entry.monoid, entry.term);
          Value value = valueAt(term.value, row, slot), other = term.other ? valueAt(term.other, row, slot) : Value();
          add(sum, accumulateTerm(code, entry.monoid, sum, value, other));
          continue;
        }
        Value t = code.subf(valueAt(entry.term, row, slot), shifts[shift * slots() + slot]);
        add(sum, code.addf(sum, t));
        if (entry.monoid == Monoid::moments) {
          Value &square = state[placeOf(monoids, index, true) + slot];
          add(square, code.fma(t, t, square));
        }
      }
    shift += isShifted(entry.monoid);
  }
}

void ColumnsCode::meet() {
  // Teams of several warps go through the same chunks in step.
  if (lanes.lanes > 32)
    code.barrier();
  else
    code.warpBarrier(members);
}

// a[i] = a[i] + a[i + h], h = A / 2 .. 1
void ColumnsCode::fold(MutableArrayRef<Value> values, Monoid monoid) {
  if (knownInteger(rowLanes) == 1)
    return;
  Type type = values[0].getType();
  const int64_t offset = shared.reuse(int64_t(schedule.teams) * kernel::chunkLanes * storageBytes(type));
  Value base = code.mul(team, kernel::chunkLanes);
  SmallVector<Type> types(values.size(), type);
  for (int64_t half = kernel::chunkLanes / 2; half > 0; half /= 2) {
    Values sums = code.ifElse(
        code.less(code.integer(half), rowLanes), types,
        [&] {
          for (unsigned slot = 0; slot < slots(); ++slot)
            shared.store(code, offset, code.add(base, elementOf(slot)), values[slot]);
          meet();
          Values folded;
          for (unsigned slot = 0; slot < slots(); ++slot) {
            const Bank &bank = bankOf(slot);
            folded.push_back(code.ifElse(
                code.bitAnd(bank.isValid, code.less(bank.accumulator, half)), type,
                [&] {
                  Value other = code.add(code.add(base, elementOf(slot)), code.mul(tileColumns, half));
                  return Values{combine(code, monoid, values[slot], shared.load(code, offset, other, type))};
                },
                [&] { return Values{values[slot]}; })[0]);
          }
          meet();
          return folded;
        },
        [&] { return Values(values); });
    llvm::copy(sums, values.begin());
  }
}

void ColumnsCode::repeat(MutableArrayRef<Value> values) {
  if (knownInteger(rowLanes) == 1)
    return;
  Type type = values[0].getType();
  const int64_t offset = shared.reuse(int64_t(schedule.teams) * kernel::chunkLanes * storageBytes(type));
  Value base = code.mul(team, kernel::chunkLanes);
  for (unsigned slot = 0; slot < slots(); ++slot)
    shared.store(code, offset, code.add(base, elementOf(slot)), values[slot]);
  meet();
  for (unsigned slot = 0; slot < slots(); ++slot) {
    Value first = code.add(bankOf(slot).columnInTile, int64_t(slot % lanes.vector));
    values[slot] = shared.load(code, offset, code.add(base, first), type);
  }
  meet();
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

/// fma(x, 1 / k, s) over the first k = 4 A positions, of which each accumulator has 4.
Values ColumnsCode::sumHead(kernel::SweepOp sweep, const Monoids &monoids, MutableArrayRef<Row> head, Value points) {
  Values shifts;
  for (const auto &entry : monoids.entries()) {
    if (!isShifted(entry.monoid))
      continue;
    Type type = entry.term.getType();
    Value part = code.divf(code.real(1.0, type), code.create<arith::UIToFPOp>(type, points));
    Values sums(slots(), code.real(0.0, type));
    for (Row &row : head)
      for (unsigned slot = 0; slot < slots(); ++slot) {
        Value next = code.fma(valueAt(entry.term, row, slot), part, sums[slot]);
        sums[slot] = code.select(row.isInside[slot / lanes.vector], next, sums[slot]);
      }
    fold(sums, Monoid::sum);
    repeat(sums);
    for (Value sum : sums)
      shifts.push_back(finiteOrZero(code, sum));
  }
  return shifts;
}

Values ColumnsCode::sumChunk(kernel::SweepOp sweep, const Monoids &monoids, const Scopes &groups, Value number,
                             Value exists) {
  Chunk chunk;
  chunk.begin = code.mul(number, chunkRows);
  chunk.exists = exists;
  chunk.limit = code.select(exists, positions, code.integer(0));
  Value count = code.select(exists, code.least(chunkRows, code.sub(positions, chunk.begin)), code.integer(0));
  Values state, shifts;
  for (const auto &entry : monoids.entries())
    state.append(slots(), identityOf(code, entry.monoid, entry.term.getType()));
  for (const auto &entry : monoids.entries())
    if (entry.monoid == Monoid::moments)
      state.append(slots(), code.real(0.0, entry.term.getType()));

  unsigned next = 0;
  auto visit = [&](Value step, unsigned rowCount, bool areInside) {
    SmallVector<Row> rows = readRows(sweep, chunk, step, rowCount, areInside, groups);
    accumulate(monoids, state, shifts, rows);
    runEffects(sweep, chunk, rows, areInside);
  };
  if (monoids.hasShifts()) {
    SmallVector<Row> head = readRows(sweep, chunk, code.integer(0), headRows, /*areInside=*/false, groups);
    shifts = sumHead(sweep, monoids, head, code.least(count, code.mul(rowLanes, int64_t(headRows))));
    accumulate(monoids, state, shifts, head);
    runEffects(sweep, chunk, head, /*areInside=*/false);
    next = headRows;
  }
  const unsigned together = schedule.rowsInFlight;
  if (schedule.isResident) {
    // All rows are known now.
    for (unsigned step = next; step < schedule.laneRows; step += together)
      visit(code.integer(step), std::min<unsigned>(together, schedule.laneRows - step), /*areInside=*/false);
  } else {
    // As many at once as all accumulators have, and lanes with columns; the others, and unaligned ones, one after the other.
    Value first = code.integer(next), full = code.most(code.div(count, rowLanes), first);
    Value turns = code.div(code.sub(full, first), code.integer(together));
    Value isFast = isAligned ? code.bitAnd(isAligned, banks[0].isValid) : banks[0].isValid;
    Value rest = code.select(isFast, code.add(first, code.mul(turns, int64_t(together))), first);
    auto loop = [&](Value from, Value to, unsigned each, bool areInside) {
      state = code.loop(from, to, code.integer(each), state, [&](Value step, ValueRange values) {
        Values outer = std::exchange(state, Values(values));
        visit(step, each, areInside);
        return std::exchange(state, outer);
      });
    };
    loop(first, rest, together, /*areInside=*/true);
    loop(rest, code.select(banks[0].isValid, code.ceilDiv(count, rowLanes), rest), 1, /*areInside=*/false);
  }
  if (monoids.empty())
    return {};

  for (auto [index, entry] : llvm::enumerate(monoids.entries())) {
    fold(MutableArrayRef(state).slice(placeOf(monoids, index, false), slots()), entry.monoid);
    if (entry.monoid == Monoid::moments)
      fold(MutableArrayRef(state).slice(placeOf(monoids, index, true), slots()), Monoid::sum);
  }
  // Slot by slot, as `repeated` has them.
  Values sums, squares, ownShifts;
  for (unsigned slot = 0; slot < slots(); ++slot) {
    unsigned shift = 0;
    for (auto [index, entry] : llvm::enumerate(monoids.entries())) {
      sums.push_back(state[placeOf(monoids, index, false) + slot]);
      if (entry.monoid == Monoid::moments)
        squares.push_back(state[placeOf(monoids, index, true) + slot]);
      if (isShifted(entry.monoid))
        ownShifts.push_back(shifts[shift++ * slots() + slot]);
    }
  }
  const Monoids all = monoids.repeated(slots());
  Value points = code.create<arith::UIToFPOp>(code.getF64Type(), count);
  Values parts = all.finish(code, points, ownShifts, sums, squares);
  for (auto [part, nothing] : llvm::zip(parts, all.identity(code)))
    part = code.select(exists, part, nothing);
  return parts;
}

unsigned ColumnsCode::treeLevels() const {
  if (schedule.chunks >= 0)
    return llvm::Log2_64_Ceil(std::max<int64_t>(2, schedule.chunks)) + 1;
  // A chunk has 32 rows of more than 64 accumulators.
  return code.index.getWidth() == 32 ? llvm::Log2_64(narrowPoints) - 11 + 1 : MergeTree::mostLevels;
}

Values ColumnsCode::sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scopes &groups, Value number) {
  if (!schedule.hasTree)
    return sumChunk(sweep, monoids, groups, number, code.less(number, chunks));
  Value shift = scalar(chunkShift), first = code.shl(number, shift), most = code.shl(code.integer(1), shift);
  Value left = code.select(code.less(first, chunks), code.sub(chunks, first), code.integer(0));
  Value count = code.least(left, most);
  const bool meetsAll = lanes.lanes > 32;
  const Monoids all = monoids.repeated(slots());
  MergeTree tree(code, function.getBody().front(), all, treeLevels());
  code.loop(code.integer(0), meetsAll ? most : count, code.integer(1), {}, [&](Value turn, ValueRange) {
    Value exists = meetsAll ? code.less(turn, count) : code.boolean(true);
    Values part = sumChunk(sweep, monoids, groups, code.add(first, turn), exists);
    code.ifThen(exists, [&] { tree.push(turn, part); });
    return Values();
  });
  return tree.total(count);
}

} // namespace normc::ptx
