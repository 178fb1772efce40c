//===- FormKernels.cpp - turn functions into plans of kernels ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/KernelPartition.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/ScalarBuilder.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_FORMKERNELS
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// What this compiler cannot do yet is refused, not ignored.
LogicalResult isSupported(func::FuncOp function) {
  if (failed(isGraph(function)))
    return failure();
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<norm::AdjointOpInterface>(op)) {
      InFlightDiagnostic error = op.emitError() << op.getName() << " is no primitive, so no kernel can be made of it";
      error.attachNote() << "run expand-layers first";
      return error;
    }
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (function.getArgAttr(i, norm::shardAttr)) {
      InFlightDiagnostic error = function.emitError() << "argument " << i << " of @" << function.getSymName()
                                                      << " is sharded, and kernels that cross devices cannot be made yet";
      error.attachNote() << "take norm.shard away, or evaluate the graph with --device=reference";
      return error;
    }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (function.getResultAttr(i, norm::inplaceAttr)) {
      InFlightDiagnostic error = function.emitError()
                                 << "result " << i << " of @" << function.getSymName()
                                 << " is to be written over an argument, and kernels that work in place cannot be made yet";
      error.attachNote() << "take norm.inplace away, or evaluate the graph with --device=reference";
      return error;
    }
  return success();
}

/// Turns one function into a plan.
class PlanBuilder {
public:
  PlanBuilder(func::FuncOp function, const ExtentClasses &classes)
      : function(function), classes(classes), builder(function.getLoc(), function.getContext()) {}

  void run() {
    createPlan();
    KernelPartition partition(function, classes);
    for (KernelGroup *group : partition.getKernels())
      createKernel(partition, *group);
    createResults();
  }

private:
  Type storageType(RankedTensorType type, bool saved) { return saved ? savedType(type) : type; }

  /// An extent along which the value does not vary is 1, and others are what their class says.
  NamedAttribute extents(Value value) {
    return builder.getNamedAttr(kernel::extentsAttr, builder.getDenseI64ArrayAttr(classes.extentsOf(value)));
  }

  std::string argumentName(unsigned index) {
    StringRef name = norm::nameOf(function.getArgument(index));
    return name.empty() ? fmt::format("arg{}", index) : name.str();
  }

  std::string resultName(unsigned index) {
    if (auto name = function.getResultAttrOfType<StringAttr>(index, norm::nameAttr))
      return name.str();
    StringRef name = norm::nameOf(terminator()->getOperand(index));
    return name.empty() ? fmt::format("result{}", index) : name.str();
  }

  Operation *terminator() { return function.getBody().front().getTerminator(); }

