//===- Differentiate.cpp - the chain rule, by one reverse walk -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/Transforms/Passes.h.inc"

namespace {

bool isDifferentiable(Value value) { return norm::isFloatElement(getElementTypeOrSelf(value)); }

/// The reverse walk over one function, whose joint function is built in place.
class ReverseWalk {
public:
  ReverseWalk(func::FuncOp joint, ArrayRef<int64_t> wrt) : joint(joint), builder(joint.getLoc(), joint.getContext()) {
    for (Operation &op : joint.getBody().front().without_terminator())
      ops.push_back(&op);
    original.insert(ops.begin(), ops.end());
    builder.setInsertionPoint(joint.getBody().front().getTerminator());
    markInfluenced(wrt);
  }

  /// Adds a cotangent to the adjoint of a result.
  void seed(Value result, Value cotangent) { contributions[result].push_back(cotangent); }

  /// adjoint(operand) += (d result / d operand)^T adjoint(result), from the last op to the first
  LogicalResult run() {
    for (Operation *op : llvm::reverse(ops)) {
      if (op->getNumResults() != 1 || !contributions.contains(op->getResult(0)))
        continue;
      // An adjoint that reaches nothing of interest need not be summed.
      if (!influenced.contains(op->getResult(0)))
        continue;
      Value cotangent = adjointOf(op->getResult(0));
      auto primitive = dyn_cast<norm::AdjointOpInterface>(op);
      if (!primitive) {
        InFlightDiagnostic error = op->emitError() << op->getName() << " has no adjoint, so its gradient cannot be derived";
        if (isa<norm::LayerOpInterface>(op))
          error.attachNote() << "run expand-layers first";
        return error;
      }
      for (OpOperand &operand : op->getOpOperands())
        if (influenced.contains(operand.get()) && !norm::readsOnlyExtents(operand))
          contribute(primitive, operand, cotangent);
    }
    return success();
  }

  /// The adjoint of a value, of the value's type: the sum of what its uses contribute, 0 where there is nothing.
  Value adjointOf(Value value) {
    SmallVector<Value> &parts = contributions[value];
    std::string name = adjointName(value);
    builder.setLoc(norm::withoutName(value.getLoc()));
    if (parts.empty()) {
      auto type = cast<RankedTensorType>(value.getType());
      Value zero = builder.create<norm::ConstantOp>(type.getElementType(), type.getRank(), 0.0);
      parts.push_back(builder.create<norm::BroadcastOp>(zero, value));
    }
    if (parts.size() > 1)
      for (auto [index, part] : llvm::enumerate(parts))
        rename(part, fmt::format("{}_{}", name, index + 1));
    Value sum = parts.front();
    for (Value part : llvm::drop_begin(parts))
      sum = builder.create<norm::AddOp>(sum, part);
    rename(sum, name);
    parts.assign(1, sum);
    return sum;
  }

private:
  /// Which values depend on the arguments of interest: only they need adjoints.
  void markInfluenced(ArrayRef<int64_t> wrt) {
    for (int64_t argument : wrt)
      influenced.insert(joint.getArgument(argument));
    for (Operation *op : ops)
      if (llvm::any_of(op->getOpOperands(), [&](OpOperand &operand) {
            return influenced.contains(operand.get()) && !norm::readsOnlyExtents(operand);
          }))
        for (Value result : op->getResults())
          if (isDifferentiable(result))
            influenced.insert(result);
  }

  void contribute(norm::AdjointOpInterface op, OpOperand &operand, Value cotangent) {
    builder.setLoc(norm::withoutName(op->getLoc()));
    if (Value adjoint = op.buildAdjoint(builder, operand.getOperandNumber(), cotangent))
      contributions[operand.get()].push_back(restrict(adjoint, operand.get()));
  }

  /// Sums an adjoint over the axes along which its value does not vary.
  Value restrict(Value adjoint, Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> axes = norm::axesVaryingOnlyIn(cast<RankedTensorType>(adjoint.getType()), type);
    if (!axes.empty())
      adjoint = builder.create<norm::SumOp>(adjoint, builder.getDenseI64ArrayAttr(axes));
    // `?` and N may stand for one extent; the adjoint has its value's type.
    return adjoint.getType() == type ? adjoint : Value(builder.create<norm::BroadcastOp>(adjoint, value));
  }

  static std::string adjointName(Value value) {
    if (StringRef name = norm::nameOf(value); !name.empty())
      return "d" + name.str();
    auto argument = dyn_cast<BlockArgument>(value);
    return argument ? fmt::format("darg{}", argument.getArgNumber()) : "";
  }

  /// Names what the walk built and nobody has named.
  void rename(Value value, const std::string &name) {
    Operation *op = value.getDefiningOp();
    if (!op || name.empty() || original.contains(op) || !norm::nameOf(op->getLoc()).empty())
      return;
    op->setLoc(norm::named(name, op->getLoc()));
  }

