//===- KernelPartition.cpp - which values share a kernel -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/KernelPartition.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc {

/// Sweeps of a kernel that depend on one another.
static constexpr unsigned mostSweeps = 16;

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

bool isInlined(Operation *op) {
  return isa_and_nonnull<norm::ConstantOp, norm::CountOp, norm::IndexOp, norm::RankOp, norm::BroadcastOp>(op);
}

SmallVector<int64_t> reducedAxes(Operation *op) {
  SmallVector<int64_t> axes(op->getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef());
  llvm::sort(axes);
  return axes;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

KernelPartition::KernelPartition(func::FuncOp function, const ExtentClasses &classes)
    : function(function), classes(classes), precision(function) {
  // What the results need.
  SmallVector<Value> open(function.getBody().front().getTerminator()->getOperands());
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!needed.insert(value).second || !value.getDefiningOp())
      continue;
    for (OpOperand &operand : value.getDefiningOp()->getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        open.push_back(operand.get());
  }
  assignReductions();
  findCostly();
  assignResults();

  // Kernels run in the order of what they depend on: after each with reductions, the narrow values that follow from it, in
  // the order of the function, then the results.
  auto follow = [&](int after) {
    for (Operation &op : function.getBody().front().without_terminator())
      if (auto found = narrow.find(op.getResult(0)); found != narrow.end() && lastKernelOf(found->first) == after)
        order.push_back(found->second);
    for (auto [position, kernel] : elementwise)
      if (position == after)
        order.push_back(kernel);
  };
  follow(-1);
  for (auto [index, kernel] : llvm::enumerate(main)) {
    order.push_back(kernel);
    follow(index);
  }
}

KernelGroup &KernelPartition::createKernel(SmallVector<int64_t> space, ArrayRef<int64_t> swept) {
  kernels.push_back(std::make_unique<KernelGroup>());
  KernelGroup &kernel = *kernels.back();
  kernel.space = std::move(space);
  kernel.swept.assign(swept.begin(), swept.end());
  for (int64_t axis = 0; axis < int64_t(kernel.space.size()); ++axis)
    if (kernel.space[axis] != 1)
      (llvm::is_contained(swept, axis) ? kernel.sweptAxes : kernel.parallelAxes) |= AxisSet(1) << axis;
  return kernel;
}

/// The last kernel on which a value depends and, within it, the sweep that makes it known: those of its operands.
void KernelPartition::propagate(Operation *op) {
  int after = -1;
  for (OpOperand &operand : op->getOpOperands())
    if (!norm::readsOnlyExtents(operand))
      after = std::max(after, lastKernelOf(operand.get()));
  unsigned level = 0;
  for (OpOperand &operand : op->getOpOperands())
    if (!norm::readsOnlyExtents(operand) && lastKernelOf(operand.get()) == after)
      level = std::max(level, levels.lookup(operand.get()));
  unsigned sync = 0;
  for (Value operand : op->getOperands())
    sync = std::max(sync, syncs.lookup(operand));
  // What devices merge is known when the kernel that reduced it has ended.
  const bool isMerged = isa<norm::MergeOp>(op);
  lastKernel[op->getResult(0)] = after;
  levels[op->getResult(0)] = isMerged ? afterwards : level;
  syncs[op->getResult(0)] = sync + isMerged;
}

/// A sum over the outer axes can ride in a kernel that sweeps the inner ones: if there is a reduction over exactly those, and none
/// waits for the sum.
bool KernelPartition::canRide(Operation *op) {
  if (!isa<norm::SumOp>(op) || !needed.contains(op->getResult(0)))
    return false;
  const AxisSet all = variedAxes(op->getOperand(0)), outer = sweptBy(op), inner = all & ~outer;
  if (!inner || !outer || outer > (inner & -inner))
    return false;
  SmallVector<int64_t> space = classes.extentsOf(op->getOperand(0));
  const bool hasHost = llvm::any_of(function.getBody().front().without_terminator(), [&](Operation &other) {
    return norm::isReduction(&other) && needed.contains(other.getResult(0)) && sweptBy(&other) == inner &&
           classes.extentsOf(other.getOperand(0)) == space;
  });
  if (!hasHost)
    return false;
  SmallVector<Value> open{op->getResult(0)};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (norm::isReduction(user))
        return false;
      for (Value result : user->getResults())
        if (seen.insert(result).second)
          open.push_back(result);
    }
  }
  return true;
}

/// Finds the kernel in which a sum rides; false where it must have one of its own.
bool KernelPartition::rides(Operation *op) {
  propagate(op);
  const AxisSet inner = variedAxes(op->getOperand(0)) & ~sweptBy(op);
  SmallVector<int64_t> space = classes.extentsOf(op->getOperand(0));
  Value value = op->getResult(0), term = op->getOperand(0);
  for (int index = main.size() - 1; index >= std::max(lastKernelOf(term), 0); --index) {
    if (main[index]->space != space || main[index]->sweptAxes != inner || main[index]->sync != syncs.lookup(value) ||
        (index == lastKernelOf(term) && levels.lookup(term) == afterwards))
      continue;
    FinishedSum finished = finish(cast<norm::SumOp>(op), classes);
    main[index]->riding.push_back(finished);
    for (Value known : {value, finished.value}) {
      home[known.getDefiningOp()] = main[index];
      lastKernel[known] = index;
      levels[known] = afterwards;
    }
    return true;
  }
  return false;
}