  void createPlan() {
    SmallVector<Type> arguments, results;
    SmallVector<Attribute> argumentAttributes, resultAttributes;
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      NamedAttrList attributes(function.getArgAttrDict(i));
      auto type = cast<RankedTensorType>(function.getArgument(i).getType());
      arguments.push_back(storageType(type, attributes.get(norm::savedAttr) != nullptr));
      attributes.append(kernel::nameAttr, builder.getStringAttr(argumentName(i)));
      attributes.append(extents(function.getArgument(i)));
      argumentAttributes.push_back(attributes.getDictionary(builder.getContext()));
    }
    for (unsigned i = 0; i < function.getNumResults(); ++i) {
      NamedAttrList attributes(function.getResultAttrDict(i));
      Value value = terminator()->getOperand(i);
      results.push_back(storageType(cast<RankedTensorType>(value.getType()), attributes.get(norm::savedAttr) != nullptr));
      attributes.erase(norm::nameAttr);
      attributes.append(kernel::nameAttr, builder.getStringAttr(resultName(i)));
      attributes.append(extents(value));
      resultAttributes.push_back(attributes.getDictionary(builder.getContext()));
    }
    builder.setInsertionPoint(function);
    plan = builder.create<kernel::PlanOp>(function.getSymName(), builder.getFunctionType(arguments, results),
                                          /*sym_visibility=*/nullptr, builder.getArrayAttr(argumentAttributes),
                                          builder.getArrayAttr(resultAttributes));
    for (StringRef role : {norm::forwardOfAttr, norm::backwardOfAttr})
      if (Attribute attribute = function->getAttr(role))
        plan->setAttr(role, attribute);
    Block &body = plan.getBody().emplaceBlock();
    for (auto [argument, type] : llvm::zip(function.getArguments(), arguments))
      tensors[argument] = body.addArgument(type, argument.getLoc());
    builder.setInsertionPointToStart(&body);
  }

  /// The results of the function that `value` is, at which it can be stored when it is computed. The new value of state waits
  /// until nothing reads the old one any more.
  SmallVector<unsigned> resultsOf(Value value) {
    SmallVector<unsigned> found;
    for (OpOperand &use : value.getUses())
      if (use.getOwner() == terminator() && !function.getResultAttr(use.getOperandNumber(), norm::updatesAttr))
        found.push_back(use.getOperandNumber());
    llvm::sort(found);
    return found;
  }

  /// Opens a kernel whose results are `types`.
  kernel::KernelOp openKernel(StringRef name, ArrayRef<int64_t> space, ArrayRef<int64_t> swept, ArrayRef<Type> types) {
    SmallVector<int64_t> parallel;
    for (int64_t axis = 0; axis < int64_t(space.size()); ++axis)
      if (!llvm::is_contained(swept, axis))
        parallel.push_back(axis);
    auto kernel = builder.create<kernel::KernelOp>(types, name.empty() ? "value" : name, space, parallel);
    builder.setInsertionPointToStart(&kernel.getBody().emplaceBlock());
    return kernel;
  }

  /// Whether a result is made of a value at the end, from its tensor.
  bool isCopied(Value value) {
    return llvm::any_of(value.getUses(), [&](OpOperand &use) {
      return use.getOwner() == terminator() && function.getResultAttr(use.getOperandNumber(), norm::updatesAttr);
    });
  }

  /// The argument that a result updates, or null.
  Value updatedBy(unsigned result) {
    auto argument = function.getResultAttrOfType<IntegerAttr>(result, norm::updatesAttr);
    return argument ? Value(function.getArgument(argument.getInt())) : Value();
  }

  /// Broadcasts are read through: the point itself tells where.
  static Value sourceOf(Value value) {
    while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
      value = broadcast.getOperand();
    return value;
  }

  /// A scalar of `value`, which is in a tensor or follows from extents, at the current point and in its compute type.
  Value load(Value value) {
    value = sourceOf(value);
    if (auto constant = value.getDefiningOp<norm::ConstantOp>())
      return constantScalar(builder, constant.getValue());
    if (auto count = value.getDefiningOp<norm::CountOp>()) {
      SmallVector<int64_t> all = classes.extentsOf(count.getLike()), extents;
      for (int64_t axis : count.getAxes())
        extents.push_back(all[axis]);
      return fromInteger(builder.create<kernel::CountOp>(builder.getI64Type(), extents), count.getElement());
    }
    if (auto index = value.getDefiningOp<norm::IndexOp>()) {
      bool moves = norm::varies(index.getType(), index.getAxis());
      Value position = moves ? Value(builder.create<kernel::IndexOp>(builder.getI64Type(), index.getAxis()))
                             : Value(builder.create<arith::ConstantOp>(builder.getI64IntegerAttr(0)));
      return fromInteger(position, index.getElement());
    }
    Value tensor = tensors.lookup(value);
    Type stored = cast<RankedTensorType>(tensor.getType()).getElementType();
    return convert(builder, builder.create<kernel::LoadOp>(stored, tensor), computeType(stored));
  }

  Value fromInteger(Value number, Type element) {
    if (isa<FloatType>(element))
      return builder.create<arith::SIToFPOp>(builder.getF64Type(), number);
    return element.isInteger(64) ? number : Value(builder.create<arith::TruncIOp>(element, number));
  }

  void createKernel(const KernelPartition &partition, const KernelGroup &group);

  /// Results that no kernel has stored: arguments and inlined values, then the new values of state.
  void createResults() {
    builder.setLoc(terminator()->getLoc());
    SmallVector<unsigned> updates;
    for (unsigned index = 0; index < function.getNumResults(); ++index)
      if (updatedBy(index))
        updates.push_back(index);
      else if (!results.contains(index))
        createCopy(index);
    // State whose old value is the new value of other state is kept elsewhere before any is written over.
    for (unsigned index : updates)
      for (unsigned other : updates)
        if (Value old = sourceOf(terminator()->getOperand(index)); index != other && old == updatedBy(other))
          keepElsewhere(cast<BlockArgument>(old));
    for (unsigned index : updates)
      createCopy(index);
    SmallVector<Value> returned;
    for (unsigned index = 0; index < function.getNumResults(); ++index)
      returned.push_back(results[index]);
    builder.create<kernel::ReturnOp>(returned);
  }

  /// A kernel that stores a value where the caller wants the result.
  void createCopy(unsigned index) {
    OpBuilder::InsertionGuard guard(builder);
    Value value = terminator()->getOperand(index);
    Type type = plan.getResultTypes()[index];
    kernel::KernelOp kernel = openKernel(resultName(index), classes.extentsOf(value), {}, type);
    store(load(value), 0, cast<RankedTensorType>(type).getElementType());
    results[index] = kernel.getResult(0);
  }

  /// A kernel that copies an argument, which is read from the copy from then on.
  void keepElsewhere(BlockArgument argument) {
    if (!isa<BlockArgument>(tensors[argument]))
      return;
    OpBuilder::InsertionGuard guard(builder);
    auto type = cast<RankedTensorType>(tensors[argument].getType());
    kernel::KernelOp kernel = openKernel("old_" + argumentName(argument.getArgNumber()), classes.extentsOf(argument), {}, type);
    store(load(argument), 0, type.getElementType());
    tensors[argument] = kernel.getResult(0);
  }

  void store(Value scalar, int64_t result, Type element) {
    builder.create<kernel::StoreOp>(convert(builder, scalar, element), builder.getI64IntegerAttr(result));
  }

  friend class KernelBuilder;
  func::FuncOp function;
  const ExtentClasses &classes;
  ImplicitLocOpBuilder builder;
  kernel::PlanOp plan;
  DenseMap<Value, Value> tensors;     // what holds a value of the function
  DenseMap<unsigned, Value> results; // by result of the function
};

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
    // What no sweep of a reduction could store: an apply sweep for each level at which something becomes known.
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

struct FormKernelsPass : impl::FormKernelsBase<FormKernelsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (failed(isSupported(function)))
        return signalPassFailure();
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
      if (failed(classes))
        return signalPassFailure();
      PlanBuilder(function, *classes).run();
      function.erase();
    }
  }
};

} // namespace
} // namespace normc
