//===- RunsCode.cpp - groups whose points are runs -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The frame of a function, its groups and crews. The points are in RunsPoints.cpp, the sums
// in RunsSums.cpp.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace normc::ptx {

//===----------------------------------------------------------------------===//
// The frame
//===----------------------------------------------------------------------===//

/// Whether the operands that vary along the runs begin where accesses of a lane's vector are aligned.
Value RunsCode::isAligned() {
  llvm::SetVector<Value> tensors;
  kernel.walk([&](kernel::LoadOp load) { tensors.insert(load.getTensor()); });
  tensors.insert(kernel.getTensors().begin(), kernel.getTensors().end());
  Value together;
  for (Value tensor : tensors) {
    if (!inner || !variesAlong(tensor, *inner))
      continue;
    const int64_t bytes = std::min(widestAccess, storageBytes(typeOf(tensor).getElementType()) * int64_t(lanes.vector));
    Value address = code.create<LLVM::PtrToIntOp>(code.getI64Type(), operandOf(tensor).pointer);
    Value off = code.bitAnd(address, uint64_t(bytes - 1));
    together = together ? code.bitOr(together, off) : off;
  }
  return together ? code.equal(together, 0) : code.boolean(true);
}

void RunsCode::emitFrame(llvm::function_ref<void()> body) {
  if (!reduced.empty()) {
    inner = reduced.back();
    outer.assign(reduced.begin(), reduced.end() - 1);
  }
  auto withLanes = [&](const Lanes &chosen) {
    lanes = chosen;
    held.clear();
    kept.clear();
    // Threads are lanes of teams of crews.
    Value thread = code.threadIndex();
    lane = code.rem(thread, int64_t(lanes.lanes));
    Value number = code.toIndex(code.div(thread, int64_t(lanes.lanes)));
    const int64_t teams = threads / lanes.lanes;
    if (isBlockCrew()) {
      team = number;
      crew = code.integer(0);
      crews = code.integer(1);
    } else {
      team = code.integer(0);
      crew = number;
      crews = code.integer(teams);
    }
    members = code.integer(-1, code.getI32Type());
    if (lanes.lanes < 32) {
      Value first = code.bitAnd(thread, uint64_t(31 & ~(lanes.lanes - 1)));
      members = code.shl(code.integer((int64_t(1) << lanes.lanes) - 1, code.getI32Type()), first);
    }
    findOrder();
    body();
  };
  if (schedule.vectorLanes.vector == 1) {
    withLanes(schedule.lanes);
    return;
  }
  lanes = schedule.vectorLanes;
  code.ifElse(
      isAligned(), {},
      [&] {
        withLanes(schedule.vectorLanes);
        return Values();
      },
      [&] {
        withLanes(schedule.lanes);
        return Values();
      });
}

void RunsCode::emitWhole() {
  emitFrame([&] {
    if (schedule.hasRiders)
      emitRows();
    else
      emitGroups();
  });
}

void RunsCode::emitGroups() {
  Value first = code.add(code.mul(code.blockIndex(), crews), crew);
  code.loop(first, groupCount(), code.mul(code.gridSize(), crews), {}, [&](Value group, ValueRange) {
    place(group, parallel);
    emitGroup();
    return Values();
  });
}

void RunsCode::emitGroup() {
  Value isLeader = code.equal(code.bitOr(code.resize(team, code.getI32Type()), lane), 0);
  auto give = [&](ValueRange values) { return broadcast(values); };
  Scope group;
  held.clear();
  kept.clear();
  for (auto [number, sweep] : llvm::enumerate(segments.sweeps())) {
    runSegmentOnce(number, group, isLeader, give);
    const Monoids monoids(sweep);
    Values parts = sumRange(sweep, monoids, group, team);
    monoids.results(gather(monoids, parts), [&](Value result, Value value) { group.bind(result, value); });
  }
  runSegmentOnce(segments.size() - 1, group, isLeader, give);
  // The next group writes where this one may still be read.
  if (isBlockCrew())
    code.barrier();
}

