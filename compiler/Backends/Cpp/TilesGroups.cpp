//===- TilesGroups.cpp - what is computed once for each group of a tile ----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/TilesWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace normc::cpp {

void TilesWriter::emitKernelBlock() {
  SmallVector<Operation *> segment;
  bool isFirst = true;
  for (Operation &op : kernel.getBody().front()) {
    auto sweep = dyn_cast<kernel::SweepOp>(op);
    if (!sweep) {
      segment.push_back(&op);
      continue;
    }
    emitSegment(segment);
    segment.clear();
    emitSweep(sweep, isFirst);
    isFirst = false;
  }
  emitSegment(segment);
}

static bool isInSweep(Operation *op) { return isa<kernel::SweepOp>(op->getParentOp()); }

/// Where rows or runs are summed side by side, each lane reads its own; where nothing is summed, a row or run of a group is a loop.
bool TilesWriter::isRepeated(Value value) {
  if (!tile.isPlain && !tile.isRuns())
    return true;
  return (tile.isRuns() || tile.rows > 1) && llvm::any_of(value.getUsers(), [&](Operation *user) {
           auto sweep = dyn_cast<kernel::SweepOp>(user->getParentOp());
           return sweep && !sweep.getMonoids().empty();
         });
}

bool TilesWriter::isReadThrough(Value value) {
  auto load = value.getDefiningOp<kernel::LoadOp>();
  if (!load || !tile.isPlain || isRepeated(value) || overwritten.contains(load.getTensor()) ||
      storageName(elementOf(load.getTensor())) != scalarName(value.getType()))
    return false;
  for (unsigned axis = 0; axis < joined.size(); ++axis)
    if (variesAlong(load.getTensor(), axis) != (axis == tile.axis))
      return false;
  return true;
}

TilesWriter::Arrays TilesWriter::declareArrays(ArrayRef<Value> values, const llvm::SmallPtrSetImpl<Operation *> &here,
                                               SmallVector<std::string> &lanes) {
  Arrays arrays;
  std::map<std::string, std::string> declared; // by type
  auto declare = [&](Value value, const std::string &name, int64_t elements) {
    std::string &names = declared[scalarName(value.getType())];
    names += fmt::format("{}{}[{}]", names.empty() ? "" : ", ", name, elements);
  };
  for (Value value : values) {
    bool later = false, swept = false;
    for (Operation *user : value.getUsers()) {
      swept |= isInSweep(user);
      later |= !isInSweep(user) && !here.contains(user);
    }
    auto &[group, lane] = arrays[value.getAsOpaquePointer()];
    if (swept && isReadThrough(value)) {
      laneOf[value] = nameOf(value.getDefiningOp<kernel::LoadOp>().getTensor());
      swept = false;
    }
    if (later && !value.getDefiningOp<kernel::SweepOp>()) {
      group = nameFor(value);
      declare(value, group, tile.width);
    }
    if (swept) {
      lane = later ? locals.unique(group.empty() ? "lane" : group + "_lane") : nameFor(value);
      declare(value, lane, isRepeated(value) ? tile.lanes : tile.width);
      if (isRepeated(value))
        lanes.push_back(lane);
      laneOf[value] = lane;
    }
  }
  for (auto &[type, names] : declared)
    line(fmt::format("{} {};", type, names));
  return arrays;
}

