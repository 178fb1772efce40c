//===- GroupCode.cpp - between the launches of sweeps --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/GroupCode.h"
#include "compiler/Backends/Ptx/RowOrder.h"

using namespace mlir;

namespace normc::ptx {

/// Entries that a thread loads before it merges them.
static constexpr unsigned entriesAtOnce = 4;

void GroupCode::forMerged(Value groups, llvm::function_ref<void(Value)> body) {
  Value thread = code.toIndex(code.threadIndex());
  merger = code.div(thread, mergedGroups);
  placeInBlock = code.rem(thread, mergedGroups);
  Value first = code.mul(code.blockIndex(), mergedGroups);
  code.loop(first, groups, code.mul(code.gridSize(), mergedGroups), {}, [&](Value base, ValueRange) {
    Value group = code.add(base, placeInBlock);
    isGroup = code.less(group, groups);
    body(group);
    return Values();
  });
}

// Each merger has 2^j adjacent entries, the least j with which they suffice; then mergers merge.
Values GroupCode::mergeLoaded(const Monoids &monoids, Value count, llvm::function_ref<Values(Value)> load) {
  const int64_t mergers = threads / mergedGroups;
  Value shift = code.loopWhile(
      Values{code.integer(0)},
      [&](ValueRange values) { return code.less(code.shl(code.integer(mergers), values[0]), count); },
      [&](ValueRange values) { return Values{code.add(values[0], 1)}; })[0];
  Value first = code.shl(merger, shift), left = code.select(code.less(first, count), code.sub(count, first), code.integer(0));
  Value own = code.select(isGroup, code.least(left, code.shl(code.integer(1), shift)), code.integer(0));
  SmallVector<Type> types(monoids.size(), code.getF64Type());
  MergeTree tree(code, function.getBody().front(), monoids);
  code.loop(code.integer(0), own, code.integer(entriesAtOnce), {}, [&](Value number, ValueRange) {
    auto entry = [&](unsigned e) { return load(code.add(first, code.add(number, int64_t(e)))); };
    SmallVector<Type> allTypes;
    for (unsigned e = 0; e < entriesAtOnce; ++e)
      llvm::append_range(allTypes, types);
    Values loaded = code.ifElse(
        code.less(code.add(number, int64_t(entriesAtOnce - 1)), own), allTypes,
        [&] {
          Values all;
          for (unsigned e = 0; e < entriesAtOnce; ++e)
            llvm::append_range(all, entry(e));
          return all;
        },
        [&] {
          Values all;
          for (unsigned e = 0; e < entriesAtOnce; ++e)
            llvm::append_range(all, code.ifElse(
                                        code.less(code.add(number, int64_t(e)), own), types, [&] { return entry(e); },
                                        [&] { return monoids.identity(code); }));
          return all;
        });
    SmallVector<Values> entries;
    for (unsigned e = 0; e < entriesAtOnce; ++e)
      entries.push_back(Values(ArrayRef(loaded).slice(e * monoids.size(), monoids.size())));
    tree.push(code.div(number, int64_t(entriesAtOnce)), mergeAll(code, monoids, std::move(entries)));
    return Values();
  });
  Values total = tree.total(code.ceilDiv(own, code.integer(entriesAtOnce)));
  return mergeTeams(monoids, total, merger, placeInBlock, mergers, mergedGroups);
}

void GroupCode::emitWhole() {}

void GroupCode::runGroup(unsigned number, Value group, Scope &scope) {
  // What earlier segments have handed on.
  loadHandedOn(SmallVector<Operation *>(segments[number]), scope, group);
  runSegment(number, scope);
  storeHandedOn(number, scope, group);
}

void GroupCode::emitStage(unsigned number) {
  if (number > 0 && !Monoids(segments.sweeps()[number - 1]).empty()) {
    const Monoids monoids(segments.sweeps()[number - 1]);
    forMerged(groupCount(), [&](Value group) {
      Values total = mergeLoaded(monoids, scalar(blocksPerGroup),
                                 [&](Value block) { return loadParts(monoids, block, group, int(number) - 1); });
      code.ifThen(code.bitAnd(isGroup, code.equal(merger, 0)), [&] {
        place(group, parallel);
        Scope scope;
        monoids.results(total, [&](Value result, Value value) { scope.bind(result, value); });
        runGroup(number, group, scope);
      });
    });
    return;
  }
  Value first = code.add(code.mul(code.blockIndex(), threads), code.toIndex(code.threadIndex()));
  code.loop(first, groupCount(), code.mul(code.gridSize(), threads), {}, [&](Value group, ValueRange) {
    place(group, parallel);
    Scope scope;
    runGroup(number, group, scope);
    return Values();
  });
}

void GroupCode::emitRiders() {
  Value columns = productOf(reduced), rowLanes = rowsOfLanes(code, columns);
  Value chunks = code.ceilDiv(groupCount(), code.mul(rowLanes, kernel::chunkRuns));
  const Monoids sum = Monoids::ofSum();
  forMerged(columns, [&](Value column) {
    unsigned number = 0;
    kernel.walk([&](kernel::AccumulateOp rider) {
      const Operand &sums = buffer(schedule.ridersBuffer + number++);
      Values total = mergeLoaded(sum, chunks, [&](Value chunk) {
        Value row = code.mul(code.mul(wide(chunk), wide(rowLanes)), wide(columns));
        return Values{code.toF64(loadElements(code, sums, code.add(row, wide(column)), 1, outsideSweeps())[0])};
      });
      code.ifThen(code.bitAnd(isGroup, code.equal(merger, 0)), [&] {
        Value tensor = kernel.getResult(rider.getResult());
        Type element = typeOf(tensor).getElementType();
        Value result = total[0];
        if (element.isF32())
          result = code.create<arith::TruncFOp>(element, result);
        else if (!element.isF64())
          result = narrow(code, result, element);
        storeElements(code, operandOf(tensor), column, result, outsideSweeps());
      });
    });
  });
}

void PointsCode::emit() {
  SmallVector<unsigned> axes = llvm::to_vector(llvm::seq<unsigned>(0, joined.size()));
  Value first = code.add(code.mul(code.blockIndex(), threads), code.toIndex(code.threadIndex()));
  code.loop(first, productOf(axes), code.mul(code.gridSize(), threads), {}, [&](Value point, ValueRange) {
    place(point, axes);
    Scope scope;
    for (Operation &op : kernel.getBody().front())
      if (auto load = dyn_cast<kernel::LoadOp>(op))
        bindLoad(load, loadElements(code, operandOf(load.getTensor()), positionOf(load.getTensor()), 1, outsideSweeps())[0], scope);
    for (auto store : kernel.getBody().front().getOps<kernel::StoreOp>()) {
      Value tensor = resultOf(store);
      Value value = toStorage(code, buildScalar(store.getValue(), scope), typeOf(tensor).getElementType());
      storeElements(code, operandOf(tensor), positionOf(tensor), value, outsideSweeps());
    }
    return Values();
  });
}

} // namespace normc::ptx
