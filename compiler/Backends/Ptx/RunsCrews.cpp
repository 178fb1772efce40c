//===- RunsCrews.cpp - what threads that share a group tell each other ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Teams of a block meet in its shared memory. Blocks of a cluster read each other's; blocks
// of a resident grid meet in global memory. Either way the first thread of the first block
// merges, computes what is computed once a group, and hands it on.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/RunsCode.h"

using namespace mlir;

namespace normc::ptx {

Value RunsCode::isLeader() { return code.equal(code.bitOr(code.resize(team, code.getI32Type()), lane), 0); }

Value RunsCode::isSetLeader() {
  return blockOfSet ? code.bitAnd(isLeader(), code.equal(blockOfSet, 0)) : isLeader();
}

/// As shared memory has it.
static Value stored(Code &code, Value value) {
  return value.getType().isInteger(1) ? code.resize(value, code.getI8Type()) : value;
}
static Value loaded(Code &code, Type type, llvm::function_ref<Value(Type)> load) {
  return type.isInteger(1) ? code.resize(load(code.getI8Type()), type) : load(type);
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// Teams leave their parts in shared memory. The first thread merges them in order; where they are a power of two, the first warp
/// does, a part a lane: in round k the lanes whose bits below k are 0 take what lane + 2^k has.
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
  if (schedule.isHeld() && threads % 32 == 0)
    return code.ifElse(
        code.less(code.threadIndex(), 32), types,
        [&] {
          Value part = code.toIndex(code.rem(code.threadIndex(), int64_t(schedule.teams)));
          Value first = code.mul(part, int64_t(monoids.size())), warp = code.integer(-1, code.getI32Type());
          Values merged;
          for (unsigned index = 0; index < monoids.size(); ++index)
            merged.push_back(shared.load(code, partsOffset, code.add(first, int64_t(index)), f64));
          for (unsigned step = 1; step < schedule.teams; step *= 2) {
            Values others;
            for (Value value : merged)
              others.push_back(code.shuffleXor(value, step, warp));
            merged = monoids.merge(code, merged, others);
          }
          return merged;
        },
        [&] { return Values(parts); });
  return code.ifElse(
      isLeader(), types,
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

Values RunsCode::gatherSet(const Monoids &monoids, Values parts) {
  if (!blockOfSet || monoids.empty())
    return parts;
  Type f64 = code.getF64Type();
  SmallVector<Type> types(monoids.size(), f64);
  auto mergeInLeader = [&](llvm::function_ref<Values(Value)> load) {
    return code.ifElse(
        isSetLeader(), types, [&] { return mergeInOrder(monoids, blocksOfSet, load); }, [&] { return parts; });
  };
  if (schedule.sharing == Sharing::cluster) {
    const int64_t offset = shared.take(monoids.size() * 8);
    code.ifThen(isLeader(), [&] {
      for (auto [index, part] : llvm::enumerate(parts))
        shared.store(code, offset, code.integer(int64_t(index)), part);
    });
    code.clusterBarrier();
    return mergeInLeader([&](Value block) {
      Values one;
      for (unsigned index = 0; index < monoids.size(); ++index)
        one.push_back(shared.loadFrom(code, block, offset, code.integer(index), f64));
      return one;
    });
  }
  // Each sweep has a place of its own, so that one may write while another is still read: parts[block][part][group].
  const unsigned first = partsTaken;
  partsTaken += monoids.size();
  return code.ifElse(
      code.equal(blocksOfSet, 1), types, [&] { return parts; },
      [&] {
        Value groups = wide(groupCount());
        auto place = [&](Value block, unsigned index) {
          Value row = code.add(code.mul(wide(block), int64_t(schedule.partsOfGroup)), int64_t(first + index));
          return code.add(code.mul(row, groups), wide(currentGroup));
        };
        const Operand &buffer = this->buffer(schedule.partsBuffer);
        code.ifThen(isLeader(), [&] {
          for (auto [index, part] : llvm::enumerate(parts))
            storeElements(code, buffer, place(blockOfSet, index), part, outsideSweeps());
        });
        gridBarrier();
        return mergeInLeader([&](Value block) {
          Values one;
          for (unsigned index = 0; index < monoids.size(); ++index)
            one.push_back(loadElements(code, buffer, place(block, index), 1, outsideSweeps())[0]);
          return one;
        });
      });
}

//===----------------------------------------------------------------------===//
// Scalars of the group
//===----------------------------------------------------------------------===//

Values RunsCode::broadcast(ValueRange values) {
  if (values.empty())
    return {};
  if (!isBlockCrew()) {
    Values given;
    Value leader = code.sub(code.bitAnd(code.threadIndex(), uint64_t(31)), lane);
    for (Value value : values)
      given.push_back(lanes.lanes == 1 ? value : code.shuffleFrom(value, leader, members));
    return given;
  }
  if (!blockOfSet)
    return broadcastInBlock(values);
  if (schedule.sharing == Sharing::cluster)
    return broadcastInCluster(values);
  Values given = code.ifElse(
      code.equal(blocksOfSet, 1), values.getTypes(), [&] { return broadcastInBlock(values); },
      [&] { return broadcastInGrid(values); });
  valuesTaken += values.size();
  return given;
}

Values RunsCode::broadcastInBlock(ValueRange values) {
  // Each value has a place of its own, so that what an earlier segment handed on is not overwritten while it is read.
  SmallVector<int64_t> offsets;
  for (size_t i = 0; i < values.size(); ++i)
    offsets.push_back(shared.take(8));
  code.ifThen(isLeader(), [&] {
    for (auto [value, offset] : llvm::zip(values, offsets))
      shared.store(code, offset, code.integer(0), stored(code, value));
  });
  code.barrier();
  Values given;
  for (auto [value, offset] : llvm::zip(values, offsets))
    given.push_back(loaded(code, value.getType(), [&, offset = offset](Type type) {
      return shared.load(code, offset, code.integer(0), type);
    }));
  return given;
}

Values RunsCode::broadcastInCluster(ValueRange values) {
  SmallVector<int64_t> offsets;
  for (size_t i = 0; i < values.size(); ++i)
    offsets.push_back(shared.take(8));
  code.ifThen(isSetLeader(), [&] {
    for (auto [value, offset] : llvm::zip(values, offsets))
      shared.store(code, offset, code.integer(0), stored(code, value));
  });
  code.clusterBarrier();
  Values given;
  for (auto [value, offset] : llvm::zip(values, offsets))
    given.push_back(loaded(code, value.getType(), [&, offset = offset](Type type) {
      return shared.loadFrom(code, code.integer(0), offset, code.integer(0), type);
    }));
  return given;
}

/// values[place][group]: each as 64 bits, whatever its type.
Values RunsCode::broadcastInGrid(ValueRange values) {
  const Operand &buffer = this->buffer(schedule.valuesBuffer);
  Value groups = wide(groupCount());
  auto place = [&](unsigned number) {
    return code.add(code.mul(groups, int64_t(valuesTaken + number)), wide(currentGroup));
  };
  code.ifThen(isSetLeader(), [&] {
    for (auto [number, value] : llvm::enumerate(values))
      storeElements(code, buffer, place(number), code.toBits(value), outsideSweeps());
  });
  gridBarrier();
  Values given;
  for (auto [number, value] : llvm::enumerate(values))
    given.push_back(code.fromBits(loadElements(code, buffer, place(number), 1, outsideSweeps())[0], value.getType()));
  return given;
}

//===----------------------------------------------------------------------===//
// A barrier of the blocks of a set
//===----------------------------------------------------------------------===//

// n = count++; while (count < (n / blocks + 1) blocks);
void RunsCode::gridBarrier() {
  code.barrier();
  code.ifThen(code.equal(code.threadIndex(), 0), [&] {
    Value blocks = code.resize(blocksOfSet, code.getI32Type());
    code.fence();
    Value before = increment(code, buffer(schedule.barriersBuffer), set, outsideSweeps());
    Value goal = code.mul(code.add(code.div(before, blocks), 1), blocks);
    code.loopWhile(
        {},
        [&](ValueRange) { return code.less(loadVolatile(code, buffer(schedule.barriersBuffer), set, outsideSweeps()), goal); },
        [&](ValueRange) { return Values(); });
    code.fence();
  });
  code.barrier();
}

} // namespace normc::ptx
