//===- ColumnsTeams.cpp - what threads tell one another of columns -------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lanes have several columns each, and teams share them. What is computed once a column is
// computed by one thread, its leader: the thread of the block that has the column's number
// in the tile.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/ColumnsCode.h"

using namespace mlir;

namespace normc::ptx {

/// Values that are exchanged at once: what fits.
static constexpr size_t exchangedAtOnce = 32;

Values ColumnsCode::gather(const Monoids &monoids, ValueRange parts) {
  return mergeTeams(monoids, parts, team, lane, schedule.teams, lanes.lanes);
}

Values ColumnsCode::toLeader(const Monoids &monoids, ValueRange parts) {
  if (monoids.empty())
    return {};
  Type f64 = code.getF64Type();
  const unsigned common = monoids.hasShifts(), own = monoids.size() - common;
  Values total;
  for (unsigned from = 0; from < monoids.size(); from += exchangedAtOnce) {
    const unsigned to = std::min<unsigned>(monoids.size(), from + exchangedAtOnce);
    const int64_t offset = shared.reuse(int64_t(to - from) * kernel::chunkLanes * 8);
    // Some teams still fold, or leaders read what came before.
    code.barrier();
    for (unsigned slot = 0; slot < slots(); ++slot) {
      const Bank &bank = bankOf(slot);
      Value isFirst = code.bitAnd(bank.isValid, code.bitAnd(code.equal(team, 0), code.equal(bank.accumulator, 0)));
      Value column = code.add(bank.columnInTile, int64_t(slot % lanes.vector));
      code.ifThen(isFirst, [&] {
        for (unsigned part = from; part < to; ++part)
          shared.store(code, offset, code.add(column, int64_t(part - from) * kernel::chunkLanes),
                       parts[part < common ? part : part + slot * own]);
      });
    }
    code.barrier();
    SmallVector<Type> types(to - from, f64);
    Value thread = code.toIndex(code.threadIndex());
    llvm::append_range(total, code.ifElse(
                                  isLeader, types,
                                  [&] {
                                    Values values;
                                    for (unsigned part = from; part < to; ++part)
                                      values.push_back(shared.load(
                                          code, offset, code.add(thread, int64_t(part - from) * kernel::chunkLanes), f64));
                                    return values;
                                  },
                                  [&] { return Values(to - from, code.real(0.0, f64)); }));
  }
  code.barrier();
  return total;
}

void ColumnsCode::spread(ArrayRef<Value> handed, ValueRange values, Scopes &groups) {
  // Those that sweeps read; each as 64 bits apart, whatever its type.
  SmallVector<std::pair<Value, Value>> read;
  for (auto [value, made] : llvm::zip(handed, values))
    if (llvm::any_of(value.getUsers(), [](Operation *user) { return isa<kernel::SweepOp>(user->getParentOp()); }))
      read.push_back({value, made});
  auto stored = [&](Type type) { return type.isInteger(1) ? Type(code.getI8Type()) : type; };
  Value thread = code.toIndex(code.threadIndex());
  for (size_t from = 0; from < read.size(); from += exchangedAtOnce) {
    ArrayRef<std::pair<Value, Value>> some =
        ArrayRef(read).slice(from, std::min(exchangedAtOnce, read.size() - from));
    auto offsetOf = [](size_t index) { return int64_t(index) * kernel::chunkLanes * 8; };
    shared.reuse(offsetOf(some.size()));
    code.ifThen(isLeader, [&] {
      for (auto [index, pair] : llvm::enumerate(some))
        shared.store(code, offsetOf(index), thread, code.resize(pair.second, stored(pair.second.getType())));
    });
    code.barrier();
    for (auto [index, pair] : llvm::enumerate(some)) {
      Type type = stored(pair.second.getType());
      SmallVector<Type> types(lanes.vector, type);
      for (unsigned b = 0; b < lanes.banks; ++b) {
        // Lanes without a column have nobody to read from.
        Values loaded = code.ifElse(
            banks[b].isValid, types,
            [&] {
              Values own;
              for (unsigned e = 0; e < lanes.vector; ++e)
                own.push_back(shared.load(code, offsetOf(index), code.add(banks[b].columnInTile, int64_t(e)), type));
              return own;
            },
            [&] {
              return Values(lanes.vector, isa<FloatType>(type) ? code.real(0.0, type) : code.integer(0, type));
            });
        for (auto [e, value] : llvm::enumerate(loaded))
          groups[b * lanes.vector + e].bind(
              pair.first, pair.second.getType().isInteger(1) ? code.resize(value, pair.second.getType()) : value);
      }
    }
    code.barrier();
  }
}

void ColumnsCode::runLeader(unsigned segment, Scope &leader, Scopes &groups) {
  at[parallel.back()] = leaderColumn;
  runSegmentOnce(segment, leader, isLeader, [&](ValueRange made) {
    spread(segments.handedOn(segment), made, groups);
    return Values(made);
  });
}

} // namespace normc::ptx