  func::FuncOp joint;
  ImplicitLocOpBuilder builder;
  SmallVector<Operation *> ops;
  DenseSet<Operation *> original;
  DenseSet<Value> influenced;
  DenseMap<Value, SmallVector<Value>> contributions;
};

/// The user's name of a result, or one that says which it is.
std::string resultName(func::FuncOp function, unsigned index) {
  if (auto name = function.getResultAttrOfType<StringAttr>(index, norm::nameAttr))
    return name.str();
  StringRef name = norm::nameOf(function.getBody().front().getTerminator()->getOperand(index));
  return name.empty() ? fmt::format("result{}", index) : name.str();
}

/// @g(f's arguments, cotangents) -> (f's results, gradients)
FailureOr<func::FuncOp> buildJoint(norm::GradientOp gradient, func::FuncOp function) {
  func::FuncOp joint = function.clone();
  OpBuilder builder(gradient);
  builder.insert(joint);
  joint.setSymName(gradient.getSymName());
  joint->setLoc(gradient.getLoc());
  joint->setAttr(norm::saveAttr, gradient.getSaveAttr() ? gradient.getSaveAttr() : builder.getStringAttr("auto"));
  // Of a gradient of a gradient, the first cotangents are plain arguments and the first gradients plain results.
  for (unsigned i = 0; i < joint.getNumArguments(); ++i)
    joint.removeArgAttr(i, norm::cotangentAttr);
  for (unsigned i = 0; i < joint.getNumResults(); ++i)
    joint.removeResultAttr(i, builder.getStringAttr(norm::gradientAttr));

  Operation *terminator = joint.getBody().front().getTerminator();
  SmallVector<Value> results(terminator->getOperands());
  ReverseWalk walk(joint, gradient.getWrt());
  const ShardedAxes sharded(function);
  int64_t position = 0;
  for (auto [index, result] : llvm::enumerate(results)) {
    std::string name = resultName(function, index);
    joint.setResultAttr(index, norm::nameAttr, builder.getStringAttr(name));
    if (!isDifferentiable(result) || joint.getResultAttr(index, norm::updatesAttr))
      continue;
    SmallVector<NamedAttribute> attributes{
        builder.getNamedAttr(norm::cotangentAttr, builder.getI64IntegerAttr(position++))};
    Value original = function.getBody().front().getTerminator()->getOperand(index);
    if (std::optional<int64_t> axis = sharded.axisOf(original))
      attributes.push_back(builder.getNamedAttr(norm::shardAttr, builder.getI64IntegerAttr(*axis)));
    joint.insertArgument(joint.getNumArguments(), result.getType(), builder.getDictionaryAttr(attributes),
                         norm::named("d" + name, result.getLoc()));
    walk.seed(result, joint.getArguments().back());
  }
  if (failed(walk.run())) {
    joint.erase();
    return failure();
  }

  for (auto [index, argument] : llvm::enumerate(gradient.getWrt())) {
    Value value = joint.getArgument(argument);
    results.push_back(walk.adjointOf(value));
    StringRef name = norm::nameOf(value);
    std::string gradientName = "d" + (name.empty() ? fmt::format("arg{}", argument) : name.str());
    SmallVector<NamedAttribute> attributes{
        builder.getNamedAttr(norm::gradientAttr, builder.getI64IntegerAttr(index)),
        builder.getNamedAttr(norm::nameAttr, builder.getStringAttr(gradientName))};
    if (joint.getArgAttr(argument, norm::partialAttr))
      attributes.push_back(builder.getNamedAttr(norm::shareAttr, builder.getUnitAttr()));
    joint.insertResult(joint.getNumResults(), value.getType(), builder.getDictionaryAttr(attributes));
  }
  terminator->setOperands(results);
  return joint;
}

struct DifferentiatePass : impl::DifferentiateBase<DifferentiatePass> {
  void runOnOperation() override {
    // A gradient waits until what it is of is a function.
    SmallVector<norm::GradientOp> waiting(getOperation().getOps<norm::GradientOp>());
    while (!waiting.empty()) {
      SmallVector<norm::GradientOp> later;
      for (norm::GradientOp gradient : waiting) {
        auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(gradient, gradient.getFunctionAttr());
        if (!function) {
          later.push_back(gradient);
          continue;
        }
        if (failed(isGraph(function)) || failed(buildJoint(gradient, function)))
          return signalPassFailure();
        gradient.erase();
      }
      if (later.size() == waiting.size()) {
        later.front().emitOpError() << "is of @" << later.front().getFunction() << ", which is not a function";
        return signalPassFailure();
      }
      waiting = std::move(later);
    }
  }
};

} // namespace
} // namespace normc
