//===- KernelBuilder.cpp - the body of one kernel ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ScalarReader.h"
#include "compiler/Transforms/SubtractedMean.h"

using namespace mlir;

namespace normc {

/// The body of one kernel: sweep after sweep, what is known for each parallel point between them.
class KernelBuilder {
public:
  KernelBuilder(PlanBuilder &plan, const KernelPartition &partition, const KernelGroup &group)
      : plan(plan), builder(plan.builder), partition(partition), group(group), scalars(plan, partition, group) {}

  void run() {
    SmallVector<Type> types;
    for (Value value : group.stored) {
      SmallVector<unsigned> returned = plan.resultsOf(value);
      Type wide = plan.precision.storedType(value);
      bool hasWide = false;
      // A sum that rides along is kept once.
      if (group.ridingTo(value)) {
        const bool isReturned = returned.size() == 1 && !isReadElsewhere(value);
        stores.push_back({value, unsigned(types.size()), isReturned ? int(returned.front()) : -1});
        types.push_back(isReturned ? plan.plan.getResultTypes()[returned.front()] : wide);
        continue;
      }
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
    scalars.open(*kernelBlock);

    unsigned last = 0;
    for (Operation *reduction : group.reductions)
      last = std::max(last, partition.levelIn(group, reduction->getResult(0)));
    for (const FinishedSum &riding : group.riding)
      last = std::max(last, partition.levelIn(group, riding.getTerm()) + 1);
    for (unsigned level = 1; level <= last; ++level)
      buildSweep(level);
    // What no sweep of a reduction could store.
    buildSweep(last + 1);
    for (const Store &store : stores)
      if (!isPointwise(store.value) && !group.ridingTo(store.value)) {
        builder.setInsertionPointToEnd(kernelBlock);
        Value scalar = scalars.readAs(store.value, storeType(store), nullptr);
        builder.setInsertionPointToEnd(kernelBlock);
        plan.store(scalar, store.index, elementOf(kernel.getResult(store.index)));
      }
    for (const Store &store : stores) {
      Value tensor = kernel.getResult(store.index);
      if (tensor.getType() == plan.precision.storedType(store.value))
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
    return group.sweptAxes && (variedAxes(value) & group.sweptAxes) && !norm::isReduction(value.getDefiningOp());
  }

  /// One sweep: the reductions of this level, and every result that is known by now.
  void buildSweep(unsigned level) {
    SmallVector<Operation *> reductions;
    for (Operation *reduction : group.reductions)
      if (partition.levelIn(group, reduction->getResult(0)) == level)
        reductions.push_back(reduction);
    SmallVector<Store *> ready, riding;
    for (Store &store : stores)
      if (const FinishedSum *sum = group.ridingTo(store.value); sum && partition.levelIn(group, sum->getTerm()) + 1 == level)
        riding.push_back(&store);
    for (Store &store : stores)
      if (isPointwise(store.value) && !group.ridingTo(store.value) && partition.levelIn(group, store.value) + 1 == level)
        ready.push_back(&store);
    if (reductions.empty() && ready.empty() && riding.empty())
      return;
    builder.setInsertionPointToEnd(kernelBlock);
    builder.setLoc(norm::withoutName(builder.getLoc()));
    // A sum of squared deviations and the mean that it is about are one monoid.
    struct Statistic {
      kernel::Monoid monoid;
      Value operand;
      SmallVector<Operation *, 2> reductions;
    };
    SmallVector<Statistic> statistics;
    for (Operation *reduction : reductions) {
      kernel::Monoid monoid = monoidOf(reduction);
      auto found = llvm::find_if(statistics, [&](const Statistic &other) {
        return other.operand == reduction->getOperand(0) && isMoment(other.monoid) && isMoment(monoid);
      });
      if (found == statistics.end())
        found = &statistics.emplace_back(Statistic{monoid, reduction->getOperand(0), {}});
      found->reductions.push_back(reduction);
      if (monoid == kernel::Monoid::moments)
        found->monoid = monoid;
    }
    SmallVector<Attribute> monoids;
    unsigned results = 0;
    for (const Statistic &statistic : statistics) {
      monoids.push_back(kernel::MonoidAttr::get(builder.getContext(), statistic.monoid));
      results += kernel::resultCount(statistic.monoid);
    }
    auto sweep = builder.create<kernel::SweepOp>(SmallVector<Type>(results, builder.getF64Type()),
                                                 builder.getDenseI64ArrayAttr(group.swept), builder.getArrayAttr(monoids));
    Block &block = sweep.getBody().emplaceBlock();
    scalars.beginSweep();
    SmallVector<Value> yielded;
    for (const Statistic &statistic : statistics)
      yielded.push_back(isInDouble(statistic.reductions.front()) ? readInDouble(statistic.operand, sweep) : readTerm(statistic.operand, sweep));
    for (Store *store : ready) {
      Value scalar = scalars.readAs(store->value, storeType(*store), sweep);
      builder.setInsertionPointToEnd(&block);
      plan.store(scalar, store->index, elementOf(sweep->getParentOp()->getResult(store->index)));
    }
    for (Store *store : riding) {
      const FinishedSum *sum = group.ridingTo(store->value);
      Value scalar = scalars.readAs(sum->getTerm(), plan.precision.computeType(sum->getTerm()), sweep);
      builder.setInsertionPointToEnd(&block);
      scalar = times(scalar, sum->factor, sweep);
      builder.create<kernel::AccumulateOp>(scalar, builder.getI64IntegerAttr(store->index));
    }
    builder.setInsertionPointToEnd(&block);
    builder.create<kernel::YieldOp>(yielded);
    SmallVector<StringRef> names(results);
    for (auto [index, statistic] : llvm::enumerate(statistics))
      for (Operation *reduction : statistic.reductions) {
        // moments: the mean, then the sum of squared deviations
        bool second = monoidOf(reduction) == kernel::Monoid::moments;
        unsigned number = cast<OpResult>(sweep.getResultOf(index)).getResultNumber() + (second ? 1 : 0);
        scalars.define(reduction->getResult(0), sweep.getResult(number));
        names[number] = norm::nameOf(reduction->getResult(0));
      }
    if (!llvm::all_of(names, [](StringRef name) { return name.empty(); }))
      sweep->setAttr(kernel::namesAttr, builder.getStrArrayAttr(names));
  }

  Value readTerm(Value term, Operation *sweep) { return scalars.readAs(term, plan.precision.computeType(term), sweep); }

  bool isInDouble(Operation *reduction) {
    auto sum = dyn_cast<norm::SumOp>(reduction);
    return sum && plan.precision.computeType(sum.getOperand()).isF32() && isOfSubtractedMean(sum);
  }

  /// A term in f64. Of a product, which is exact there, the factors are extended.
  Value readInDouble(Value term, kernel::SweepOp sweep) {
    Block &block = sweep.getBody().front();
    auto extended = [&](Value value) -> Value {
      Value scalar = readTerm(value, sweep);
      builder.setInsertionPointToEnd(&block);
      return scalar.getType().isF64() ? scalar : builder.create<arith::ExtFOp>(builder.getF64Type(), scalar);
    };
    auto product = term.getDefiningOp<norm::MulOp>();
    if (!product)
      return extended(term);
    Value lhs = extended(product.getLhs()), rhs = extended(product.getRhs());
    return builder.create<arith::MulFOp>(lhs, rhs);
  }

  /// A term times a power of two or its negative. Of a product one factor is multiplied, so that the sum takes the product unrounded.
  Value times(Value term, double factor, Operation *sweep) {
    if (factor == 1.0)
      return term;
    auto scaled = [&](Value scalar) -> Value {
      if (factor == -1.0)
        return builder.create<arith::NegFOp>(scalar);
      OpBuilder before(sweep);
      Value constant = before.create<arith::ConstantOp>(builder.getLoc(), builder.getFloatAttr(scalar.getType(), factor));
      return builder.create<arith::MulFOp>(constant, scalar);
    };
    if (auto product = term.getDefiningOp<arith::MulFOp>())
      return builder.create<arith::MulFOp>(scaled(product.getLhs()), product.getRhs());
    return scaled(term);
  }

  static bool isMoment(kernel::Monoid monoid) {
    return monoid == kernel::Monoid::mean || monoid == kernel::Monoid::moments;
  }

  static kernel::Monoid monoidOf(Operation *op) {
    return isa<norm::MaxOverOp>(op)              ? kernel::Monoid::max
           : isa<norm::MinOverOp>(op)            ? kernel::Monoid::min
           : isa<norm::MeanOp>(op)               ? kernel::Monoid::mean
           : isa<norm::SquaredDeviationsOp>(op) ? kernel::Monoid::moments
                                                 : kernel::Monoid::sum;
  }

  /// The type in which a value is stored, but for a last rounding.
  Type storeType(const Store &store) { return plan.precision.computeType(store.value); }

  PlanBuilder &plan;
  ImplicitLocOpBuilder &builder;
  const KernelPartition &partition;
  const KernelGroup &group;
  SmallVector<Store> stores;
  Block *kernelBlock = nullptr;
  ScalarReader scalars;
};

void PlanBuilder::createKernel(const KernelPartition &partition, const KernelGroup &group) {
  KernelBuilder(*this, partition, group).run();
}

} // namespace normc
