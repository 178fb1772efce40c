//===- GroupCode.cpp - a thread for each group ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/GroupCode.h"
#include "compiler/Backends/Ptx/RowOrder.h"

using namespace mlir;

namespace normc::ptx {

Values GroupCode::mergeLoaded(const Monoids &monoids, Value count, llvm::function_ref<Values(Value)> load) {
  MergeTree tree(code, function.getBody().front(), monoids);
  code.loop(code.integer(0), count, code.integer(1), {}, [&](Value number, ValueRange) {
    tree.push(number, load(number));
    return Values();
  });
  return tree.total(count);
}

void GroupCode::emitWhole() {}

void GroupCode::emitStage(unsigned number) {
  Value first = code.add(code.mul(code.blockIndex(), threads), code.toIndex(code.threadIndex()));
  code.loop(first, groupCount(), code.mul(code.gridSize(), threads), {}, [&](Value group, ValueRange) {
    place(group, parallel);
    Scope scope;
    if (number > 0) {
      const Monoids monoids(segments.sweeps()[number - 1]);
      if (!monoids.empty()) {
        Values total = mergeLoaded(monoids, scalar(blocksPerGroup), [&](Value block) {
          return loadParts(monoids, block, group, int(number) - 1);
        });
        monoids.results(total, [&](Value result, Value value) { scope.bind(result, value); });
      }
    }
    // What earlier segments have handed on.
    loadHandedOn(SmallVector<Operation *>(segments[number]), scope, group);
    runSegment(number, scope);
    storeHandedOn(number, scope, group);
    return Values();
  });
}

void GroupCode::emitRiders() {
  Value columns = productOf(reduced), rowLanes = rowsOfLanes(code, columns);
  Value chunks = code.ceilDiv(groupCount(), code.mul(rowLanes, kernel::chunkRuns));
  Value first = code.add(code.mul(code.blockIndex(), threads), code.toIndex(code.threadIndex()));
  code.loop(first, columns, code.mul(code.gridSize(), threads), {}, [&](Value column, ValueRange) {
    unsigned number = 0;
    kernel.walk([&](kernel::AccumulateOp rider) {
      const Operand &sums = buffer(schedule.ridersBuffer + number++);
      const Monoids sum = Monoids::ofSum();
      Values total = mergeLoaded(sum, chunks, [&](Value chunk) {
        Value row = code.mul(code.mul(wide(chunk), wide(rowLanes)), wide(columns));
        return Values{code.toF64(loadElements(code, sums, code.add(row, wide(column)), 1, outsideSweeps())[0])};
      });
      Value tensor = kernel.getResult(rider.getResult());
      Type element = typeOf(tensor).getElementType();
      Value result = total[0];
      if (element.isF32())
        result = code.create<arith::TruncFOp>(element, result);
      else if (!element.isF64())
        result = narrow(code, result, element);
      storeElements(code, operandOf(tensor), column, result, outsideSweeps());
    });
    return Values();
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
