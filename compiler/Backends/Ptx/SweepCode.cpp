//===- SweepCode.cpp - functions of kernels with sweeps ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/SweepCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc::ptx {

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

void SweepCode::runSegment(unsigned number, Scope &scope) {
  ArrayRef<Operation *> ops = segments[number];
  llvm::SmallPtrSet<Operation *, 16> here(ops.begin(), ops.end());
  SmallVector<Value> roots;
  for (Operation *op : ops)
    if (isa<kernel::StoreOp>(op))
      roots.push_back(op->getOperand(0));
  llvm::append_range(roots, segments.handedOn(number));
  for (Operation *op : neededFor(kernel.getBody().front(), roots)) {
    if (!here.contains(op))
      continue;
    if (auto load = dyn_cast<kernel::LoadOp>(op))
      bindLoad(load, loadElements(code, operandOf(load.getTensor()), positionOf(load.getTensor()), 1, outsideSweeps())[0], scope);
    else
      buildScalar(op->getResult(0), scope);
  }
  for (Operation *op : ops)
    if (auto store = dyn_cast<kernel::StoreOp>(op)) {
      Value tensor = resultOf(store);
      Value value = toStorage(code, buildScalar(store.getValue(), scope), typeOf(tensor).getElementType());
      storeElements(code, operandOf(tensor), positionOf(tensor), value, outsideSweeps());
    }
}

