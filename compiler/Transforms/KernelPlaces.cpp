//===- KernelPlaces.cpp - where a kernel has its values from -------------===//
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

/// Ops of an earlier kernel that are computed again at each point.
static constexpr size_t mostOps = 64;
/// Ops that are computed at each point rather than once, by a kernel of their own.
static constexpr size_t fewOps = 8;

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

} // namespace normc
