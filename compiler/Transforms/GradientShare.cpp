//===- GradientShare.cpp - this device's part of a sum over devices ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/GradientShare.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace normc {

namespace {

class Sharer {
public:
  explicit Sharer(func::FuncOp function) : function(function), builder(function.getContext()) {
    for (Operation &op : function.getBody().front().without_terminator())
      if (!linearOperands(&op).empty() || isMergedSum(&op))
        linear.insert(op.getResult(0));
  }

  Value run(Value root) {
    // What the share is made of, operands before users.
    llvm::SetVector<Value> wanted;
    SmallVector<Value> open{root};
    while (!open.empty()) {
      Value value = open.pop_back_val();
      if (!wanted.insert(value) || !linear.contains(value))
        continue;
      for (unsigned operand : linearOperands(value.getDefiningOp()))
        open.push_back(value.getDefiningOp()->getOperand(operand));
    }
    SmallVector<Value> ordered(wanted.getArrayRef());
    llvm::sort(ordered, [](Value a, Value b) {
      Operation *first = a.getDefiningOp(), *second = b.getDefiningOp();
      if (!first || !second)
        return !first && (second || cast<BlockArgument>(a).getArgNumber() < cast<BlockArgument>(b).getArgNumber());
      return first->isBeforeInBlock(second);
    });
    for (Value value : ordered)
      shares[value] = build(value);
    return shares.lookup(root);
  }

private:
  static bool isMergedSum(Operation *op) {
    auto merge = dyn_cast<norm::MergeOp>(op);
    return merge && (merge.getMonoid() == norm::Monoid::sum || merge.getMonoid() == norm::Monoid::mean);
  }

  /// The operands in which an op is linear, where at least one of them follows from merged sums; of a product one.
  ///   share(a + b) = share(a) + share(b), share(a b) = share(a) b, share(a / b) = share(a) / b, share(c ? a : b) = c ? share(a) : share(b)
  SmallVector<unsigned> linearOperands(Operation *op) const {
    auto follows = [&](unsigned operand) { return linear.contains(op->getOperand(operand)); };
    if (isa<norm::NegOp, norm::SumOp, norm::BroadcastOp, norm::DivOp>(op))
      return follows(0) ? SmallVector<unsigned>{0} : SmallVector<unsigned>{};
    if (auto cast = dyn_cast<norm::CastOp>(op))
      return follows(0) && norm::isFloatElement(cast.getElement()) ? SmallVector<unsigned>{0} : SmallVector<unsigned>{};
    if (isa<norm::MulOp>(op))
      return follows(0) ? SmallVector<unsigned>{0} : follows(1) ? SmallVector<unsigned>{1} : SmallVector<unsigned>{};
    if (isa<norm::AddOp, norm::SubOp>(op))
      return follows(0) || follows(1) ? SmallVector<unsigned>{0, 1} : SmallVector<unsigned>{};
    if (isa<norm::SelectOp>(op))
      return follows(1) || follows(2) ? SmallVector<unsigned>{1, 2} : SmallVector<unsigned>{};
    return {};
  }

  Value build(Value value) {
    Operation *op = value.getDefiningOp();
    if (op)
      builder.setInsertionPointAfter(op);
    else
      builder.setInsertionPointToStart(&function.getBody().front());
    if (!linear.contains(value))
      return onFirst(value);
    if (auto merge = dyn_cast<norm::MergeOp>(op)) {
      if (merge.getMonoid() == norm::Monoid::sum)
        return merge.getPartial();
      // sum(x here) / n, n the count on all devices
      const Location location = norm::withoutName(op->getLoc());
      Value sum = builder.create<norm::SumOp>(location, merge.getLike(), merge.getAxesAttr());
      Value count = builder.create<norm::CountOp>(location, merge.getLike(), merge.getAxesAttr(),
                                                  TypeAttr::get(getElementTypeOrSelf(value)));
      return builder.create<norm::DivOp>(location, sum, count);
    }
    IRMapping map;
    Operation *copy = builder.clone(*op, map);
    for (unsigned operand : linearOperands(op))
      copy->setOperand(operand, shares.lookup(op->getOperand(operand)));
    return copy->getResult(0);
  }

  /// rank == 0 ? value : 0
  Value onFirst(Value value) {
    if (auto constant = value.getDefiningOp<norm::ConstantOp>())
      if (auto number = dyn_cast<FloatAttr>(constant.getValue()); number && number.getValue().isZero())
        return value;
    auto type = cast<RankedTensorType>(value.getType());
    ImplicitLocOpBuilder b(norm::withoutName(value.getLoc()), builder);
    Value zero = b.create<norm::ConstantOp>(type.getElementType(), type.getRank(), 0.0);
    Value first = b.create<norm::ConstantOp>(b.getI64Type(), type.getRank(), 0.0);
    Value rank = b.create<norm::RankOp>(value);
    Value isFirst = b.create<norm::CompareOp>(norm::Predicate::eq, rank, first);
    return b.create<norm::SelectOp>(isFirst, value, zero);
  }

  func::FuncOp function;
  IRRewriter builder;
  DenseSet<Value> linear; ///< values that follow linearly from merged sums
  DenseMap<Value, Value> shares;
};

} // namespace

Value shareOf(func::FuncOp function, Value value) { return Sharer(function).run(value); }

} // namespace normc
