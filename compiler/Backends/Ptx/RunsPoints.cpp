//===- RunsPoints.cpp - the points of runs -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"

using namespace mlir;

namespace normc::ptx {

//===----------------------------------------------------------------------===//
// The order
//===----------------------------------------------------------------------===//

// whole = max(1, min(32, 2048 / L)) runs a chunk, pieces = ceil(L / 2048), chunks = pieces ceil(runs / whole)
void RunsCode::findOrder() {
  runCount = productOf(outer);
  length = inner ? extentOf(*inner) : code.integer(1);
  pieces = code.ceilDiv(length, code.integer(kernel::chunkElements));
  Value fitting = code.div(code.integer(kernel::chunkElements), code.most(length, code.integer(1)));
  whole = code.most(code.integer(1), code.least(code.integer(kernel::chunkRuns), fitting));
  chunks = code.mul(pieces, code.ceilDiv(runCount, whole));
}

RunsCode::Chunk RunsCode::chunkAt(Value number, Value exists) {
  Chunk chunk;
  Value some = code.most(pieces, code.integer(1)), zero = code.integer(0);
  Value turn = code.div(number, some), piece = code.sub(number, code.mul(turn, some));
  chunk.firstRun = code.mul(turn, whole);
  chunk.runs = code.select(exists, code.least(whole, code.sub(runCount, chunk.firstRun)), zero);
  chunk.begin = code.mul(piece, kernel::chunkElements);
  // Where all pieces are as long as each other, their length is known.
  const bool isEven = schedule.length > 0 && (schedule.length <= kernel::chunkElements ||
                                              schedule.length % kernel::chunkElements == 0);
  chunk.length = isEven ? code.integer(std::min(schedule.length, kernel::chunkElements))
                        : code.select(exists, code.least(code.integer(kernel::chunkElements),
                                                         code.sub(length, chunk.begin)), zero);
  chunk.roundsPerRun = code.most(code.integer(1), code.ceilDiv(chunk.length, code.integer(lanes.width())));
  chunk.rounds = code.mul(chunk.runs, chunk.roundsPerRun);
  return chunk;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static llvm::SetVector<Value> tensorsOf(kernel::SweepOp sweep) {
  llvm::SetVector<Value> tensors;
  for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep)))
    tensors.insert(load.getTensor());
  return tensors;
}

Values RunsCode::startUniform(kernel::SweepOp sweep) {
  Values values;
  for (Value tensor : tensorsOf(sweep))
    if (!inner || !variesAlong(tensor, *inner)) {
      Type type = storageType(typeOf(tensor).getElementType());
      values.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
    }
  return values;
}

/// The elements of some tensors in the lane's part of a bank, tensor by tensor; 0 outside.
Values RunsCode::readBank(kernel::SweepOp sweep, ArrayRef<Value> tensors, const Round &round, unsigned bank, Value position,
                          Value isInside) {
  if (schedule.isHeld())
    return readHeldBank(sweep, tensors, round, bank, position, isInside);
  const int64_t key = round.number ? *round.number * lanes.banks + bank : -1;
  auto isHeld = [&](Value tensor) { return schedule.isResident && key >= 0 && isOfOneGroup(kernel, tensor); };
  Values all;
  llvm::DenseMap<Value, Values> fresh;
  SmallVector<Value> missing;
  SmallVector<Type> types;
  for (Value tensor : tensors)
    if (!isHeld(tensor) || !held.count({tensor.getAsOpaquePointer(), key})) {
      missing.push_back(tensor);
      types.append(lanes.vector, storageType(typeOf(tensor).getElementType()));
    }
  if (!missing.empty()) {
    const int number = sweepNumber(sweep);
    Values read = code.ifElse(
        isInside, types,
        [&] {
          Values values;
          at[*inner] = position;
          for (Value tensor : missing)
            llvm::append_range(values, loadElements(code, operandOf(tensor), positionOf(tensor), lanes.vector, number));
          return values;
        },
        [&] {
          Values values;
          for (Type type : types)
            values.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
          return values;
        });
    for (auto [index, tensor] : llvm::enumerate(missing)) {
      Values part = Values(ArrayRef<Value>(read).slice(index * lanes.vector, lanes.vector));
      if (isHeld(tensor))
        held[{tensor.getAsOpaquePointer(), key}] = part;
      fresh[tensor] = std::move(part);
    }
  }
  for (Value tensor : tensors)
    llvm::append_range(all, fresh.count(tensor) ? fresh.lookup(tensor) : held.at({tensor.getAsOpaquePointer(), key}));
  return all;
}

