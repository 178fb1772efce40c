//===- ColumnsPoints.cpp - the points of columns -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/ColumnsCode.h"

using namespace mlir;

namespace normc::ptx {

void ColumnsCode::goTo(const Row &row, unsigned bank) {
  place(row.positions[bank], reduced);
  at[parallel.back()] = banks[bank].column;
}

Value ColumnsCode::isWhole(const Chunk &chunk, ArrayRef<Row> rows, unsigned bank) {
  Value isInside = code.bitAnd(banks[bank].isValid, code.less(rows.back().positions[bank], chunk.limit));
  return isAligned ? code.bitAnd(isAligned, isInside) : isInside;
}

/// The elements of a bank, by one access or one by one.
Values ColumnsCode::loadAt(Value tensor, const Row &row, unsigned bank, bool isVector, int number) {
  goTo(row, bank);
  const unsigned count = elementsOf(tensor);
  if (isVector)
    return loadElements(code, operandOf(tensor), positionOf(tensor), count, number);
  Values values;
  for (unsigned e = 0; e < count; ++e) {
    at[parallel.back()] = code.add(banks[bank].column, int64_t(e));
    llvm::append_range(values, loadElements(code, operandOf(tensor), positionOf(tensor), 1, number));
  }
  return values;
}

SmallVector<ColumnsCode::Row> ColumnsCode::readRows(kernel::SweepOp sweep, const Chunk &chunk, Value step,
                                                    unsigned count, bool areInside, const Scopes &groups) {
  SmallVector<Row> rows;
  for (unsigned r = 0; r < count; ++r) {
    Row row{std::nullopt, {}, {}, areInside, {}};
    Value turn = code.add(step, int64_t(r));
    row.step = knownInteger(turn);
    Value first = code.add(chunk.begin, code.mul(turn, rowLanes));
    for (const Bank &bank : banks) {
      Value position = code.add(first, bank.accumulator);
      row.positions.push_back(position);
      row.isInside.push_back(areInside ? bank.isValid : code.bitAnd(bank.isValid, code.less(position, chunk.limit)));
    }
    for (const Scope &group : groups)
      row.scopes.emplace_back(&group);
    rows.push_back(std::move(row));
  }

  const SmallVector<kernel::LoadOp> loads = loadsFor(sweep, rootsOf(sweep));
  llvm::SetVector<Value> tensors;
  for (kernel::LoadOp load : loads)
    tensors.insert(load.getTensor());
  // What an earlier sweep of a resident kernel has read is here already.
  auto keyOf = [](Value tensor, const Row &row) { return std::pair(tensor.getAsOpaquePointer(), *row.step); };
  llvm::SetVector<Value> missing;
  for (Value tensor : tensors)
    if (!schedule.isResident || !held.count(keyOf(tensor, rows.front())))
      missing.insert(tensor);

  // elements[bank][row][tensor][e]
  const int number = sweepNumber(sweep);
  SmallVector<Type> types, allTypes;
  for (Value tensor : missing)
    types.append(elementsOf(tensor), storageType(typeOf(tensor).getElementType()));
  for (size_t r = 0; r < rows.size(); ++r)
    llvm::append_range(allTypes, types);
  auto readRow = [&](const Row &row, unsigned bank, bool isVector) {
    Values values;
    for (Value tensor : missing)
      llvm::append_range(values, loadAt(tensor, row, bank, isVector, number));
    return values;
  };
  auto nothing = [](Code &code, ArrayRef<Type> types) {
    Values zeros;
    for (Type type : types)
      zeros.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
    return zeros;
  };
  SmallVector<Values> elements;
  for (unsigned bank = 0; bank < lanes.banks; ++bank)
    elements.push_back(code.ifElse(
        areInside ? banks[bank].isValid : isWhole(chunk, rows, bank), allTypes,
        [&] {
          Values values;
          for (const Row &row : rows)
            llvm::append_range(values, readRow(row, bank, /*isVector=*/true));
          return values;
        },
        [&] {
          if (areInside)
            return nothing(code, allTypes);
          Values values;
          for (const Row &row : rows)
            llvm::append_range(values, code.ifElse(
                                           row.isInside[bank], types,
                                           [&] { return readRow(row, bank, /*isVector=*/false); },
                                           [&] { return nothing(code, types); }));
          return values;
        }));

  for (auto [r, row] : llvm::enumerate(rows)) {
    llvm::DenseMap<Value, Values> ofRow; // bank by bank
    for (unsigned bank = 0; bank < lanes.banks; ++bank) {
      const Value *next = elements[bank].begin() + r * types.size();
      for (Value tensor : missing) {
        const unsigned each = elementsOf(tensor);
        ofRow[tensor].append(next, next + each);
        next += each;
      }
    }
    for (Value tensor : tensors) {
      if (schedule.isResident && missing.contains(tensor))
        held[keyOf(tensor, row)] = ofRow[tensor];
      else if (schedule.isResident)
        ofRow[tensor] = held.at(keyOf(tensor, row));
    }
    for (kernel::LoadOp load : loads) {
      const unsigned each = elementsOf(load.getTensor());
      for (unsigned slot = 0; slot < slots(); ++slot)
        bindLoad(load, ofRow[load.getTensor()][slot / lanes.vector * each + slot % lanes.vector % each],
                 row.scopes[slot]);
    }
    for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
      if (row.step)
        if (auto found = kept.find({recalled.getSlot(), *row.step}); found != kept.end())
          for (unsigned slot = 0; slot < slots(); ++slot)
            row.scopes[slot].bind(recalled, found->second[slot]);
  }
  return rows;
}

Value ColumnsCode::valueAt(Value value, Row &row, unsigned slot) {
  place(row.positions[slot / lanes.vector], reduced);
  at[parallel.back()] = columnOf(slot);
  return buildScalar(value, row.scopes[slot]);
}

void ColumnsCode::runEffects(kernel::SweepOp sweep, const Chunk &chunk, MutableArrayRef<Row> rows, bool areInside) {
  const int number = sweepNumber(sweep);
  for (Operation &op : sweep.getBody().front()) {
    if (auto keep = dyn_cast<kernel::KeepOp>(op)) {
      for (Row &row : rows) {
        Values &values = kept[{keep.getSlot(), *row.step}];
        values.clear();
        for (unsigned slot = 0; slot < slots(); ++slot)
          values.push_back(valueAt(keep.getValue(), row, slot));
      }
      continue;
    }
    auto store = dyn_cast<kernel::StoreOp>(op);
    if (!store)
      continue;
    Value tensor = resultOf(store);
    const Operand &operand = operandOf(tensor);
    SmallVector<Values> values; // by row
    for (Row &row : rows) {
      Values &own = values.emplace_back();
      for (unsigned slot = 0; slot < slots(); ++slot)
        own.push_back(toStorage(code, valueAt(store.getValue(), row, slot), typeOf(tensor).getElementType()));
    }
    auto storeBank = [&](unsigned r, unsigned bank, bool isVector) {
      goTo(rows[r], bank);
      ArrayRef<Value> part = ArrayRef(values[r]).slice(bank * lanes.vector, lanes.vector);
      if (isVector)
        return storeElements(code, operand, positionOf(tensor), part, number);
      for (unsigned e = 0; e < lanes.vector; ++e) {
        at[parallel.back()] = code.add(banks[bank].column, int64_t(e));
        storeElements(code, operand, positionOf(tensor), part[e], number);
      }
    };
    for (unsigned bank = 0; bank < lanes.banks; ++bank)
      code.ifElse(
          areInside ? banks[bank].isValid : isWhole(chunk, rows, bank), {},
          [&] {
            for (unsigned r = 0; r < rows.size(); ++r)
              storeBank(r, bank, /*isVector=*/true);
            return Values();
          },
          [&] {
            for (unsigned r = 0; r < rows.size() && !areInside; ++r)
              code.ifThen(rows[r].isInside[bank], [&] { storeBank(r, bank, /*isVector=*/false); });
            return Values();
          });
  }
}

} // namespace normc::ptx
