//===- RunsHeld.cpp - points of runs, held in shared memory --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dynamic shared memory has a part for each round of the teams: the areas of what varies
// along runs, held[area][bank][thread][element], then of what does not, held[area][team].
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"

using namespace mlir;

namespace normc::ptx {

Operand RunsCode::heldAt(const HeldArea &area, const Round &round) {
  const int64_t offset = area.before * int64_t(lanes.slots()) * threads;
  Value place = code.add(code.mul(round.place, schedule.roundBytes()), offset);
  return {heldMemory(code, place), area.element, ""};
}

Operand RunsCode::heldOfRun(const HeldArea &area, const Round &round) {
  const int64_t points = schedule.held.bytesOfPoint() * int64_t(lanes.slots()) * threads;
  Value place = code.add(code.mul(round.place, schedule.roundBytes()), points + area.before * int64_t(schedule.teams));
  return {heldMemory(code, place), area.element, ""};
}

Value RunsCode::heldPosition(unsigned bank) {
  return code.mul(code.add(code.toIndex(code.threadIndex()), int64_t(bank) * threads), int64_t(lanes.vector));
}

/// The first sweep that reads a tensor puts it where later ones find it.
Values RunsCode::readHeldBank(kernel::SweepOp sweep, ArrayRef<Value> tensors, const Round &round, unsigned bank,
                              Value position, Value isInside) {
  const int number = sweepNumber(sweep);
  SmallVector<Type> types;
  for (Value tensor : tensors)
    types.append(lanes.vector, storageType(typeOf(tensor).getElementType()));
  return code.ifElse(
      isInside, types,
      [&] {
        Values all;
        at[*inner] = position;
        for (Value tensor : tensors) {
          const HeldArea *area = schedule.held.find(tensor);
          if (area && int(area->first) < number) {
            llvm::append_range(all, loadElements(code, heldAt(*area, round), heldPosition(bank), lanes.vector, number));
            continue;
          }
          Values values = loadElements(code, operandOf(tensor), positionOf(tensor), lanes.vector, number);
          if (area)
            storeElements(code, heldAt(*area, round), heldPosition(bank), values, number);
          llvm::append_range(all, values);
        }
        return all;
      },
      [&] {
        Values none;
        for (Type type : types)
          none.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
        return none;
      });
}

Values RunsCode::readUniform(kernel::SweepOp sweep, Value tensor, const Round &round) {
  const int number = sweepNumber(sweep);
  const HeldArea *area = schedule.isHeld() ? schedule.held.find(tensor) : nullptr;
  if (area && int(area->first) < number)
    return loadElements(code, heldOfRun(*area, round), team, 1, number);
  Values value = loadElements(code, operandOf(tensor), positionOf(tensor), 1, number);
  if (area)
    storeElements(code, heldOfRun(*area, round), team, value, number);
  return value;
}

Values RunsCode::recall(const HeldArea &area, const Round &round, unsigned bank, Value isInside) {
  SmallVector<Type> types(lanes.vector, storageType(area.element));
  Values values = code.ifElse(
      isInside, types, [&] { return loadElements(code, heldAt(area, round), heldPosition(bank), lanes.vector, 0); },
      [&] {
        return Values(lanes.vector, isa<FloatType>(types[0]) ? code.real(0.0, types[0]) : code.integer(0, types[0]));
      });
  if (area.element.isInteger(1))
    for (Value &value : values)
      value = code.resize(value, area.element);
  return values;
}

void RunsCode::keep(const HeldArea &area, const Round &round, unsigned bank, ValueRange values, Value isInside) {
  Values stored(values);
  if (area.element.isInteger(1))
    for (Value &value : stored)
      value = code.resize(value, storageType(area.element));
  code.ifThen(isInside, [&] { storeElements(code, heldAt(area, round), heldPosition(bank), stored, 0); });
}

} // namespace normc::ptx