RunsCode::Round RunsCode::readRound(kernel::SweepOp sweep, const Chunk &chunk, Value number, bool mayExceed,
                                    const Scope &group, Values &uniform) {
  Round round;
  round.number = knownInteger(number);
  Value exists = mayExceed ? code.less(number, chunk.rounds) : code.boolean(true);
  Value turn = schedule.runs == 1 ? code.integer(0) : code.div(number, chunk.roundsPerRun);
  Value step = code.sub(number, code.mul(turn, chunk.roundsPerRun));
  round.run = code.add(chunk.firstRun, turn);
  if (schedule.isHeld())
    round.place = code.add(roundsBefore, number);
  place(round.run, outer);
  if (schedule.length < 0) {
    // Runs of 129 to 256 points have 256 accumulators.
    Value isMiddle = code.bitAnd(code.less(code.integer(128), length), code.less(length, 257));
    round.isUpper = code.bitAnd(isMiddle, code.equal(step, 1));
  }

  SmallVector<Value> along;
  Scope common(&group);
  unsigned place = 0;
  for (Value tensor : tensorsOf(sweep)) {
    if (inner && variesAlong(tensor, *inner)) {
      along.push_back(tensor);
      continue;
    }
    // Once a run, by the first lane.
    Value isNew = code.bitAnd(exists, code.bitAnd(code.equal(step, 0), code.equal(lane, 0)));
    Value &value = uniform[place++];
    const bool isHeld = schedule.isResident && round.number && isOfOneGroup(kernel, tensor);
    const std::pair<const void *, int64_t> key(tensor.getAsOpaquePointer(), isHeld ? ~*round.number : 0);
    if (isHeld && held.count(key)) {
      value = held.at(key)[0];
    } else {
      value = code.ifElse(
          isNew, value.getType(), [&] { return readUniform(sweep, tensor, round); },
          [&] { return Values{value}; })[0];
      if (lanes.lanes > 1)
        value = code.shuffleFrom(value, code.sub(code.bitAnd(code.threadIndex(), uint64_t(31)), lane), members);
      if (isHeld)
        held[key] = {value};
    }
    for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep)))
      if (load.getTensor() == tensor)
        bindLoad(load, value, common);
  }

  const bool isFull = schedule.length > 0 && (schedule.length <= kernel::chunkElements
                                                  ? schedule.length % lanes.width() == 0
                                                  : schedule.length % kernel::chunkElements % lanes.width() == 0);
  Value first = code.add(code.mul(step, int64_t(lanes.width())), code.toIndex(code.mul(lane, int64_t(lanes.vector))));
  std::map<int64_t, Values> recalledHere; // by slot
  for (unsigned bank = 0; bank < lanes.banks; ++bank) {
    Value local = code.add(first, int64_t(bank * lanes.lanes * lanes.vector));
    Value isInside = isFull ? exists
                     : schedule.runs == 1 ? code.less(local, chunk.length)
                                          : code.bitAnd(exists, code.less(local, chunk.length));
    Value position = code.add(chunk.begin, local);
    if (schedule.isHeld())
      for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
        recalledHere[recalled.getSlot()] = recall(*schedule.held.findKept(recalled.getSlot()), round, bank, isInside);
    Values elements = along.empty() ? Values() : readBank(sweep, along, round, bank, position, isInside);
    for (unsigned e = 0; e < lanes.vector; ++e) {
      Slot slot{Scope(&group), code.add(position, int64_t(e)), isInside};
      for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep))) {
        auto found = llvm::find(along, load.getTensor());
        if (found != along.end())
          bindLoad(load, elements[(found - along.begin()) * lanes.vector + e], slot.scope);
        else
          slot.scope.bind(load, common.lookup(load));
      }
      if (schedule.isHeld()) {
        for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
          slot.scope.bind(recalled, recalledHere[recalled.getSlot()][e]);
      } else if (round.number)
        for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
          if (auto found = kept.find({recalled.getSlot(), *round.number}); found != kept.end())
            slot.scope.bind(recalled, found->second[round.slots.size()]);
      round.slots.push_back(std::move(slot));
    }
  }
  if (inner)
    at[*inner] = Value();
  round.at = at;
  return round;
}

Value RunsCode::valueAt(Value value, Round &round, Slot &slot) {
  at = round.at;
  if (inner)
    at[*inner] = slot.position;
  return buildScalar(value, slot.scope);
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

void RunsCode::runEffects(kernel::SweepOp sweep, Round &round) {
  const int number = sweepNumber(sweep);
  for (Operation &op : sweep.getBody().front()) {
    if (auto keep = dyn_cast<kernel::KeepOp>(op)) {
      Values values;
      for (Slot &slot : round.slots)
        values.push_back(valueAt(keep.getValue(), round, slot));
      if (!schedule.isHeld()) {
        kept[{keep.getSlot(), *round.number}] = std::move(values);
        continue;
      }
      if (const HeldArea *area = schedule.held.findKept(keep.getSlot()))
        for (unsigned bank = 0; bank < lanes.banks; ++bank)
          this->keep(*area, round, bank, ArrayRef(values).slice(bank * lanes.vector, lanes.vector),
                     round.slots[bank * lanes.vector].isInside);
    } else if (auto rider = dyn_cast<kernel::AccumulateOp>(op)) {
      runRider(rider, round);
    } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
      Value tensor = resultOf(store);
      for (unsigned bank = 0; bank < lanes.banks; ++bank) {
        Values values;
        MutableArrayRef<Slot> slots = MutableArrayRef(round.slots).slice(bank * lanes.vector, lanes.vector);
        for (Slot &slot : slots)
          values.push_back(
              toStorage(code, valueAt(store.getValue(), round, slot), typeOf(tensor).getElementType()));
        code.ifThen(slots[0].isInside, [&] {
          at = round.at;
          if (inner)
            at[*inner] = slots[0].position;
          storeElements(code, operandOf(tensor), positionOf(tensor), values, number);
        });
      }
    }
  }
}

} // namespace normc::ptx
