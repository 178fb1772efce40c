//===- ScalarReader.h - values as scalars of a kernel --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SCALARREADER_H
#define NORMC_COMPILER_TRANSFORMS_SCALARREADER_H

#include "compiler/Transforms/PlanBuilder.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace normc {

using mlir::dyn_cast, mlir::FloatType, mlir::isa_and_nonnull, mlir::OpResult;
namespace math = mlir::math;

/// Loads values and computes them, in one kernel: what is the same for all points of a sweep before it, in f64, and the rest at its
/// points.
class ScalarReader {
public:
  ScalarReader(PlanBuilder &plan, const KernelPartition &partition, const KernelGroup &group)
      : plan(plan), builder(plan.builder), partition(partition), group(group) {}

  /// The kernel's body is this block.
  void open(Block &block) { kernelBlock = &block; }
  /// What was computed at points is of the last sweep.
  void beginSweep() {
    pointScalars.clear();
    pointConversions.clear();
    pointRests.clear();
  }
  /// What a sweep has reduced.
  void define(Value value, Value scalar) { groupScalars[value] = scalar; }

  /// A scalar of `value` as the type `type`.
  Value readAs(Value value, Type type, Operation *sweep) { return as(type, value, read(value, sweep), sweep); }

private:
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
        builder.setLoc(norm::withoutName(value.getLoc()));
        set(value, plan.load(value), sweep);
        continue;
      }
      if (Value kept = recall(value, sweep)) {
        pointScalars[value] = kept;
        continue;
      }
      SmallVector<Value> missing;
      for (Value operand : op->getOperands())
        if (!lookup(operand, sweep))
          missing.push_back(operand);
      if (!missing.empty()) {
        llvm::append_range(open, llvm::reverse(missing));
        continue;
      }
      set(value, named(compute(value, sweep), value), sweep);
      if (sweep && isCostly(op) && !isGroupwise(value))
        costly.try_emplace(value, std::pair(sweep, pointScalars[value]));
    }
    return lookup(root, sweep);
  }

  /// The user's name on the op that computes a value.
  static Value named(Value scalar, Value value) {
    if (Operation *op = scalar.getDefiningOp(); op && !norm::nameOf(value).empty())
      op->setLoc(value.getLoc());
    return scalar;
  }

  static bool isCostly(Operation *op) {
    return isa<norm::ExpOp, norm::LogOp, norm::TanhOp, norm::SigmoidOp, norm::ErfOp, norm::PowOp>(op);
  }

  /// Points whose scalars are kept at most: they stay in a core's second-level cache.
  static constexpr int64_t maxKept = 65536;

  /// Whether scalars of all points of a group can be kept: they are long runs, of an extent that is known.
  bool canKeep() {
    int64_t points = 1, last = 1;
    for (int64_t axis : group.swept) {
      if (group.space[axis] < 0 || group.space[axis] > maxKept)
        return false;
      points *= group.space[axis];
      last = group.space[axis] != 1 ? group.space[axis] : last;
      if (points > maxKept)
        return false;
    }
    return group.parallelAxes < group.sweptAxes && last > 256;
  }

  /// What an earlier sweep has computed at much cost is kept for this one; null where it must be computed again.
  Value recall(Value value, Operation *sweep) {
    auto found = costly.find(value);
    if (!sweep || found == costly.end() || found->second.first == sweep || !canKeep())
      return nullptr;
    Value scalar = found->second.second;
    auto [slot, isNew] = slots.try_emplace(value, slots.size());
    if (isNew) {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointAfterValue(scalar);
      builder.create<kernel::KeepOp>(scalar, builder.getI64IntegerAttr(slot->second));
    }
    moveTo(sweep, value);
    return builder.create<kernel::KeptOp>(scalar.getType(), builder.getI64IntegerAttr(slot->second));
  }

  Value as(Type type, Value value, Value scalar, Operation *sweep) {
    if (scalar.getType() == type || !isa<FloatType>(type))
      return scalar;
    auto &cache = isGroupwise(value) ? groupConversions : pointConversions;
    Value &converted = cache[{scalar, type}];
    if (!converted) {
      OpBuilder::InsertionGuard guard(builder);
      moveTo(sweep, value);
      builder.setLoc(norm::withoutName(value.getLoc()));
      if (sweep && !isGroupwise(value))
        converted = roundedTo(builder, scalar, type);
      if (!converted)
        converted = convert(builder, scalar, type);
    }
    return converted;
  }

  /// The type in which an op computes: that of its result or, of a comparison, that of its widest operand.
  FloatType realOf(Operation *op) {
    Value result = op->getResult(0);
    if (auto real = dyn_cast<FloatType>(plan.precision.computeType(result)))
      return real;
    FloatType chosen = builder.getF64Type();
    for (Value operand : op->getOperands()) {
      auto real = dyn_cast<FloatType>(plan.precision.computeType(operand));
      if (real && plan.precision.isWide(operand) && real.isF32())
        chosen = real;
      if (real && getElementTypeOrSelf(operand).isF64())
        return real;
    }
    return chosen;
  }

  /// The op that computes `value`, of operands that are known.
  Value compute(Value value, Operation *sweep) {
    Operation *op = value.getDefiningOp();
    const FloatType real = realOf(op);
    const bool isCast = isa<norm::CastOp>(op);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      Value scalar = lookup(operand, sweep);
      operands.push_back(isCast || !isa<FloatType>(scalar.getType()) ? scalar : as(real, operand, scalar, sweep));
    }
    moveTo(sweep, value);
    builder.setLoc(norm::withoutName(value.getLoc()));
    if (sweep && !isGroupwise(value)) {
      // What is narrow has the bits that it has where it is computed once.
      if (Value fused = plan.precision.isWide(value) ? fuse(op, operands, sweep) : Value())
        return fused;
      if (auto [reciprocal, scale] = reciprocalOf(op, sweep); reciprocal)
        return builder.create<arith::MulFOp>(builder.create<arith::MulFOp>(operands[0], reciprocal), scale);
      if (Value rest = restOf(op, operands, sweep))
        return builder.create<arith::SubFOp>(builder.create<arith::SubFOp>(operands[0], operands[1]), rest);
    }
    Value scalar = foldConstants(builder, buildScalar(builder, op, operands, real));
    if (auto exponential = scalar.getDefiningOp<math::ExpOp>(); exponential && isNotPositive(op->getOperand(0), operands[0]))
      exponential->setAttr(kernel::notPositiveAttr, builder.getUnitAttr());
    return scalar;
  }

  /// What stands behind repetitions.
  static Value withoutBroadcasts(Value value) {
    while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
      value = broadcast.getOperand();
    return value;
  }

  /// Whether a value, of which this is the scalar, is never positive: x - max_over(x), where x is rounded before it is subtracted
  /// from, and c |x| and c x^2, c < 0.
  static bool isNotPositive(Value value, Value scalar) {
    while (auto extend = scalar.getDefiningOp<arith::ExtFOp>())
      scalar = extend.getIn();
    if (auto difference = value.getDefiningOp<norm::SubOp>()) {
      auto maximum = withoutBroadcasts(difference.getOperand(1)).getDefiningOp<norm::MaxOverOp>();
      return maximum && maximum.getOperand() == difference.getOperand(0) && scalar.getDefiningOp<arith::SubFOp>();
    }
    auto isSize = [](Value size) { return isa_and_nonnull<norm::AbsOp, norm::SquareOp>(size.getDefiningOp()); };
    auto isNegative = [](Value constant) {
      auto op = constant.getDefiningOp<norm::ConstantOp>();
      auto number = op ? dyn_cast<mlir::FloatAttr>(op.getValue()) : mlir::FloatAttr();
      return number && number.getValue().isNegative() && !number.getValue().isNaN();
    };
    if (auto negative = value.getDefiningOp<norm::NegOp>())
      return isSize(negative.getOperand());
    auto product = value.getDefiningOp<norm::MulOp>();
    return product && ((isNegative(product.getOperand(0)) && isSize(product.getOperand(1))) ||
                       (isNegative(product.getOperand(1)) && isSize(product.getOperand(0))));
  }

  /// The factors of a product that is computed at the points of this sweep, in the type `real`.
  std::optional<std::pair<Value, Value>> factorsOf(Value value, FloatType real, Operation *sweep) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<norm::MulOp, norm::SquareOp>(op) || !plan.precision.isWide(value) || realOf(op) != real)
      return std::nullopt;
    auto product = lookup(value, sweep).getDefiningOp<arith::MulFOp>();
    if (!product)
      return std::nullopt; // loaded
    return std::pair(product.getLhs(), product.getRhs());
  }

  // a b + c, a b - c and c - a b, rounded once. Whether a product is fused depends on its op alone, so that a value that forward
  // and backward both compute has the same bits in both.
  Value fuse(Operation *op, ArrayRef<Value> operands, Operation *sweep) {
    if (!isa<norm::AddOp, norm::SubOp>(op))
      return nullptr;
    const bool subtracts = isa<norm::SubOp>(op);
    const FloatType real = realOf(op);
    if (auto factors = factorsOf(op->getOperand(0), real, sweep)) {
      Value addend = subtracts ? negated(operands[1], op->getOperand(1), sweep) : operands[1];
      return builder.create<math::FmaOp>(factors->first, factors->second, addend);
    }
    if (auto factors = factorsOf(op->getOperand(1), real, sweep)) {
      Value factor = subtracts ? Value(builder.create<arith::NegFOp>(factors->first)) : factors->first;
      return builder.create<math::FmaOp>(factor, factors->second, operands[0]);
    }
    return nullptr;
  }

  Value negated(Value scalar, Value value, Operation *sweep) {
    OpBuilder::InsertionGuard guard(builder);
    moveTo(sweep, value);
    return builder.create<arith::NegFOp>(scalar);
  }

  // x / g, g a scalar of the group in f64: (x f32(2^k / g)) 2^-k, k = 0 but where 1 / g or g leaves the range of f32. Returns both
  // factors, or null where g is no such scalar.
  std::pair<Value, Value> reciprocalOf(Operation *op, Operation *sweep) {
    if (!isa<norm::DivOp>(op) || !realOf(op).isF32() || !isGroupwise(op->getOperand(1)))
      return {};
    Value whole = lookup(op->getOperand(1), sweep);
    if (!whole.getType().isF64() || isNarrow(whole) || whole.getDefiningOp<arith::ConstantOp>())
      return {};
    auto &[reciprocal, scale] = reciprocals[whole];
    if (!reciprocal) {
      OpBuilder::InsertionGuard guard(builder);
      moveTo(sweep, op->getOperand(1));
      auto constant = [&](double value) -> Value {
        return builder.create<arith::ConstantOp>(builder.getF64FloatAttr(value));
      };
      auto choose = [&](arith::CmpFPredicate predicate, Value a, Value b, double yes, Value no) -> Value {
        return builder.create<arith::SelectOp>(builder.create<arith::CmpFOp>(predicate, a, b), constant(yes), no);
      };
      Value size = builder.create<math::AbsFOp>(whole);
      Value down = choose(arith::CmpFPredicate::OLT, size, constant(0x1p-120), 0x1p64, constant(1.0));
      Value back = choose(arith::CmpFPredicate::OGT, size, constant(0x1p120), 0x1p-64, down);
      Value inverse = builder.create<arith::DivFOp>(constant(1.0), builder.create<arith::MulFOp>(whole, back));
      reciprocal = builder.create<arith::TruncFOp>(builder.getF32Type(), inverse);
      scale = builder.create<arith::TruncFOp>(builder.getF32Type(), back);
    }
    return {reciprocal, scale};
  }

  // x - g, g a narrower scalar in f64: (x - hi) - lo, hi + lo = g, where x is exact. Returns lo, or null where it is 0 or would be
  // lost in the rounding of x.
  Value restOf(Operation *op, ArrayRef<Value> operands, Operation *sweep) {
    if (!isa<norm::SubOp>(op) || !operands[0].getType().isF32() || !isExact(operands[0]))
      return nullptr;
    Value whole = lookup(op->getOperand(1), sweep);
    if (!whole.getType().isF64() || isNarrow(whole))
      return nullptr;
    Value &rest = (isGroupwise(op->getOperand(1)) ? rests : pointRests)[whole];
    if (!rest) {
      OpBuilder::InsertionGuard guard(builder);
      moveTo(sweep, op->getOperand(1));
      rest = builder.create<kernel::RestOp>(builder.getF32Type(), whole);
    }
    return rest;
  }

  /// Whether a scalar has not been rounded yet.
  static bool isExact(Value scalar) {
    while (auto extend = scalar.getDefiningOp<arith::ExtFOp>())
      scalar = extend.getIn();
    return bool(scalar.getDefiningOp<kernel::LoadOp>());
  }

  /// Whether f32 holds an f64 scalar exactly.
  static bool isNarrow(Value scalar) {
    if (scalar.getDefiningOp<arith::ExtFOp>())
      return true;
    auto sweep = scalar.getDefiningOp<kernel::SweepOp>();
    if (!sweep)
      return false;
    unsigned index = sweep.getMonoidOf(cast<OpResult>(scalar));
    kernel::Monoid monoid = sweep.getMonoid(index);
    return (monoid == kernel::Monoid::max || monoid == kernel::Monoid::min) &&
           sweep.getYield().getValues()[index].getType().isF32();
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
  Block *kernelBlock = nullptr;
  DenseMap<Value, Value> groupScalars, pointScalars;
  DenseMap<std::pair<Value, Type>, Value> groupConversions, pointConversions;
  DenseMap<Value, std::pair<Operation *, Value>> costly; ///< the first sweep that computed a value, and its scalar there
  DenseMap<Value, int64_t> slots;                        ///< of values that are kept
  DenseMap<Value, std::pair<Value, Value>> reciprocals; ///< of f64 scalars of the group, and their scales
  DenseMap<Value, Value> rests, pointRests; ///< what an f64 scalar of the group is beyond its f32
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SCALARREADER_H
