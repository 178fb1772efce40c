//===- KernelPartition.cpp - which values share a kernel -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/KernelPartition.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc {

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

bool isInlined(Operation *op) {
  return isa_and_nonnull<norm::ConstantOp, norm::CountOp, norm::IndexOp, norm::BroadcastOp>(op);
}

bool isReduction(Operation *op) {
  return isa_and_nonnull<norm::SumOp, norm::MeanOp, norm::MaxOverOp, norm::MinOverOp, norm::SquaredDeviationsOp>(op);
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
    : function(function), classes(classes) {
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

/// A reduction joins the last kernel over the same axes of the same space, if it depends on no kernel after that one.
void KernelPartition::assignReductions() {
  for (BlockArgument argument : function.getArguments())
    lastKernel[argument] = -1;
  for (Operation &op : function.getBody().front().without_terminator()) {
    Value value = op.getResult(0);
    int after = -1;
    for (OpOperand &operand : op.getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        after = std::max(after, lastKernelOf(operand.get()));
    // Within the kernel `after`: the sweep that makes the value known.
    unsigned level = 0;
    for (OpOperand &operand : op.getOpOperands())
      if (!norm::readsOnlyExtents(operand) && lastKernelOf(operand.get()) == after)
        level = std::max(level, levels.lookup(operand.get()));
    lastKernel[value] = after;
    levels[value] = level;
    if (!isReduction(&op) || !needed.contains(value))
      continue;
    SmallVector<int64_t> space = classes.extentsOf(op.getOperand(0)), swept = reducedAxes(&op);
    int chosen = -1;
    for (int index = std::max(after, 0); index < int(main.size()); ++index)
      if (main[index]->space == space && main[index]->swept == swept)
        chosen = index;
    if (chosen < 0) {
      chosen = main.size();
      main.push_back(&createKernel(space, swept));
    }
    main[chosen]->reductions.push_back(&op);
    home[&op] = main[chosen];
    lastKernel[value] = chosen;
    levels[value] = (chosen == after ? level : 0) + 1;
  }
}

unsigned KernelPartition::levelIn(const KernelGroup &kernel, Value value) const {
  int last = lastKernelOf(value);
  return last >= 0 && main[last] == &kernel ? levels.lookup(value) : 0;
}

//===----------------------------------------------------------------------===//
// Results, and what passes between kernels
//===----------------------------------------------------------------------===//

Place KernelPartition::placeOf(const KernelGroup &kernel, Value value) const {
  Operation *op = value.getDefiningOp();
  const AxisSet axes = variedAxes(value), all = kernel.parallelAxes | kernel.sweptAxes;
  if (op && isReduction(op))
    return home.lookup(op) == &kernel ? Place::group : Place::load;
  if (!op)
    return Place::load;
  const bool isOwn = lastKernelOf(value) >= 0 && main[lastKernelOf(value)] == &kernel;
  if ((axes & ~kernel.parallelAxes) == 0 && (axes == kernel.parallelAxes || kernel.sweptAxes || isOwn))
    return Place::group;
  // Narrower than the points at which it is needed: computed on its own, once for each of its own points.
  return axes == all || isOwn || kernel.stored.contains(value) ? Place::point : Place::load;
}

/// Values that pass from one kernel to another are stored in a tensor.
void KernelPartition::materialize(Value value) {
  if (!inTensor.insert(value).second)
    return;
  Operation *op = value.getDefiningOp();
  if (KernelGroup *kernel = home.lookup(op)) {
    kernel->stored.insert(value);
    return;
  }
  // It rides along in the kernel on which it depends last, if that has a point for each of its elements.
  if (int last = lastKernelOf(value); last >= 0 && main[last]->parallelAxes == variedAxes(value)) {
    main[last]->stored.insert(value);
    demand(*main[last], value);
    return;
  }
  KernelGroup &kernel = createKernel(classes.extentsOf(value), {});
  kernel.stored.insert(value);
  narrow[value] = &kernel;
  demand(kernel, value);
}

/// Finds what a kernel that computes `root` reads from others.
void KernelPartition::demand(KernelGroup &kernel, Value root) {
  SmallVector<Value> open{root};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!seen.insert(value).second || !op)
      continue;
    if (value != root && !isInlined(op) && placeOf(kernel, value) == Place::load) {
      materialize(value);
      continue;
    }
    if (isReduction(op) && home.lookup(op) == &kernel && value != root)
      continue; // has demanded its own operand
    for (OpOperand &operand : op->getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        open.push_back(operand.get());
  }
}

void KernelPartition::assignResults() {
  for (KernelGroup *kernel : main)
    for (Operation *reduction : kernel->reductions)
      demand(*kernel, reduction->getResult(0));
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands()) {
    Value value = result.get();
    // Arguments, what follows from extents, repetitions and state are copied when all is done; a repetition of a tensor.
    if (!value.getDefiningOp() || isInlined(value.getDefiningOp())) {
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
    if (last >= 0 && (main[last]->space == extents || main[last]->parallelAxes == variedAxes(value)))
      chosen = main[last];
    for (auto [position, kernel] : elementwise)
      if (!chosen && position == last && kernel->space == extents)
        chosen = kernel;
    if (!chosen) {
      chosen = &createKernel(extents, {});
      elementwise.emplace_back(last, chosen);
    }
    chosen->stored.insert(value);
    demand(*chosen, value);
  }
}

} // namespace normc
