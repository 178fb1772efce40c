//===- RunsSums.cpp - sums over the points of runs -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using normc::kernel::Monoid;

namespace normc::ptx {

/// Points from which the shift of a chunk comes.
static constexpr int64_t headPoints = 128;

//===----------------------------------------------------------------------===//
// Accumulators of a lane: those of each monoid, then the squares of those that are moments
//===----------------------------------------------------------------------===//

unsigned RunsCode::lanePlace(const Monoids &monoids, unsigned entry, bool isSquare) const {
  if (!isSquare)
    return entry * laneSlots();
  unsigned number = monoids.entries().size();
  for (unsigned other = 0; other < entry; ++other)
    number += monoids.entries()[other].monoid == Monoid::moments;
  return number * laneSlots();
}

Values RunsCode::startLanes(const Monoids &monoids) {
  Values state;
  for (const auto &entry : monoids.entries())
    state.append(laneSlots(), identityOf(code, entry.monoid, entry.term.getType()));
  for (const auto &entry : monoids.entries())
    if (entry.monoid == Monoid::moments)
      state.append(laneSlots(), code.real(0.0, entry.term.getType()));
  return state;
}

void RunsCode::addTo(Values &state, unsigned place, const Round &round, unsigned slot,
                     llvm::function_ref<Value(Value)> next) {
  Value isInside = round.slots[slot].isInside;
  Value &low = state[place + slot];
  if (!round.isUpper) {
    low = code.select(isInside, next(low), low);
    return;
  }
  Value &high = state[place + lanes.slots() + slot];
  Value sum = code.select(round.isUpper, high, low);
  sum = code.select(isInside, next(sum), sum);
  high = code.select(round.isUpper, sum, high);
  low = code.select(round.isUpper, low, sum);
}

// s = s + x or fma(u, v, s); about a shift c: t = x - c, s1 += t, s2 = fma(t, t, s2)
void RunsCode::accumulate(const Monoids &monoids, Values &state, Round &round, ValueRange shifts, Which which) {
  unsigned shift = 0;
  for (auto [index, entry] : llvm::enumerate(monoids.entries())) {
    const Monoid monoid = entry.monoid;
    const unsigned place = lanePlace(monoids, index, false);
    if (!isShifted(monoid)) {
      if (which == Which::shifted)
        continue;
      const Term term = termOf(monoid, entry.term);
      for (auto [number, slot] : llvm::enumerate(round.slots)) {
        Value value = valueAt(term.value, round, slot);
        Value other = term.other ? valueAt(term.other, round, slot) : Value();
        addTo(state, place, round, number,
              [&](Value sum) { return accumulateTerm(code, monoid, sum, value, other); });
      }
      continue;
    }
    if (which == Which::plain)
      continue;
    for (auto [number, slot] : llvm::enumerate(round.slots)) {
      Value t = code.subf(valueAt(entry.term, round, slot), shifts[shift]);
      addTo(state, place, round, number, [&](Value sum) { return code.addf(sum, t); });
      if (monoid == Monoid::moments)
        addTo(state, lanePlace(monoids, index, true), round, number, [&](Value sum) { return code.fma(t, t, sum); });
    }
    ++shift;
  }
}

/// a[i] = a[i] + a[i + h], h = width / 2 .. 1: of banks, of lanes, of the elements of a vector. All lanes have the result.
Value RunsCode::fold(Values slots, Monoid monoid) {
  for (size_t half = slots.size() / 2; half >= lanes.vector; half /= 2) {
    for (size_t i = 0; i < half; ++i)
      slots[i] = combine(code, monoid, slots[i], slots[i + half]);
    slots.resize(half);
  }
  const bool isOrdered = monoid == Monoid::max || monoid == Monoid::min;
  for (unsigned half = lanes.lanes / 2; half > 0; half /= 2) {
    // Which of two zeros a maximum is depends on which comes first.
    Value isLater = isOrdered ? code.equal(code.bitAnd(lane, uint64_t(half)), half) : Value();
    for (Value &slot : slots) {
      Value other = code.shuffleXor(slot, half, members);
      slot = isOrdered ? combine(code, monoid, code.select(isLater, other, slot), code.select(isLater, slot, other))
                       : combine(code, monoid, slot, other);
    }
  }
  for (size_t half = slots.size() / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; ++i)
      slots[i] = combine(code, monoid, slots[i], slots[i + half]);
  return slots[0];
}

//===----------------------------------------------------------------------===//
// Heads
//===----------------------------------------------------------------------===//

static Value toReal(Code &code, Value integer, Type type) {
  if (std::optional<int64_t> known = knownInteger(integer))
    return code.real(type.isF32() ? double(float(*known)) : double(*known), type);
  return code.create<arith::UIToFPOp>(type, integer);
}

static Value reciprocal(Code &code, Value integer, Type type) {
  if (std::optional<int64_t> known = knownInteger(integer))
    return code.real(type.isF32() ? double(1.0f / float(*known)) : 1.0 / double(*known), type);
  return code.divf(code.real(1.0, type), toReal(code, integer, type));
}

void RunsCode::addToHead(const Monoids &monoids, Round &round, Value points, MutableArrayRef<Values> sums) {
  unsigned shift = 0;
  for (const auto &entry : monoids.entries()) {
    if (!isShifted(entry.monoid))
      continue;
    Type type = entry.term.getType();
    Value part = reciprocal(code, points, type);
    for (unsigned number = 0; number < sums[shift].size(); ++number) {
      Slot &slot = round.slots[number];
      Value &sum = sums[shift][number];
      sum = code.select(slot.isInside, code.fma(valueAt(entry.term, round, slot), part, sum), sum);
    }
    ++shift;
  }
}

void RunsCode::sumHead(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, const Chunk &chunk,
                       Progress &progress) {
  const int64_t length = schedule.length;
  int64_t rounds = 1;
  Value points;
  if (length < headPoints) {
    const int64_t whole = std::max<int64_t>(1, std::min(kernel::chunkRuns, kernel::chunkElements / std::max<int64_t>(length, 1)));
    rounds = std::min(whole, (headPoints - 1 + std::max<int64_t>(length, 1)) / std::max<int64_t>(length, 1));
    if (schedule.runs >= 0)
      rounds = std::min(rounds, std::max<int64_t>(schedule.runs, 1));
    points = code.mul(code.least(chunk.runs, code.integer(rounds)), length);
  } else {
    points = code.least(chunk.length, code.integer(headPoints));
  }
  SmallVector<Round> head;
  for (int64_t number = 0; number < rounds; ++number)
    head.push_back(readRound(sweep, chunk, code.integer(number), /*mayExceed=*/true, group, progress.uniform));
  // Of runs of more than 128 points, the first 128.
  SmallVector<Values> sums;
  const unsigned slots = std::min<int64_t>(lanes.slots(), headPoints / lanes.lanes);
  for (const auto &entry : monoids.entries())
    if (isShifted(entry.monoid))
      sums.push_back(Values(slots, code.real(0.0, entry.term.getType())));
  for (Round &round : head)
    addToHead(monoids, round, points, sums);
  for (Values &sum : sums)
    progress.shifts.push_back(finiteOrZero(code, fold(sum, Monoid::sum)));
  for (Round &round : head)
    visit(sweep, monoids, round, progress, Which::all);
  progress.next = code.integer(rounds);
}

/// Where the length of runs is not known, terms are saved until the shift is.
void RunsCode::sumSavedHead(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, const Chunk &chunk,
                            Progress &progress) {
  Value some = code.most(length, code.integer(1)), isShort = code.less(length, headPoints);
  Value whole = code.least(chunk.runs, code.ceilDiv(code.integer(headPoints), some));
  Value rounds = code.select(isShort, whole, code.least(chunk.rounds, code.integer(1)));
  Value points = code.select(isShort, code.mul(whole, length), code.least(chunk.length, code.integer(headPoints)));
  SmallVector<unsigned> shifted;
  Values saved;
  for (auto [index, entry] : llvm::enumerate(monoids.entries()))
    if (isShifted(entry.monoid)) {
      shifted.push_back(index);
      Code::InsertionGuard guard(code);
      code.setInsertionPointToStart(&function.getBody().front());
      saved.push_back(code.create<LLVM::AllocaOp>(LLVM::LLVMPointerType::get(code.getContext()), entry.term.getType(),
                                                  code.integer(kernel::chunkRuns * lanes.slots(), code.getI32Type())));
    }
  auto savedAt = [&](unsigned which, Value round, unsigned slot) -> Value {
    Value place = code.add(code.mul(round, int64_t(lanes.slots())), int64_t(slot));
    return code.create<LLVM::GEPOp>(saved[which].getType(), monoids.entries()[shifted[which]].term.getType(), saved[which],
                                    ArrayRef<LLVM::GEPArg>{place});
  };
  // The sums of heads, the lanes, and what does not vary along runs go through the loop.
  Values initial;
  for (unsigned index : shifted)
    initial.append(lanes.slots(), code.real(0.0, monoids.entries()[index].term.getType()));
  const size_t headSlots = initial.size(), stateSlots = progress.state.size();
  llvm::append_range(initial, progress.state);
  llvm::append_range(initial, progress.uniform);
  Values left = code.loop(code.integer(0), rounds, code.integer(1), initial, [&](Value number, ValueRange values) {
    SmallVector<Values> sums;
    for (size_t i = 0; i < shifted.size(); ++i)
      sums.push_back(Values(values.slice(i * lanes.slots(), lanes.slots())));
    Progress own;
    own.state = Values(values.slice(headSlots, stateSlots));
    own.uniform = Values(values.drop_front(headSlots + stateSlots));
    Round round = readRound(sweep, chunk, number, /*mayExceed=*/false, group, own.uniform);
    addToHead(monoids, round, points, sums);
    for (size_t i = 0; i < shifted.size(); ++i)
      for (auto [s, slot] : llvm::enumerate(round.slots))
        code.create<LLVM::StoreOp>(valueAt(monoids.entries()[shifted[i]].term, round, slot), savedAt(i, number, s));
    visit(sweep, monoids, round, own, Which::plain);
    Values results;
    for (Values &sum : sums)
      llvm::append_range(results, sum);
    llvm::append_range(results, own.state);
    llvm::append_range(results, own.uniform);
    return results;
  });
  for (size_t i = 0; i < shifted.size(); ++i)
    progress.shifts.push_back(finiteOrZero(
        code, fold(Values(ArrayRef(left).slice(i * lanes.slots(), lanes.slots())), Monoid::sum)));
  progress.state = Values(ArrayRef(left).slice(headSlots, stateSlots));
  progress.uniform = Values(ArrayRef(left).drop_front(headSlots + stateSlots));
  progress.state = code.loop(code.integer(0), rounds, code.integer(1), progress.state, [&](Value number, ValueRange values) {
    Values state(values);
    // Within a head, a round is a run, or the first 128 points of one.
    Round round;
    for (unsigned s = 0; s < lanes.slots(); ++s) {
      Value local = code.add(code.toIndex(lane), int64_t(s * lanes.lanes));
      Slot slot{Scope(), local, code.less(local, chunk.length)};
      for (size_t i = 0; i < shifted.size(); ++i) {
        Value term = monoids.entries()[shifted[i]].term;
        slot.scope.bind(term, code.create<LLVM::LoadOp>(term.getType(), savedAt(i, number, s)));
      }
      round.slots.push_back(std::move(slot));
    }
    round.isUpper = code.boolean(false);
    round.at = at;
    accumulate(monoids, state, round, progress.shifts, Which::shifted);
    return state;
  });
  progress.next = rounds;
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

void RunsCode::visit(kernel::SweepOp sweep, const Monoids &monoids, Round &round, Progress &progress, Which which) {
  accumulate(monoids, progress.state, round, progress.shifts, which);
  runEffects(sweep, round);
}

/// Rounds beyond which a chunk is a loop.
static constexpr int64_t maxUnrolled = 16;

Values RunsCode::sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, Value number) {
  auto sumChunk = [&](Value which, Value exists) {
    const Chunk chunk = chunkAt(which, exists);
    Progress progress;
    progress.state = startLanes(monoids);
    progress.uniform = startUniform(sweep);
    progress.next = code.integer(0);
    if (monoids.hasShifts()) {
      if (schedule.length < 0)
        sumSavedHead(sweep, monoids, group, chunk, progress);
      else
        sumHead(sweep, monoids, group, chunk, progress);
    }
    std::optional<int64_t> known = knownInteger(chunk.rounds);
    // What is in registers is named by its round: there are as many as a chunk has at most.
    const bool isNamed = schedule.isResident || schedule.ridersIn != RiderSums::global;
    if (isNamed)
      known = schedule.roundsOfChunk();
    if (known && *known <= maxUnrolled) {
      for (int64_t next = *knownInteger(progress.next); next < *known; ++next) {
        Round round = readRound(sweep, chunk, code.integer(next), isNamed, group, progress.uniform);
        visit(sweep, monoids, round, progress, Which::all);
      }
    } else {
      const size_t slots = progress.state.size();
      Values initial = progress.state;
      llvm::append_range(initial, progress.uniform);
      Values left = code.loop(progress.next, chunk.rounds, code.integer(1), initial, [&](Value next, ValueRange values) {
        Progress own;
        own.state = Values(values.take_front(slots));
        own.uniform = Values(values.drop_front(slots));
        own.shifts = progress.shifts;
        Round round = readRound(sweep, chunk, next, /*mayExceed=*/false, group, own.uniform);
        visit(sweep, monoids, round, own, Which::all);
        llvm::append_range(own.state, own.uniform);
        return own.state;
      });
      progress.state = Values(ArrayRef(left).take_front(slots));
    }
    if (monoids.empty())
      return Values();
    Values sums, squares;
    for (auto [index, entry] : llvm::enumerate(monoids.entries())) {
      auto folded = [&](bool isSquare) {
        const unsigned place = lanePlace(monoids, index, isSquare);
        return fold(Values(ArrayRef(progress.state).slice(place, laneSlots())), isSquare ? Monoid::sum : entry.monoid);
      };
      sums.push_back(folded(false));
      if (entry.monoid == Monoid::moments)
        squares.push_back(folded(true));
    }
    Value points = toReal(code, code.mul(chunk.runs, chunk.length), code.getF64Type());
    Values parts = monoids.finish(code, points, progress.shifts, sums, squares);
    if (knownInteger(exists) == 1)
      return parts;
    Values none = monoids.identity(code);
    for (auto [part, nothing] : llvm::zip(parts, none))
      part = code.select(exists, part, nothing);
    return parts;
  };
  if (!schedule.hasTree) {
    // A chunk a team at most.
    const bool isCertain = schedule.chunks > 0 && schedule.chunks == schedule.teams;
    return sumChunk(number, isCertain ? code.boolean(true) : code.less(number, chunks));
  }
  Value shift = scalar(chunkShift), first = code.shl(number, shift);
  Value last = code.least(chunks, code.shl(code.add(number, 1), shift));
  MergeTree tree(code, function.getBody().front(), monoids);
  // Where rounds are held, each has a place among those of the team.
  Values places;
  if (schedule.isHeld())
    places.push_back(code.integer(0));
  code.loop(first, last, code.integer(1), places, [&](Value which, ValueRange before) {
    roundsBefore = before.empty() ? Value() : before[0];
    tree.push(code.sub(which, first), sumChunk(which, code.boolean(true)));
    if (before.empty())
      return Values();
    return Values{code.add(before[0], chunkAt(which, code.boolean(true)).rounds)};
  });
  Value count = code.select(code.less(first, last), code.sub(last, first), code.integer(0));
  return tree.total(count);
}

} // namespace normc::ptx