/// A reduction joins the last kernel over the same axes of the same space, if it depends on no kernel after that one, and waits for as
/// many collectives: what other devices wait for is not held up. Each sweep computes what it needs again, so sweeps are limited, too.
void KernelPartition::assignReductions() {
  for (BlockArgument argument : function.getArguments())
    lastKernel[argument] = -1;
  SmallVector<Operation *> candidates;
  auto assign = [&](Operation &op) {
    Value value = op.getResult(0);
    const int after = lastKernelOf(value);
    const unsigned level = levels.lookup(value);
    SmallVector<int64_t> space = classes.extentsOf(op.getOperand(0)), swept = reducedAxes(&op);
    int chosen = -1;
    for (int index = level >= mostSweeps ? after + 1 : std::max(after, 0); index < int(main.size()); ++index)
      if (main[index]->space == space && main[index]->swept == swept && main[index]->sync == syncs.lookup(value))
        chosen = index;
    if (chosen < 0) {
      chosen = main.size();
      main.push_back(&createKernel(space, swept));
      main[chosen]->sync = syncs.lookup(value);
    }
    main[chosen]->reductions.push_back(&op);
    home[&op] = main[chosen];
    lastKernel[value] = chosen;
    levels[value] = (chosen == after ? level : 0) + 1;
  };
  for (Operation &op : function.getBody().front().without_terminator()) {
    propagate(&op);
    if (!norm::isReduction(&op) || !needed.contains(op.getResult(0)))
      continue;
    if (canRide(&op))
      candidates.push_back(&op);
    else
      assign(op);
  }
  if (candidates.empty())
    return;
  for (Operation *op : candidates)
    if (!rides(op))
      assign(*op);
  for (Operation &op : function.getBody().front().without_terminator())
    if (!home.contains(&op))
      propagate(&op);
}

bool KernelPartition::isInside(const KernelGroup &kernel, Value value) const {
  const int last = lastKernelOf(value);
  return last >= 0 && main[last] == &kernel && levels.lookup(value) != afterwards;
}

unsigned KernelPartition::levelIn(const KernelGroup &kernel, Value value) const {
  return isInside(kernel, value) ? levels.lookup(value) : 0;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// The axes along which a kernel without reductions goes through its points group by group, so that what is narrow is computed once
/// a group: the inner ones along which nothing narrow varies or, where something varies along the innermost, all along which nothing
/// narrow does. None for what is narrow itself.
SmallVector<int64_t> KernelPartition::chooseSwept(Value root) const {
  const AxisSet all = variedAxes(root);
  if (!precision.isWide(root))
    return {};
  AxisSet computed = 0, loaded = 0;
  SmallVector<Value> open{root};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!seen.insert(value).second || (op && isInlined(op) && !isa<norm::BroadcastOp>(op)))
      continue;
    const AxisSet axes = variedAxes(value);
    const bool isLoad = !op || norm::isReduction(op) || isa<norm::MergeOp>(op);
    if (axes != all && !isa_and_nonnull<norm::BroadcastOp>(op))
      (isLoad ? loaded : computed) |= axes;
    if (!isLoad)
      for (OpOperand &operand : op->getOpOperands())
        if (!norm::readsOnlyExtents(operand))
          open.push_back(operand.get());
  }
  AxisSet narrow = computed ? computed : loaded, swept = 0;
  if (narrow == all)
    narrow = 0;
  const unsigned innermost = llvm::Log2_32(all);
  if (narrow >> innermost & 1)
    swept = all & ~narrow;
  else
    for (int axis = innermost; axis >= 0 && !(narrow >> axis & 1); --axis)
      swept |= all & AxisSet(1) << axis;
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < 32; ++axis)
    if (swept >> axis & 1)
      axes.push_back(axis);
  return axes;
}

void KernelPartition::assignResults() {
  for (KernelGroup *kernel : main) {
    for (Operation *reduction : kernel->reductions)
      demand(*kernel, reduction->getResult(0));
    for (FinishedSum &riding : kernel->riding)
      demand(*kernel, riding.sum->getResult(0));
  }
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands()) {
    Value value = result.get();
    // Arguments, what follows from extents, repetitions, merged results and state are copied when all is done; a repetition of a tensor.
    if (!value.getDefiningOp() || isInlined(value.getDefiningOp()) || isa<norm::MergeOp>(value.getDefiningOp())) {
      while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
        value = broadcast.getOperand();
      if (value.getDefiningOp() && !isInlined(value.getDefiningOp()))
        materialize(value);
      continue;
    }
    if (KernelGroup *kernel = home.lookup(value.getDefiningOp())) {
      kernel->stored.insert(value);
      continue;
    }
    const int last = lastKernelOf(value);
    SmallVector<int64_t> extents = classes.extentsOf(value);
    KernelGroup *chosen = nullptr;
    if (last >= 0 && levels.lookup(value) != afterwards && (main[last]->space == extents || main[last]->parallelAxes == variedAxes(value)))
      chosen = main[last];
    for (auto [position, kernel] : elementwise)
      if (!chosen && position == last && kernel->space == extents)
        chosen = kernel;
    if (!chosen) {
      chosen = &createKernel(extents, chooseSwept(value));
      elementwise.emplace_back(last, chosen);
    }
    chosen->stored.insert(value);
    demand(*chosen, value);
  }
}

} // namespace normc
