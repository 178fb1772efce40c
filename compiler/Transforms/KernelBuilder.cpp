//===- KernelBuilder.cpp - the body of one kernel ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/PlanBuilder.h"

using namespace mlir;

namespace normc {

/// The body of one kernel: sweep after sweep, what is known for each parallel point between them.
class KernelBuilder {
public:
  KernelBuilder(PlanBuilder &plan, const KernelPartition &partition, const KernelGroup &group)
      : plan(plan), builder(plan.builder), partition(partition), group(group) {}

  void run() {
    SmallVector<Type> types;
    for (Value value : group.stored) {
      auto type = cast<RankedTensorType>(value.getType());
      SmallVector<unsigned> returned = plan.resultsOf(value);
      Type wide = type.clone(computeType(type.getElementType()));
      bool hasWide = false;
      // One tensor for each result that the value is, and one for those who read it, unless a result has every digit.
      for (unsigned result : returned) {
        hasWide |= plan.plan.getResultTypes()[result] == wide;
        stores.push_back({value, unsigned(types.size()), int(result)});
        types.push_back(plan.plan.getResultTypes()[result]);
      }
      if (!hasWide && isReadElsewhere(value)) {
        stores.push_back({value, unsigned(types.size()), -1});
        types.push_back(wide);
      }
    }
    if (types.empty())
      return;
    OpBuilder::InsertionGuard guard(builder);
    builder.setLoc(stores.front().value.getLoc());
    kernel::KernelOp kernel = plan.openKernel(nameOfGroup(), group.space, group.swept, types);
    kernelBlock = &kernel.getBody().front();

    unsigned last = 0;
    for (Operation *reduction : group.reductions)
      last = std::max(last, partition.levelIn(group, reduction->getResult(0)));
    for (unsigned level = 1; level <= last; ++level)
      buildSweep(level);
    // What no sweep of a reduction could store.
    buildSweep(last + 1);
    for (const Store &store : stores)
      if (!isPointwise(store.value)) {
        builder.setInsertionPointToEnd(kernelBlock);
        Value scalar = read(store.value, nullptr);
        builder.setInsertionPointToEnd(kernelBlock);
        plan.store(scalar, store.index, elementOf(kernel.getResult(store.index)));
      }
    for (const Store &store : stores) {
      Value tensor = kernel.getResult(store.index);
      auto type = cast<RankedTensorType>(store.value.getType());
      if (tensor.getType() == type.clone(computeType(type.getElementType())))
        plan.tensors[store.value] = tensor;
      if (store.result >= 0)
        plan.results[store.result] = tensor;
    }
  }

private:
  struct Store {
    Value value;
    unsigned index; ///< among the kernel's results
    int result;     ///< of the function, or -1
  };

  static Type elementOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getElementType(); }

  /// Whether a value is read by other kernels, or by what is copied at the end.
  bool isReadElsewhere(Value value) { return partition.isRead(value) || plan.isCopied(value); }

  std::string nameOfGroup() {
    for (const Store &store : stores)
      if (store.result >= 0)
        return plan.resultName(store.result);
    return norm::nameOf(stores.front().value).str();
  }

  /// Whether a value is computed at each point of a sweep; the others once for each parallel point.
  bool isPointwise(Value value) {
    return group.sweptAxes && (variedAxes(value) & group.sweptAxes) && !isReduction(value.getDefiningOp());
  }

  /// One sweep: the reductions of this level, and every result that is known by now.
  void buildSweep(unsigned level) {
    SmallVector<Operation *> reductions;
    for (Operation *reduction : group.reductions)
      if (partition.levelIn(group, reduction->getResult(0)) == level)
        reductions.push_back(reduction);
    SmallVector<Store *> ready;
    for (Store &store : stores)
      if (isPointwise(store.value) && partition.levelIn(group, store.value) + 1 == level)
        ready.push_back(&store);
    if (reductions.empty() && ready.empty())
      return;
    builder.setInsertionPointToEnd(kernelBlock);
    builder.setLoc(withoutName(builder.getLoc()));
    SmallVector<Attribute> monoids;
    SmallVector<Type> types(reductions.size(), builder.getF64Type());
    for (Operation *reduction : reductions)
      monoids.push_back(kernel::MonoidAttr::get(builder.getContext(), monoidOf(reduction)));
    auto sweep = builder.create<kernel::SweepOp>(types, builder.getDenseI64ArrayAttr(group.swept),
                                                 builder.getArrayAttr(monoids));
    Block &block = sweep.getBody().emplaceBlock();
    pointScalars.clear();
    SmallVector<Value> yielded;
    for (Operation *reduction : reductions)
      yielded.push_back(read(reduction->getOperand(0), sweep));
    for (Store *store : ready) {
      Value scalar = read(store->value, sweep);
      builder.setInsertionPointToEnd(&block);
      plan.store(scalar, store->index, elementOf(sweep->getParentOp()->getResult(store->index)));
    }
    builder.setInsertionPointToEnd(&block);
    builder.create<kernel::YieldOp>(yielded);
    for (auto [reduction, result] : llvm::zip(reductions, sweep.getResults())) {
      builder.setInsertionPointToEnd(kernelBlock);
      builder.setLoc(withoutName(reduction->getLoc()));
      groupScalars[reduction->getResult(0)] = finishReduction(reduction, result);
    }
  }