void RunsCode::emitStage(unsigned number) {
  emitFrame([&] {
    kernel::SweepOp sweep = segments.sweeps()[number];
    Value blocks = scalar(blocksPerGroup);
    code.loop(code.blockIndex(), code.mul(groupCount(), blocks), code.gridSize(), {}, [&](Value item, ValueRange) {
      Value group = code.div(item, blocks), block = code.sub(item, code.mul(group, blocks));
      place(group, parallel);
      Scope scope;
      loadHandedOn(sweep.getOperation(), scope, group);
      const Monoids monoids(sweep);
      Value first = code.add(code.mul(block, int64_t(schedule.teams)), team);
      Values parts = sumRange(sweep, monoids, scope, first);
      if (!monoids.empty()) {
        Values total = gather(monoids, parts);
        Value isLeader = code.equal(code.bitOr(code.resize(team, code.getI32Type()), lane), 0);
        code.ifThen(isLeader, [&] { storeParts(monoids, total, block, group, number); });
        code.barrier();
      }
      return Values();
    });
  });
}

//===----------------------------------------------------------------------===//
// Crews
//===----------------------------------------------------------------------===//

/// Teams leave their parts in shared memory; the first thread merges them in order.
Values RunsCode::gather(const Monoids &monoids, Values parts) {
  if (!isBlockCrew() || monoids.empty())
    return parts;
  const int64_t partsOffset = shared.take(schedule.teams * monoids.size() * 8);
  Type f64 = code.getF64Type();
  Value isFirstLane = code.equal(lane, 0);
  code.ifThen(isFirstLane, [&] {
    for (auto [index, part] : llvm::enumerate(parts))
      shared.store(code, partsOffset, code.add(code.mul(team, int64_t(monoids.size())), int64_t(index)), part);
  });
  code.barrier();
  SmallVector<Type> types(monoids.size(), f64);
  Value isLeader = code.equal(code.bitOr(code.resize(team, code.getI32Type()), lane), 0);
  return code.ifElse(
      isLeader, types,
      [&] {
        SmallVector<Values> all;
        for (unsigned t = 0; t < schedule.teams; ++t) {
          Values one;
          for (unsigned index = 0; index < monoids.size(); ++index)
            one.push_back(shared.load(code, partsOffset, code.integer(t * monoids.size() + index), f64));
          all.push_back(std::move(one));
        }
        return mergeAll(code, monoids, std::move(all));
      },
      [&] { return Values(parts); });
}

Values RunsCode::broadcast(ValueRange values) {
  Values given;
  if (!isBlockCrew()) {
    Value leader = code.sub(code.bitAnd(code.threadIndex(), uint64_t(31)), lane);
    for (Value value : values)
      given.push_back(lanes.lanes == 1 ? value : code.shuffleFrom(value, leader, members));
    return given;
  }
  if (values.empty())
    return given;
  // Each value has a place of its own, so that what an earlier segment handed on is not overwritten while it is read.
  SmallVector<int64_t> offsets;
  for (size_t i = 0; i < values.size(); ++i)
    offsets.push_back(shared.take(8));
  Value isLeader = code.equal(code.bitOr(code.resize(team, code.getI32Type()), lane), 0);
  code.ifThen(isLeader, [&] {
    for (auto [value, offset] : llvm::zip(values, offsets))
      shared.store(code, offset, code.integer(0), value.getType().isInteger(1) ? code.resize(value, code.getI8Type()) : value);
  });
  code.barrier();
  for (auto [value, offset] : llvm::zip(values, offsets)) {
    Type type = value.getType();
    Value loaded = shared.load(code, offset, code.integer(0), type.isInteger(1) ? Type(code.getI8Type()) : type);
    given.push_back(type.isInteger(1) ? code.resize(loaded, type) : loaded);
  }
  return given;
}

} // namespace normc::ptx
