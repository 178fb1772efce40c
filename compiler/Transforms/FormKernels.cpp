//===- FormKernels.cpp - turn functions into plans of kernels ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
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

/// Ops that are computed where they are used, at no cost.
bool isInlined(Operation *op) {
  return isa_and_nonnull<norm::ConstantOp, norm::CountOp, norm::IndexOp, norm::BroadcastOp>(op);
}

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
    for (Operation &op : function.getBody().front().without_terminator())
      if (!isInlined(&op))
        createKernel(&op);
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

  /// Opens a kernel whose results are `types`, over the extents of `shape`.
  kernel::KernelOp openKernel(const Twine &name, Value shape, ArrayRef<int64_t> swept, ArrayRef<Type> types) {
    SmallVector<int64_t> space = classes.extentsOf(shape), parallel;
    std::string label = name.str();
    for (int64_t axis = 0; axis < int64_t(space.size()); ++axis)
      if (!llvm::is_contained(swept, axis))
        parallel.push_back(axis);
    auto kernel = builder.create<kernel::KernelOp>(types, label.empty() ? "value" : label, space, parallel);
    builder.setInsertionPointToStart(&kernel.getBody().emplaceBlock());
    return kernel;
  }

  /// Broadcasts are read through: the point itself tells where.
  static Value sourceOf(Value value) {
    while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
      value = broadcast.getOperand();
    return value;
  }

  /// A scalar of `value` at the current point, in its compute type.
  Value read(Value value) {
    value = sourceOf(value);
    Type compute = computeType(getElementTypeOrSelf(value));
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
    return convert(builder, builder.create<kernel::LoadOp>(stored, tensor), compute);
  }

  Value fromInteger(Value number, Type element) {
    if (isa<FloatType>(element))
      return builder.create<arith::SIToFPOp>(builder.getF64Type(), number);
    return element.isInteger(64) ? number : Value(builder.create<arith::TruncIOp>(element, number));
  }

  void store(Value scalar, int64_t result, Type element) {
    builder.create<kernel::StoreOp>(convert(builder, scalar, element), builder.getI64IntegerAttr(result));
  }

  void createKernel(Operation *op) {
    Value value = op->getResult(0);
    auto type = cast<RankedTensorType>(value.getType());
    builder.setLoc(op->getLoc());
    // One tensor for each result that the value is, and one for those who read it, unless a result has every digit.
    SmallVector<unsigned> returned = resultsOf(value);
    SmallVector<Type> types;
    for (unsigned result : returned)
      types.push_back(plan.getResultTypes()[result]);
    Type wide = type.clone(computeType(type.getElementType()));
    if (llvm::range_size(value.getUses()) > returned.size() && !llvm::is_contained(types, wide))
      types.push_back(wide);
    if (types.empty())
      return; // nobody wants it

    OpBuilder::InsertionGuard guard(builder);
    kernel::KernelOp kernel;
    Value scalar;
    if (isa<norm::SumOp, norm::MeanOp, norm::MaxOverOp, norm::MinOverOp>(op)) {
      kernel = openKernel(norm::nameOf(value), op->getOperand(0), reducedAxes(op), types);
      scalar = buildReduction(op);
    } else {
      kernel = openKernel(norm::nameOf(value), value, {}, types);
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(read(operand));
      scalar = buildScalar(builder, op, operands);
    }
    for (auto [index, tensorType] : llvm::enumerate(types))
      store(scalar, index, cast<RankedTensorType>(tensorType).getElementType());
    for (auto [index, tensorType] : llvm::enumerate(types))
      if (tensorType == wide)
        tensors[value] = kernel.getResult(index);
    for (auto [index, result] : llvm::enumerate(returned))
      results[result] = kernel.getResult(index);
  }

  static SmallVector<int64_t> reducedAxes(Operation *op) {
    SmallVector<int64_t> axes(op->getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef());
    llvm::sort(axes);
    return axes;
  }

  /// sum, mean = sum / count, max or min over the swept axes
  Value buildReduction(Operation *op) {
    kernel::Monoid monoid = isa<norm::MaxOverOp>(op)   ? kernel::Monoid::max
                            : isa<norm::MinOverOp>(op) ? kernel::Monoid::min
                                                       : kernel::Monoid::sum;
    SmallVector<int64_t> axes = reducedAxes(op);
    auto sweep = builder.create<kernel::SweepOp>(
        builder.getF64Type(), builder.getDenseI64ArrayAttr(axes),
        builder.getArrayAttr(kernel::MonoidAttr::get(builder.getContext(), monoid)));
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(&sweep.getBody().emplaceBlock());
      builder.create<kernel::YieldOp>(read(op->getOperand(0)));
    }
    if (!isa<norm::MeanOp>(op))
      return sweep.getResult(0);
    SmallVector<int64_t> all = classes.extentsOf(op->getOperand(0)), extents;
    for (int64_t axis : axes)
      extents.push_back(all[axis]);
    Value count = fromInteger(builder.create<kernel::CountOp>(builder.getI64Type(), extents), builder.getF64Type());
    return builder.create<arith::DivFOp>(sweep.getResult(0), count);
  }

  /// The argument that a result updates, or null.
  Value updatedBy(unsigned result) {
    auto argument = function.getResultAttrOfType<IntegerAttr>(result, norm::updatesAttr);
    return argument ? Value(function.getArgument(argument.getInt())) : Value();
  }

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
    kernel::KernelOp kernel = openKernel(resultName(index), value, {}, type);
    store(read(value), 0, cast<RankedTensorType>(type).getElementType());
    results[index] = kernel.getResult(0);
  }

  /// A kernel that copies an argument, which is read from the copy from then on.
  void keepElsewhere(BlockArgument argument) {
    if (!isa<BlockArgument>(tensors[argument]))
      return;
    OpBuilder::InsertionGuard guard(builder);
    auto type = cast<RankedTensorType>(tensors[argument].getType());
    kernel::KernelOp kernel = openKernel("old_" + argumentName(argument.getArgNumber()), argument, {}, type);
    store(read(argument), 0, type.getElementType());
    tensors[argument] = kernel.getResult(0);
  }

  func::FuncOp function;
  const ExtentClasses &classes;
  ImplicitLocOpBuilder builder;
  kernel::PlanOp plan;
  DenseMap<Value, Value> tensors;     // what holds a value of the function
  DenseMap<unsigned, Value> results; // by result of the function
};

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
