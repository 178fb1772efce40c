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

/// Sweeps of a kernel that depend on one another, and ops of an earlier kernel that are computed again at each point.
static constexpr unsigned mostSweeps = 16;
static constexpr size_t mostOps = 64;
/// Ops that are computed at each point rather than once, by a kernel of their own.
static constexpr size_t fewOps = 8;

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

/// The axes over which a reduction runs and along which its operand varies.
static AxisSet sweptBy(Operation *op) {
  AxisSet axes = 0;
  for (int64_t axis : reducedAxes(op))
    axes |= AxisSet(1) << axis;
  return axes & variedAxes(op->getOperand(0));
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
// Results, and what passes between kernels
//===----------------------------------------------------------------------===//

Place KernelPartition::placeOf(const KernelGroup &kernel, Value value) const {
  Operation *op = value.getDefiningOp();
  const AxisSet axes = variedAxes(value), all = kernel.parallelAxes | kernel.sweptAxes;
  if (op && norm::isReduction(op))
    return home.lookup(op) == &kernel && isInside(kernel, value) ? Place::group : Place::load;
  if (!op || isa<norm::MergeOp>(op))
    return Place::load;
  const bool isOwn = isInside(kernel, value);
  if ((axes & ~kernel.parallelAxes) == 0 && (axes == kernel.parallelAxes || kernel.sweptAxes || isOwn))
    return Place::group;
  if (!isOwn && costly.contains(value) && !kernel.stored.contains(value))
    return Place::load;
  // Narrower than the points at which it is needed: computed on its own, once for each of its own points, unless it is cheap.
  return axes == all || isOwn || kernel.stored.contains(value) || isCheap(value) ? Place::point : Place::load;
}

KernelGroup *KernelPartition::hostOf(Value value) const {
  const int last = lastKernelOf(value);
  if (last < 0 || !isInside(*main[last], value))
    return nullptr;
  const bool hasPoints = main[last]->parallelAxes == variedAxes(value) || main[last]->space == classes.extentsOf(value);
  return hasPoints ? main[last] : nullptr;
}

static bool isCheapOp(Operation *op) {
  return isa<norm::CastOp, norm::NegOp, norm::AbsOp, norm::AddOp, norm::SubOp, norm::MulOp, norm::SquareOp, norm::MaxOp, norm::MinOp,
             norm::CompareOp, norm::SelectOp>(op);
}

/// Whether computing a narrow value again wherever it is needed beats a kernel of its own: few cheap ops (any ops, of a number that
/// varies along no axis) of tensors whose elements have no more bytes than the value would be stored in.
bool KernelPartition::isCheap(Value root) const {
  if (hostOf(root))
    return false;
  auto bytesOf = [](Type element) { return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8); };
  const bool isNumber = !variedAxes(root);
  uint64_t bytes = 0;
  size_t ops = 0;
  SmallVector<Value> open{root};
  DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    Operation *op = value.getDefiningOp();
    if (!op) {
      bytes += bytesOf(getElementTypeOrSelf(value));
    } else if (norm::isReduction(op) || isa<norm::MergeOp>(op)) {
      bytes += bytesOf(precision.computeType(value));
    } else {
      if (!isInlined(op) && (++ops > fewOps || !(isNumber || isCheapOp(op))))
        return false;
      for (OpOperand &operand : op->getOpOperands())
        if (!norm::readsOnlyExtents(operand))
          open.push_back(operand.get());
    }
  }
  return bytes <= bytesOf(precision.computeType(root));
}

// What a kernel needs of an earlier one it computes again at each point, as that moves no bytes: but for what takes so many ops that,
// along a chain of layers, kernels would grow with the square of its length. That is stored, once.
void KernelPartition::findCostly() {
  DenseMap<Value, llvm::SmallPtrSet<Operation *, 8>> opsOf;
  for (Operation &op : function.getBody().front().without_terminator()) {
    Value value = op.getResult(0);
    if (!needed.contains(value) || norm::isReduction(&op) || isa<norm::MergeOp>(op) || isInlined(&op))
      continue;
    llvm::SmallPtrSet<Operation *, 8> &ops = opsOf[value];
    ops.insert(&op);
    for (OpOperand &operand : op.getOpOperands())
      if (auto found = opsOf.find(operand.get()); found != opsOf.end() && !norm::readsOnlyExtents(operand))
        for (Operation *behind : found->second) {
          if (ops.size() > mostOps) // it is enough to know that there are more
            break;
          ops.insert(behind);
        }
    auto isElsewhere = [&](Operation *user) {
      if (KernelGroup *kernel = home.lookup(user))
        return !isInside(*kernel, value);
      return user->getNumResults() == 1 && lastKernelOf(user->getResult(0)) != lastKernelOf(value);
    };
    if (ops.size() > mostOps && precision.isWide(value) && llvm::any_of(value.getUsers(), isElsewhere)) {
      costly.insert(value);
      ops.clear();
    }
  }
}

/// Values that pass from one kernel to another are stored in a tensor.
void KernelPartition::materialize(Value value) {
  if (!inTensor.insert(value).second)
    return;
  Operation *op = value.getDefiningOp();
  if (auto merge = dyn_cast<norm::MergeOp>(op)) {
    // It comes of a collective, for which the partial results are stored.
    materialize(merge.getPartial());
    if (merge.getMean())
      materialize(merge.getMean());
    return;
  }
  if (KernelGroup *kernel = home.lookup(op)) {
    kernel->stored.insert(value);
    return;
  }
  // It rides along in the kernel on which it depends last, if that has a point for each of its elements.
  if (KernelGroup *host = hostOf(value)) {
    host->stored.insert(value);
    demand(*host, value);
    return;
  }
  KernelGroup &kernel = createKernel(classes.extentsOf(value), chooseSwept(value));
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
    if (norm::isReduction(op) && home.lookup(op) == &kernel && value != root)
      continue; // has demanded its own operand
    for (OpOperand &operand : op->getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        open.push_back(operand.get());
  }
}

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
