//===- RunsRiders.cpp - sums over the groups, which ride along -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The groups are rows, the points of a group columns. With A accumulators for a column, row
// j of a chunk of 32 A rows is added to accumulator j mod A. A block has a chunk of rows; the
// rows of one accumulator are all of one crew, which goes through them in ascending order.
// Where a column has one accumulator, it is in a register of the thread that has the column,
// or in a part of shared memory that nobody else uses; a crew has chunks of its own then.
// Elsewhere accumulators are in global memory, and only the threads that add to them see
// them until the chunk is folded.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"
#include "compiler/Backends/Ptx/RowOrder.h"

using namespace mlir;

namespace normc::ptx {

void RunsCode::emitRows() {
  Value columns = productOf(reduced), rows = groupCount();
  rowLanes = rowsOfLanes(code, columns);
  Value perChunk = code.mul(rowLanes, kernel::chunkRuns);
  Value crewsUsed = code.least(rowLanes, crews);
  const bool isInRegisters = schedule.ridersIn == RiderSums::registers;
  code.loop(code.blockIndex(), code.ceilDiv(rows, perChunk), code.gridSize(), {}, [&](Value chunk, ValueRange) {
    rowChunk = chunk;
    Value first = code.mul(chunk, perChunk), last = code.least(rows, code.add(first, perChunk));
    Value start = code.select(code.less(crew, crewsUsed), code.add(first, crew), last);
    Values none;
    if (isInRegisters)
      kernel.walk([&](kernel::AccumulateOp rider) {
        none.append(schedule.roundsOfChunk() * lanes.slots(), code.real(0.0, rider.getValue().getType()));
      });
    riderSums = code.loop(start, last, crewsUsed, none, [&](Value row, ValueRange sums) {
      riderSums = Values(sums);
      rowInChunk = code.sub(row, first);
      place(row, parallel);
      emitGroup(row);
      return riderSums;
    });
    if (schedule.ridersIn != RiderSums::global)
      storeRiders();
    // a[i] = a[i] + a[i + h] of the rows that there are
    Value count = code.sub(last, first);
    for (int64_t half = kernel::chunkLanes / 2; half > 0; half /= 2)
      code.ifThen(code.less(code.integer(half), rowLanes), [&] {
        code.barrier();
        Value entries = code.mul(columns, half);
        code.loop(code.toIndex(code.threadIndex()), entries, code.integer(threads), {}, [&](Value entry, ValueRange) {
          Value other = code.add(entry, entries);
          code.ifThen(code.less(code.div(other, columns), count), [&] {
            Value region = code.mul(code.mul(wide(chunk), wide(rowLanes)), wide(columns));
            for (unsigned rider = 0; rider < schedule.riders; ++rider) {
              const Operand &sums = buffer(schedule.ridersBuffer + rider);
              Value to = code.add(region, wide(entry));
              Value a = loadElements(code, sums, to, 1, outsideSweeps())[0];
              Value b = loadElements(code, sums, code.add(region, wide(other)), 1, outsideSweeps())[0];
              storeElements(code, sums, to, code.addf(a, b), outsideSweeps());
            }
          });
          return Values();
        });
      });
    return Values();
  });
}

unsigned RunsCode::riderPlace(unsigned rider, int64_t round, unsigned bank) const {
  return ((rider * schedule.roundsOfChunk() + round) * lanes.banks + bank) * lanes.vector;
}

/// sums[rider][round][bank][thread][element]
Operand RunsCode::riderMemory(unsigned rider) {
  const int64_t before = int64_t(riderPlace(rider, 0, 0)) * threads * schedule.riderElement;
  return {heldMemory(code, code.integer(before)), buffer(schedule.ridersBuffer + rider).element, ""};
}

void RunsCode::storeRiders() {
  Chunk chunk = chunkAt(team, code.less(team, chunks));
  Value base = code.mul(wide(rowChunk), wide(productOf(reduced)));
  for (int64_t number = 0; number < schedule.roundsOfChunk(); ++number)
    for (unsigned bank = 0; bank < lanes.banks; ++bank) {
      Value local = code.add(code.toIndex(code.mul(lane, int64_t(lanes.vector))),
                             number * lanes.width() + int64_t(bank) * lanes.lanes * lanes.vector);
      Value isInside = code.bitAnd(code.less(team, chunks), code.less(local, chunk.length));
      code.ifThen(isInside, [&] {
        Value position = code.add(base, wide(code.add(chunk.begin, local)));
        for (unsigned rider = 0; rider < schedule.riders; ++rider) {
          Values sums;
          if (schedule.ridersIn == RiderSums::registers)
            sums = Values(ArrayRef(riderSums).slice(riderPlace(rider, number, bank), lanes.vector));
          else
            sums = loadElements(code, riderMemory(rider), heldPosition(number * lanes.banks + bank), lanes.vector, 0);
          storeElements(code, buffer(schedule.ridersBuffer + rider), position, sums, outsideSweeps());
        }
      });
    }
}

void RunsCode::runRider(kernel::AccumulateOp rider, Round &round) {
  unsigned number = 0;
  kernel.walk([&](kernel::AccumulateOp other) {
    if (other == rider)
      return WalkResult::interrupt();
    ++number;
    return WalkResult::advance();
  });
  const Operand &sums = buffer(schedule.ridersBuffer + number);
  const Term term = termOf(kernel::Monoid::sum, rider.getValue());
  const int sweep = sweepNumber(rider->getParentOfType<kernel::SweepOp>());
  Value isFirst = code.less(rowInChunk, rowLanes);
  Value row = code.add(code.mul(wide(rowChunk), wide(rowLanes)), wide(code.rem(rowInChunk, rowLanes)));
  Value base = code.mul(row, wide(productOf(reduced)));
  for (unsigned bank = 0; bank < lanes.banks; ++bank) {
    MutableArrayRef<Slot> slots = MutableArrayRef(round.slots).slice(bank * lanes.vector, lanes.vector);
    Values values, others;
    for (Slot &slot : slots) {
      values.push_back(valueAt(term.value, round, slot));
      others.push_back(term.other ? valueAt(term.other, round, slot) : Value());
    }
    auto after = [&](ArrayRef<Value> before) {
      Values sums;
      for (unsigned e = 0; e < lanes.vector; ++e)
        sums.push_back(accumulateTerm(code, kernel::Monoid::sum, before[e], values[e], others[e]));
      return sums;
    };
    if (schedule.ridersIn == RiderSums::registers) {
      MutableArrayRef<Value> before =
          MutableArrayRef(riderSums).slice(riderPlace(number, *round.number, bank), lanes.vector);
      for (auto [sum, next] : llvm::zip(before, after(before)))
        sum = code.select(slots[0].isInside, next, sum);
      continue;
    }
    SmallVector<Type> types(lanes.vector, sums.element);
    auto zeros = [&] { return Values(lanes.vector, code.real(0.0, sums.element)); };
    if (schedule.ridersIn == RiderSums::shared) {
      code.ifThen(slots[0].isInside, [&] {
        Value place = heldPosition(*round.number * lanes.banks + bank);
        Values before = code.ifElse(code.equal(rowInChunk, 0), types, zeros, [&] {
          return loadElements(code, riderMemory(number), place, lanes.vector, sweep);
        });
        storeElements(code, riderMemory(number), place, after(before), sweep);
      });
      continue;
    }
    code.ifThen(slots[0].isInside, [&] {
      Value column = code.add(code.mul(round.run, length), slots[0].position);
      Value position = code.add(base, wide(column));
      Values before = code.ifElse(
          isFirst, types, zeros, [&] { return loadElements(code, sums, position, lanes.vector, sweep); });
      storeElements(code, sums, position, after(before), sweep);
    });
  }
}

} // namespace normc::ptx