void TilesWriter::emitSegment(ArrayRef<Operation *> ops) {
  SmallVector<Value> values(pending);
  pending.clear();
  for (Operation *op : ops)
    if (op->getNumResults() == 1 && !isa<arith::ConstantOp, kernel::CountOp>(op))
      values.push_back(op->getResult(0));
  llvm::SmallPtrSet<Operation *, 32> here(ops.begin(), ops.end());
  // What later loops and sweeps read is kept.
  SmallVector<std::string> lanes;
  Arrays arrays = declareArrays(values, here, lanes);
  const bool hasStores = llvm::any_of(ops, [](Operation *op) { return isa<kernel::StoreOp>(op); });
  const bool isKept = llvm::any_of(arrays, [](auto &entry) { return !entry.second.first.empty() || !entry.second.second.empty(); });
  if (!hasStores && !isKept) // but what is read through
    return;
  // What all threads share is stored by one.
  const bool isLeaders = sharesGroups() && !isKept;
  if (isLeaders)
    openLeader();
  groupIndex = isWhole ? tileIndex : "g";
  open(fmt::format("for (int64_t {0} = 0; {0} < {1}; ++{0})", groupIndex, width));
  if (!isWhole && usesPosition(ops))
    line(fmt::format("const int64_t {0} = first_{0} + g;", tileIndex));
  bindGroupArrays();
  for (Value value : values)
    if (value.getDefiningOp<kernel::SweepOp>() && !arrays[value.getAsOpaquePointer()].second.empty())
      line(fmt::format("{}[{}] = {};", arrays[value.getAsOpaquePointer()].second, groupIndex, code.build(value).text));
  for (Operation *op : ops)
    emitScalar(op, here, arrays, sharesGroups() && !isLeaders);
  close();
  if (isLeaders)
    closeLeader();
  for (const std::string &lane : lanes)
    if (tile.isRuns())
      line(fmt::format("repeat_runs<{}>({}, {});", length, lane, width));
    else if (tile.isFlat)
      repeatRows(lane, tile.isPlain ? rows : laneRowsText());
}

void TilesWriter::emitScalar(Operation *op, const llvm::SmallPtrSetImpl<Operation *> &here, Arrays &arrays, bool byLeader) {
  if (auto store = dyn_cast<kernel::StoreOp>(op)) {
    Value tensor = kernel.getResult(store.getResult());
    if (byLeader)
      openLeader();
    line(fmt::format("{}[{}] = {};", nameOf(tensor), positionOf(typeOf(tensor)), stored(store)));
    if (byLeader)
      closeLeader();
    return;
  }
  if (op->getNumResults() != 1 || isa<arith::ConstantOp, kernel::CountOp>(op) || op->use_empty())
    return;
  Value value = op->getResult(0);
  auto &[group, lane] = arrays[value.getAsOpaquePointer()];
  if (group.empty() && lane.empty()) {
    const bool isUsed = llvm::any_of(value.getUsers(), [&](Operation *user) { return here.contains(user); });
    if (isUsed && needsName(value))
      define(value);
    return;
  }
  std::string text = code.build(value).text;
  if (!group.empty()) {
    line(fmt::format("{}[{}] = {};", group, groupIndex, text));
    text = fmt::format("{}[{}]", group, groupIndex);
    groupArrays[value] = group;
  }
  if (!lane.empty()) {
    line(fmt::format("{}[{}] = {};", lane, groupIndex, text));
    text = fmt::format("{}[{}]", lane, groupIndex);
  }
  code.bind(value, text);
}

bool TilesWriter::usesPosition(ArrayRef<Operation *> ops) {
  return llvm::any_of(ops, [&](Operation *op) {
    if (auto load = dyn_cast<kernel::LoadOp>(op))
      return variesAlong(load.getTensor(), tile.axis);
    if (auto store = dyn_cast<kernel::StoreOp>(op))
      return variesAlong(kernel.getResult(store.getResult()), tile.axis);
    auto index = dyn_cast<kernel::IndexOp>(op);
    return index && llvm::is_contained(joined[tile.axis].axes, int64_t(index.getAxis()));
  });
}

void TilesWriter::bindGroupArrays() {
  for (auto &[value, array] : groupArrays)
    code.bind(value, fmt::format("{}[{}]", array, groupIndex));
}

void TilesWriter::repeatRows(const std::string &lane, const std::string &number) {
  if (number == "2")
    line(fmt::format("std::copy_n({0}, {1}, {0} + {1});", lane, width));
  else if (number != "1")
    line(fmt::format("repeat_rows({}, {}, {});", lane, number, width));
}

std::string TilesWriter::laneRowsText() {
  if (tile.isRuns())
    return "1";
  if (tile.extent >= 0)
    return fmt::format("{}", tile.storeRows);
  return "std::max(rows, 1024 / width)";
}

} // namespace normc::cpp
