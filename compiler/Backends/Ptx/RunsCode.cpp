//===- RunsCode.cpp - groups whose points are runs -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The frame of a function, and its groups. The points are in RunsPoints.cpp, the sums in
// RunsSums.cpp, what threads that share a group tell each other in RunsCrews.cpp.
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
  if (schedule.isHeld()) {
    // Sets of blocks take a group each.
    blocksOfSet = scalar(blocksPerGroup);
    set = code.div(code.blockIndex(), blocksOfSet);
    blockOfSet = code.sub(code.blockIndex(), code.mul(set, blocksOfSet));
    code.loop(set, groupCount(), code.div(code.gridSize(), blocksOfSet), {}, [&](Value group, ValueRange) {
      place(group, parallel);
      emitGroup(group);
      return Values();
    });
    return;
  }
  Value first = code.add(code.mul(code.blockIndex(), crews), crew);
  code.loop(first, groupCount(), code.mul(code.gridSize(), crews), {}, [&](Value group, ValueRange) {
    place(group, parallel);
    emitGroup(group);
    return Values();
  });
}

void RunsCode::emitGroup(Value number) {
  auto give = [&](ValueRange values) { return broadcast(values); };
  Scope group;
  currentGroup = number;
  partsTaken = valuesTaken = 0;
  held.clear();
  kept.clear();
  Value range = team;
  if (blockOfSet)
    range = code.add(code.mul(blockOfSet, int64_t(schedule.teams)), team);
  for (auto [number, sweep] : llvm::enumerate(segments.sweeps())) {
    runSegmentOnce(number, group, isSetLeader(), give);
    const Monoids monoids(sweep);
    Values parts = sumRange(sweep, monoids, group, range);
    monoids.results(gatherSet(monoids, gather(monoids, parts)), [&](Value result, Value value) { group.bind(result, value); });
  }
  runSegmentOnce(segments.size() - 1, group, isSetLeader(), give);
  // The next group writes where this one may still be read; no block of a cluster ends before that.
  if (schedule.sharing == Sharing::cluster)
    code.clusterBarrier();
  else if (isBlockCrew())
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
        code.ifThen(isLeader(), [&] { storeParts(monoids, total, block, group, number); });
        code.barrier();
      }
      return Values();
    });
  });
}

} // namespace normc::ptx
