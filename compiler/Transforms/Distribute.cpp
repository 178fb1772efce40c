//===- Distribute.cpp - reductions over a sharded axis cross devices -----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/GradientShare.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_DISTRIBUTE
#include "compiler/Transforms/Passes.h.inc"

namespace {

norm::Monoid monoidOf(Operation *reduction) {
  return isa<norm::MaxOverOp>(reduction)             ? norm::Monoid::max
         : isa<norm::MinOverOp>(reduction)           ? norm::Monoid::min
         : isa<norm::MeanOp>(reduction)              ? norm::Monoid::mean
         : isa<norm::SquaredDeviationsOp>(reduction) ? norm::Monoid::moments
                                                     : norm::Monoid::sum;
}

/// One function, from what it means on the joined arrays to what one device does.
class Distribution {
public:
  explicit Distribution(func::FuncOp function) : function(function), builder(function.getContext()), sharded(function) {}

  void run() {
    function->setAttr(norm::distributedAttr, builder.getUnitAttr());
    mergePartials();
    takeShares();
    leaveGradients();
    // A merge that only a gradient needed which is left as a share.
    SmallVector<Operation *> ops;
    for (Operation &op : function.getBody().front().without_terminator())
      ops.push_back(&op);
    for (Operation *op : llvm::reverse(ops))
      if (isOpTriviallyDead(op))
        op->erase();
  }

private:
  // mu = mean(x over axes)  ==>  mu_here = mean(x over axes), mu = merge mean mu_here
  void mergePartials() {
    SmallVector<Operation *> reductions;
    for (Operation &op : function.getBody().front().without_terminator())
      if (norm::isReduction(&op))
        reductions.push_back(&op);
    for (Operation *op : reductions) {
      auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
      Value x = op->getOperand(0), partial = op->getResult(0);
      std::optional<int64_t> axis = sharded.axisOf(x);
      if (!axis || !llvm::is_contained(axes.asArrayRef(), *axis))
        continue;
      builder.setInsertionPointAfter(op);
      const norm::Monoid monoid = monoidOf(op);
      StringRef name = norm::nameOf(partial);
      const Location nameless = norm::withoutName(op->getLoc());
      auto here = [&](StringRef of) { return of.empty() ? nameless : norm::named((of + "_here").str(), nameless); };
      Value mean;
      if (monoid == norm::Monoid::moments)
        mean = builder.create<norm::MeanOp>(nameless, x, axes);
      Value merged = builder.create<norm::MergeOp>(op->getLoc(), partial.getType(), monoid, partial, x, mean, axes);
      partial.replaceAllUsesExcept(merged, merged.getDefiningOp());
      op->setLoc(here(name));
    }
  }

  /// Extents along sharded axes are this device's, which are known when it is called.
  void takeShares() {
    auto localize = [](Value value, int64_t axis) {
      auto type = cast<RankedTensorType>(value.getType());
      SmallVector<int64_t> extents(type.getShape());
      extents[axis] = ShapedType::kDynamic;
      value.setType(RankedTensorType::get(extents, type.getElementType()));
    };
    Operation *terminator = function.getBody().front().getTerminator();
    auto number = [&](int64_t value) { return builder.getI64IntegerAttr(value); };
    auto joined = [](Value value, int64_t axis) { return cast<RankedTensorType>(value.getType()).getDimSize(axis); };
    for (OpOperand &result : terminator->getOpOperands())
      if (std::optional<int64_t> axis = sharded.axisOf(result.get())) {
        function.setResultAttr(result.getOperandNumber(), norm::splitAttr, number(*axis));
        if (int64_t extent = joined(result.get(), *axis); !ShapedType::isDynamic(extent))
          function.setResultAttr(result.getOperandNumber(), norm::joinedAttr, number(extent));
      }
    for (BlockArgument argument : function.getArguments())
      if (std::optional<int64_t> axis = sharded.axisOf(argument)) {
        if (int64_t extent = joined(argument, *axis); !ShapedType::isDynamic(extent))
          function.setArgAttr(argument.getArgNumber(), norm::joinedAttr, number(extent));
        localize(argument, *axis);
      }
    for (Operation &op : function.getBody().front().without_terminator())
      for (Value result : op.getResults())
        if (std::optional<int64_t> axis = sharded.axisOf(result))
          localize(result, *axis);
    function.setFunctionType(
        builder.getFunctionType(function.getBody().front().getArgumentTypes(), terminator->getOperandTypes()));
  }

  /// Gradients of which the caller sums the shares himself.
  void leaveGradients() {
    for (OpOperand &result : function.getBody().front().getTerminator()->getOpOperands()) {
      if (!function.getResultAttr(result.getOperandNumber(), norm::shareAttr))
        continue;
      if (sharded.axisOf(result.get())) // each device has its part anyway
        function.removeResultAttr(result.getOperandNumber(), builder.getStringAttr(norm::shareAttr));
      else
        result.set(shareOf(function, result.get()));
    }
  }

  func::FuncOp function;
  IRRewriter builder;
  ShardedAxes sharded;
};

struct DistributePass : impl::DistributeBase<DistributePass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      if (failed(isGraph(function)))
        return signalPassFailure();
      const bool isSharded = llvm::any_of(function.getArguments(), [&](BlockArgument argument) {
        return bool(function.getArgAttr(argument.getArgNumber(), norm::shardAttr));
      });
      if (!isSharded || function->hasAttr(norm::distributedAttr))
        continue;
      if (failed(verifySharding(function)))
        return signalPassFailure();
      Distribution(function).run();
    }
  }
};

} // namespace
} // namespace normc
