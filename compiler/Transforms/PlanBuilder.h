//===- PlanBuilder.h - one function as a plan ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_PLANBUILDER_H
#define NORMC_COMPILER_TRANSFORMS_PLANBUILDER_H

#include "compiler/Transforms/Joins.h"
#include "compiler/Transforms/KernelPartition.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Precision.h"
#include "compiler/Transforms/ScalarBuilder.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <fmt/format.h>

namespace normc {

using mlir::ArrayRef, mlir::Attribute, mlir::Block, mlir::BlockArgument, mlir::cast, mlir::DenseMap, mlir::ImplicitLocOpBuilder;
using mlir::IntegerAttr, mlir::isa, mlir::NamedAttribute, mlir::NamedAttrList, mlir::OpBuilder, mlir::Operation;
using mlir::dyn_cast_or_null, mlir::OpOperand, mlir::RankedTensorType, mlir::SmallVector, mlir::StringAttr, mlir::StringRef, mlir::Type, mlir::Value;
namespace arith = mlir::arith;

/// Turns one function into a plan.
class PlanBuilder {
public:
  PlanBuilder(mlir::func::FuncOp function, const ExtentClasses &classes)
      : function(function), classes(classes), precision(function), joins(function, classes), builder(function.getLoc(), function.getContext()) {}

  void run() {
    createPlan();
    KernelPartition partition(function, classes);
    joins.createExtents(builder);
    for (KernelGroup *group : partition.getKernels()) {
      createKernel(partition, *group);
      createCollectives();
    }
    createResults();
  }

private:
  static Type storageType(RankedTensorType type, Attribute saved) {
    return saved ? type.clone(cast<mlir::TypeAttr>(saved).getValue()) : type;
  }

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
      arguments.push_back(storageType(type, attributes.get(norm::savedTypeAttr)));
      attributes.append(kernel::nameAttr, builder.getStringAttr(argumentName(i)));
      attributes.append(extents(function.getArgument(i)));
      argumentAttributes.push_back(attributes.getDictionary(builder.getContext()));
    }
    for (unsigned i = 0; i < function.getNumResults(); ++i) {
      NamedAttrList attributes(function.getResultAttrDict(i));
      Value value = terminator()->getOperand(i);
      results.push_back(storageType(cast<RankedTensorType>(value.getType()), attributes.get(norm::savedTypeAttr)));
      attributes.erase(norm::nameAttr);
      attributes.erase(norm::bytesAttr);
      attributes.append(kernel::nameAttr, builder.getStringAttr(resultName(i)));
      attributes.append(extents(value));
      resultAttributes.push_back(attributes.getDictionary(builder.getContext()));
    }
    builder.setInsertionPoint(function);
    plan = builder.create<kernel::PlanOp>(function.getSymName(), builder.getFunctionType(arguments, results),
                                          /*sym_visibility=*/nullptr, builder.getArrayAttr(argumentAttributes),
                                          builder.getArrayAttr(resultAttributes));
    joins.setSymbols(plan.getSymbolCount());
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

  /// The argument that a result is written over, or null.
  Value updatedBy(unsigned result) {
    for (StringRef way : {norm::updatesAttr, norm::inplaceAttr})
      if (auto argument = function.getResultAttrOfType<IntegerAttr>(result, way))
        return function.getArgument(argument.getInt());
    return {};
  }

  /// Broadcasts are read through: the point itself tells where.
  static Value sourceOf(Value value) {
    while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
      value = broadcast.getOperand();
    return value;
  }