  static kernel::Monoid monoidOf(Operation *op) {
    return isa<norm::MaxOverOp>(op)   ? kernel::Monoid::max
           : isa<norm::MinOverOp>(op) ? kernel::Monoid::min
                                      : kernel::Monoid::sum;
  }

  /// sum, mean = sum / count, max or min
  Value finishReduction(Operation *op, Value total) {
    if (!isa<norm::MeanOp>(op))
      return total;
    SmallVector<int64_t> all = plan.classes.extentsOf(op->getOperand(0)), extents;
    for (int64_t axis : reducedAxes(op))
      extents.push_back(all[axis]);
    Value count = plan.fromInteger(builder.create<kernel::CountOp>(builder.getI64Type(), extents), builder.getF64Type());
    return named(builder.create<arith::DivFOp>(total, count), op->getResult(0));
  }

  /// The user's name on the op that computes a value.
  static Value named(Value scalar, Value value) {
    if (Operation *op = scalar.getDefiningOp(); op && !norm::nameOf(value).empty())
      op->setLoc(value.getLoc());
    return scalar;
  }

  /// A scalar of `value`, for the point of a sweep or, without one, for the parallel point. Operands first, without recursion:
  /// graphs may be thousands of ops deep.
  Value read(Value root, Operation *sweep) {
    SmallVector<Value> open{root};
    while (!open.empty()) {
      Value value = open.back();
      if (lookup(value, sweep)) {
        open.pop_back();
        continue;
      }
      Operation *op = value.getDefiningOp();
      const bool loads = !op || isInlined(op) || (partition.placeOf(group, value) == Place::load &&
                                                  !group.stored.contains(value));
      if (loads) {
        if (auto broadcast = dyn_cast_or_null<norm::BroadcastOp>(op)) {
          // Read through, to what may be computed here.
          if (Value source = lookup(broadcast.getOperand(), sweep))
            set(value, source, sweep);
          else
            open.push_back(broadcast.getOperand());
          continue;
        }
        moveTo(sweep, value);
        builder.setLoc(withoutName(value.getLoc()));
        set(value, plan.load(value), sweep);
        continue;
      }
      SmallVector<Value> operands, missing;
      for (Value operand : op->getOperands()) {
        operands.push_back(lookup(operand, sweep));
        if (!operands.back())
          missing.push_back(operand);
      }
      if (!missing.empty()) {
        llvm::append_range(open, llvm::reverse(missing));
        continue;
      }
      moveTo(sweep, value);
      builder.setLoc(withoutName(value.getLoc()));
      set(value, named(buildScalar(builder, op, operands), value), sweep);
    }
    return lookup(root, sweep);
  }

  static Location withoutName(Location location) {
    while (auto name = dyn_cast<NameLoc>(location))
      location = name.getChildLoc();
    return location;
  }

  /// Whether a value is the same for all points of a sweep.
  bool isGroupwise(Value value) {
    Operation *op = value.getDefiningOp();
    if (auto broadcast = dyn_cast_or_null<norm::BroadcastOp>(op))
      return isGroupwise(broadcast.getOperand());
    return (variedAxes(value) & group.sweptAxes) == 0;
  }

  /// Before the sweep, or in it.
  void moveTo(Operation *sweep, Value value) {
    if (!sweep)
      builder.setInsertionPointToEnd(kernelBlock);
    else if (isGroupwise(value))
      builder.setInsertionPoint(sweep);
    else
      builder.setInsertionPointToEnd(&sweep->getRegion(0).front());
  }

  Value lookup(Value value, Operation *sweep) {
    if (Value scalar = groupScalars.lookup(value))
      return scalar;
    return sweep ? pointScalars.lookup(value) : Value();
  }

  void set(Value value, Value scalar, Operation *sweep) {
    (isGroupwise(value) ? groupScalars : pointScalars)[value] = scalar;
  }

  PlanBuilder &plan;
  ImplicitLocOpBuilder &builder;
  const KernelPartition &partition;
  const KernelGroup &group;
  SmallVector<Store> stores;
  Block *kernelBlock = nullptr;
  DenseMap<Value, Value> groupScalars, pointScalars;
};

void PlanBuilder::createKernel(const KernelPartition &partition, const KernelGroup &group) {
  KernelBuilder(*this, partition, group).run();
}

} // namespace normc