void SweepCode::runSegmentOnce(unsigned number, Scope &scope, Value isLeader,
                               llvm::function_ref<Values(ValueRange)> broadcast) {
  ArrayRef<Value> handed = segments.handedOn(number);
  if (handed.empty() && !segments.hasStores(number))
    return;
  SmallVector<Type> types;
  for (Value value : handed)
    types.push_back(deviceType(value.getType()));
  Values made = code.ifElse(
      isLeader, types,
      [&] {
        Scope own(&scope);
        runSegment(number, own);
        Values values;
        for (Value value : handed)
          values.push_back(own.lookup(value));
        return values;
      },
      [&] {
        Values values;
        for (Type type : types)
          values.push_back(isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
        return values;
      });
  for (auto [value, built] : llvm::zip(handed, broadcast(made)))
    scope.bind(value, built);
}

Value SweepCode::isAlignedAlong(unsigned axis, unsigned vector) {
  llvm::SetVector<Value> tensors;
  for (kernel::SweepOp sweep : segments.sweeps())
    for (Operation &op : sweep.getBody().front())
      if (auto load = dyn_cast<kernel::LoadOp>(op))
        tensors.insert(load.getTensor());
      else if (auto store = dyn_cast<kernel::StoreOp>(op))
        tensors.insert(resultOf(store));
  Value together = code.integer(0, code.getI64Type());
  for (Value tensor : tensors) {
    if (!variesAlong(tensor, axis))
      continue;
    const int64_t bytes = std::min(widestAccess, storageBytes(typeOf(tensor).getElementType()) * int64_t(vector));
    Value address = code.create<LLVM::PtrToIntOp>(code.getI64Type(), operandOf(tensor).pointer);
    together = code.bitOr(together, code.bitAnd(address, uint64_t(bytes - 1)));
  }
  return code.equal(together, 0);
}

//===----------------------------------------------------------------------===//
// Teams
//===----------------------------------------------------------------------===//

// For h = 1, 2, 4 .. the teams whose number is 2 h k merge what team 2 h k + h has come to.
Values SweepCode::mergeTeams(const Monoids &monoids, ValueRange parts, Value team, Value lane, unsigned teams,
                             unsigned lanes) {
  if (teams == 1 || monoids.empty())
    return Values(parts);
  // parts[giver][part][lane]
  Type f64 = code.getF64Type();
  const int64_t offset = shared.reuse(int64_t(teams / 2) * monoids.size() * lanes * 8);
  SmallVector<Type> types(monoids.size(), f64);
  // What is shared here may still be read for something else.
  code.barrier();
  return code.loop(
      code.integer(0), code.integer(llvm::Log2_32(teams)), code.integer(1), parts, [&](Value level, ValueRange values) {
        Value half = code.shl(code.integer(1), level), pair = code.shr(team, code.add(level, 1));
        Value inPair = code.bitAnd(team, code.sub(code.shl(half, 1u), 1));
        auto at = [&](unsigned part) {
          Value row = code.add(code.mul(pair, int64_t(monoids.size())), int64_t(part));
          return code.add(code.mul(row, int64_t(lanes)), lane);
        };
        code.ifThen(code.compare(arith::CmpIPredicate::eq, inPair, half), [&] {
          for (auto [part, value] : llvm::enumerate(values))
            shared.store(code, offset, at(part), value);
        });
        code.barrier();
        Values merged = code.ifElse(
            code.equal(inPair, 0), types,
            [&] {
              Values other;
              for (unsigned part = 0; part < monoids.size(); ++part)
                other.push_back(shared.load(code, offset, at(part), f64));
              return monoids.merge(code, values, other);
            },
            [&] { return Values(values); });
        code.barrier();
        return merged;
      });
}

//===----------------------------------------------------------------------===//
// What launches leave for each other
//===----------------------------------------------------------------------===//

/// parts[block][part][group]
void SweepCode::storeParts(const Monoids &monoids, ValueRange parts, Value block, Value group, int sweep) {
  Value groups = wide(groupCount());
  Value row = code.mul(wide(block), int64_t(monoids.size()));
  for (auto [index, part] : llvm::enumerate(parts)) {
    Value position = code.add(code.mul(code.add(row, int64_t(index)), groups), wide(group));
    storeElements(code, buffer(schedule.partsBuffer), position, part, sweep);
  }
}

Values SweepCode::loadParts(const Monoids &monoids, Value block, Value group, int sweep) {
  Value groups = wide(groupCount());
  Value row = code.mul(wide(block), int64_t(monoids.size()));
  Values parts;
  for (unsigned index = 0; index < monoids.size(); ++index) {
    Value position = code.add(code.mul(code.add(row, int64_t(index)), groups), wide(group));
    parts.push_back(loadElements(code, buffer(schedule.partsBuffer), position, 1, sweep)[0]);
  }
  return parts;
}

Values SweepCode::mergeInOrder(const Monoids &monoids, Value count, llvm::function_ref<Values(Value)> load) {
  MergeTree tree(code, function.getBody().front(), monoids);
  code.loop(code.integer(0), count, code.integer(1), {}, [&](Value number, ValueRange) {
    tree.push(number, load(number));
    return Values();
  });
  return tree.total(count);
}

/// values[place][group]: each as 64 bits, whatever its type.
void SweepCode::storeHandedOn(unsigned segment, const Scope &scope, Value group) {
  Value groups = wide(groupCount());
  for (Value value : segments.handedOn(segment)) {
    Value position = code.add(code.mul(groups, int64_t(schedule.handedPlace.lookup(value))), wide(group));
    storeElements(code, buffer(schedule.valuesBuffer), position, code.toBits(scope.lookup(value)), outsideSweeps());
  }
}

void SweepCode::loadHandedOn(ArrayRef<Operation *> readers, Scope &scope, Value group) {
  llvm::SetVector<Value> read;
  for (Operation *reader : readers)
    reader->walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        // What the readers make themselves nobody has handed on.
        if (schedule.handedPlace.contains(operand) && !scope.lookup(operand) &&
            !llvm::is_contained(readers, operand.getDefiningOp()))
          read.insert(operand);
    });
  Value groups = wide(groupCount());
  for (Value value : read) {
    Value position = code.add(code.mul(groups, int64_t(schedule.handedPlace.lookup(value))), wide(group));
    Value bits = loadElements(code, buffer(schedule.valuesBuffer), position, 1, outsideSweeps())[0];
    scope.bind(value, code.fromBits(bits, deviceType(value.getType())));
  }
}

} // namespace normc::ptx