  /// A scalar of `value`, which is in a tensor or follows from extents, at the current point: f32, or f64 where it is stored so.
  Value load(Value value) {
    value = sourceOf(value);
    if (auto constant = value.getDefiningOp<norm::ConstantOp>())
      return constantScalar(builder, constant.getValue());
    if (auto count = value.getDefiningOp<norm::CountOp>()) {
      SmallVector<int64_t> all = classes.extentsOf(count.getLike()), extents;
      for (int64_t axis : count.getAxes())
        extents.push_back(joins.joined(count.getLike(), axis, all[axis]));
      return fromInteger(builder.create<kernel::CountOp>(builder.getI64Type(), extents), count.getElement());
    }
    if (auto index = value.getDefiningOp<norm::IndexOp>()) {
      bool moves = norm::varies(index.getType(), index.getAxis());
      Value position = moves ? Value(builder.create<kernel::IndexOp>(builder.getI64Type(), index.getAxis()))
                             : Value(builder.create<arith::ConstantOp>(builder.getI64IntegerAttr(0)));
      if (std::optional<int64_t> start = joins.start(index.getLike(), index.getAxis()))
        position = builder.create<arith::AddIOp>(position, countOf(*start));
      return fromInteger(position, index.getElement());
    }
    if (value.getDefiningOp<norm::RankOp>())
      return countOf(joins.rank());
    return loadTensor(tensors.lookup(value));
  }

  Value loadTensor(Value tensor) {
    Type stored = cast<RankedTensorType>(tensor.getType()).getElementType();
    Value scalar = builder.create<kernel::LoadOp>(stored, tensor);
    return stored.isF16() || stored.isBF16() ? convert(builder, scalar, builder.getF32Type()) : scalar;
  }

  Value countOf(int64_t extent) {
    return builder.create<kernel::CountOp>(builder.getI64Type(), ArrayRef<int64_t>(extent));
  }

  Value fromInteger(Value number, Type element) {
    if (isa<mlir::FloatType>(element))
      return builder.create<arith::SIToFPOp>(builder.getF64Type(), number);
    return element.isInteger(64) ? number : Value(builder.create<arith::TruncIOp>(element, number));
  }

  void createKernel(const KernelPartition &partition, const KernelGroup &group);
  bool canLieOver(Value tensor, BlockArgument argument);

  /// A collective for each merge of which all partial results are there by now.
  void createCollectives() {
    for (Operation &op : function.getBody().front().without_terminator())
      if (auto merge = mlir::dyn_cast<norm::MergeOp>(op); merge && !tensors.contains(merge.getResult()))
        joins.createCollective(builder, merge, tensors);
  }

  /// Results that no kernel has stored: arguments and inlined values, then what is written over arguments that are still read.
  void createResults() {
    builder.setLoc(terminator()->getLoc());
    SmallVector<unsigned> updates;
    for (unsigned index = 0; index < function.getNumResults(); ++index)
      if (updatedBy(index) && !results.contains(index))
        updates.push_back(index);
      else if (!results.contains(index))
        createCopy(index);
    // In place, a result that a kernel has stored waits, too, where its argument is read after it.
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned index = 0; index < function.getNumResults(); ++index) {
        auto argument = dyn_cast_or_null<BlockArgument>(updatedBy(index));
        auto isCopiedLater = [&](unsigned other) { return sourceOf(terminator()->getOperand(other)) == argument; };
        if (!argument || llvm::is_contained(updates, index) ||
            (canLieOver(results[index], argument) && llvm::none_of(updates, isCopiedLater)))
          continue;
        stored[index] = results[index];
        updates.push_back(index);
        changed = true;
      }
    }
    llvm::sort(updates);
    // State whose old value is the new value of other state is kept elsewhere before any is written over.
    for (unsigned index : updates)
      for (unsigned other : updates)
        if (Value old = sourceOf(terminator()->getOperand(index));
            index != other && !stored.contains(index) && old == updatedBy(other))
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
    Value tensor = stored.lookup(index);
    store(tensor ? loadTensor(tensor) : load(value), 0, cast<RankedTensorType>(type).getElementType());
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
  friend class ScalarReader;
  mlir::func::FuncOp function;
  const ExtentClasses &classes;
  Precision precision;
  Joins joins;
  ImplicitLocOpBuilder builder;
  kernel::PlanOp plan;
  DenseMap<Value, Value> tensors;     // what holds a value of the function
  DenseMap<unsigned, Value> results; // by result of the function
  DenseMap<unsigned, Value> stored;  // by result: a tensor that has it, until it may be written over its argument
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_PLANBUILDER_H
