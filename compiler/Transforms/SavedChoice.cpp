//===- SavedChoice.cpp - what passes from forward to backward -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/SavedChoice.h"
#include "compiler/Transforms/Inversions.h"
#include "compiler/Transforms/MinimumCut.h"
#include "compiler/Transforms/ReadExtents.h"
#include "compiler/Transforms/Recovery.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc {

/// What a dynamic extent counts for when bytes are weighed.
static constexpr int64_t assumedExtent = 1024;

static int64_t bytesOf(RankedTensorType type) {
  int64_t bytes = std::max<int64_t>(1, type.getElementTypeBitWidth() / 8);
  for (int64_t extent : type.getShape())
    bytes =
        std::min(FlowGraph::unlimited / (assumedExtent + 1),
                 bytes * std::max<int64_t>(1, ShapedType::isDynamic(extent) ? assumedExtent
                                                                            : std::min<int64_t>(extent, INT32_MAX)));
  return bytes;
}

/// What follows from extents alone is computed where it is needed.
static bool needsNoData(Operation *op) {
  return llvm::all_of(op->getOpOperands(), [](OpOperand &operand) { return norm::readsOnlyExtents(operand); });
}

SavedChoice::SavedChoice(func::FuncOp joint, ArrayRef<Value> checked)
    : joint(joint), precision(joint), checked(checked.begin(), checked.end()) {
  for (BlockArgument argument : joint.getArguments())
    if (joint.getArgAttr(argument.getArgNumber(), norm::cotangentAttr))
      cotangents.insert(argument);
    else if (auto result = joint.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::resultAttr))
      readAgain[result.getInt()] = argument;
    else
      arguments.push_back(argument);
  for (const Overwriting &overwriting : overwritingsOf(joint))
    overwritten[overwriting.argument] = overwriting.result;
  Operation *terminator = joint.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands())
    (joint.getResultAttr(operand.getOperandNumber(), norm::gradientAttr) ? gradients : results)
        .push_back(operand.get());
  // What mentions a cotangent belongs to the backward; everything else can be known in the forward.
  llvm::SmallPtrSet<Value, 16> late(cotangents.begin(), cotangents.end());
  for (Operation &op : joint.getBody().front().without_terminator()) {
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return late.contains(operand); })) {
      late.insert(op.getResult(0));
      backwardOps.push_back(&op);
    } else {
      early.insert(op.getResult(0));
    }
  }
  early.insert(arguments.begin(), arguments.end());
  for (Value value : arguments)
    if (!overwritten.contains(value))
      free.insert(value);
  markCompared();
  for (auto [index, value] : llvm::enumerate(results))
    if (Value again = readAgain.lookup(index)) {
      early.insert(again);
      free.insert(again);
    } else if (!isComparedRounded(value)) {
      free.insert(value);
    }
  saved = savesAll() ? everythingUsed() : cheapest();
  for (Value value : this->checked)
    if (!free.contains(value))
      saved.insert(value);
}

bool SavedChoice::savesAll() {
  return joint->getAttrOfType<StringAttr>(norm::saveAttr).getValue() == "all";
}

Value SavedChoice::usedOf(BlockArgument argument) {
  DenseSet<Value> lost = elementwiseUsersOf(joint, argument);
  Value found;
  for (Value value : used())
    if (lost.contains(value) && !free.contains(value)) {
      if (!norm::nameOf(value).empty())
        return value;
      found = argument;
    }
  return found;
}

int64_t SavedChoice::bytes() {
  auto [data, extents] = reached();
  int64_t total = 0;
  for (Value value : saved)
    total += 2 * bytesOf(precision.storedType(value));
  for (Value value : data)
    if (isa<BlockArgument>(value) || (free.contains(value) && !needsNoData(value.getDefiningOp())))
      total += bytesOf(cast<RankedTensorType>(value.getType()));
  return total;
}

/// Early values that the backward uses the data of: operands of its ops, and gradients that depend on no cotangent.
llvm::SetVector<Value> SavedChoice::used() {
  llvm::SetVector<Value> values;
  for (Operation *op : backwardOps)
    for (OpOperand &operand : op->getOpOperands())
      if (early.contains(operand.get()) && !norm::readsOnlyExtents(operand))
        values.insert(operand.get());
  for (Value gradient : gradients)
    if (early.contains(gradient))
      values.insert(gradient);
  return values;
}

/// Values from which a comparison follows, however far: it would be decided by rounding.
void SavedChoice::markCompared() {
  for (Operation &op : llvm::reverse(joint.getBody().front().without_terminator()))
    if (isa<norm::CompareOp, norm::MaxOp, norm::MinOp, norm::SignOp>(op) || compared.contains(op.getResult(0)))
      for (OpOperand &operand : op.getOpOperands())
        if (!norm::readsOnlyExtents(operand))
          compared.insert(operand.get());
}

/// A result is rounded when it is stored. What is compared must not be: a maximum that has been rounded is no element
/// any more.
bool SavedChoice::isComparedRounded(Value value) {
  Type element = getElementTypeOrSelf(value);
  return norm::isFloatElement(element) && !element.isF64() && !isa<BlockArgument>(value) && compared.contains(value);
}

bool SavedChoice::isFree(Value value) {
  return free.contains(value) || (value.getDefiningOp() && needsNoData(value.getDefiningOp()));
}

llvm::SetVector<Value> SavedChoice::everythingUsed() {
  llvm::SetVector<Value> values;
  for (Value value : used())
    if (!isFree(value))
      values.insert(value);
  return values;
}

/// The minimum cut between what only the forward knows (source) and what the backward uses (sink). Each value is an
/// edge of its bytes, or of 0 where it is read again; a recomputable op leads on from its operands to its result; what
/// a reduction yields comes straight from the source.
llvm::SetVector<Value> SavedChoice::cheapest() {
  SmallVector<Value> values(early.begin(), early.end());
  DenseMap<Value, unsigned> number;
  for (auto [index, value] : llvm::enumerate(values))
    number[value] = index;
  const unsigned source = 2 * values.size(), sink = source + 1;
  FlowGraph graph(sink + 1);
  for (auto [index, value] : llvm::enumerate(values)) {
    const bool isPaid = isFree(value) || checked.contains(value);
    graph.addEdge(2 * index, 2 * index + 1, isPaid ? 0 : bytesOf(precision.storedType(value)));
    Operation *op = value.getDefiningOp();
    if (!op || needsNoData(op))
      continue;
    if (norm::isReduction(op))
      graph.addEdge(source, 2 * index, FlowGraph::unlimited);
    else
      for (OpOperand &operand : op->getOpOperands())
        if (!norm::readsOnlyExtents(operand))
          graph.addEdge(2 * number[operand.get()] + 1, 2 * index, FlowGraph::unlimited);
  }
  for (Value value : used())
    graph.addEdge(2 * number[value] + 1, sink, FlowGraph::unlimited);
  BitVector side = graph.sinkSide(source, sink);
  llvm::SetVector<Value> cut;
  for (auto [index, value] : llvm::enumerate(values))
    if (!side.test(2 * index) && side.test(2 * index + 1) && !isFree(value))
      cut.insert(value);
  return cut;
}

std::pair<llvm::SmallPtrSet<Value, 32>, llvm::SmallPtrSet<Value, 32>> SavedChoice::reached() const {
  llvm::SmallPtrSet<Value, 32> data(checked.begin(), checked.end()), extents;
  SmallVector<std::pair<Value, bool>> open;
  for (Value gradient : gradients)
    open.emplace_back(gradient, true);
  while (!open.empty()) {
    auto [value, read] = open.pop_back_val();
    if (!(read ? data : extents).insert(value).second || free.contains(value) || saved.contains(value))
      continue;
    if (Operation *op = value.getDefiningOp())
      for (OpOperand &operand : op->getOpOperands())
        open.emplace_back(operand.get(), read && !norm::readsOnlyExtents(operand));
  }
  return {std::move(data), std::move(extents)};
}

} // namespace normc
