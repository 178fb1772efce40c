//===- ScalarBuilder.cpp - primitives as scalar arithmetic ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ScalarBuilder.h"
#include "dialects/Kernel/KernelDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace normc {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Value convert(ImplicitLocOpBuilder &builder, Value scalar, Type type) {
  auto from = dyn_cast<FloatType>(scalar.getType());
  auto to = dyn_cast<FloatType>(type);
  if (!from || !to || from == to)
    return scalar;
  if (auto constant = scalar.getDefiningOp<arith::ConstantOp>(); constant && to.getWidth() >= 32) {
    APFloat value = cast<FloatAttr>(constant.getValue()).getValue();
    bool losesInfo;
    value.convert(to.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return builder.create<arith::ConstantOp>(FloatAttr::get(to, value));
  }
  // What was widened without loss is that again.
  if (auto extend = scalar.getDefiningOp<arith::ExtFOp>(); extend && extend.getIn().getType() == to)
    return extend.getIn();
  return from.getWidth() < to.getWidth() ? Value(builder.create<arith::ExtFOp>(to, scalar))
                                         : Value(builder.create<arith::TruncFOp>(to, scalar));
}

/// A scalar of f32 whose value in f64 is this one, or null.
static Value exactIn(ImplicitLocOpBuilder &builder, Value wide, Type type) {
  if (auto extend = wide.getDefiningOp<arith::ExtFOp>())
    return extend.getIn().getType() == type ? extend.getIn() : Value();
  auto constant = wide.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return nullptr;
  APFloat value = cast<FloatAttr>(constant.getValue()).getValue();
  bool losesInfo = false;
  value.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
  if (losesInfo)
    return nullptr;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfter(constant);
  return convert(builder, wide, type);
}

// f64 has more than twice the digits of f32, so that rounding there first changes nothing.
Value roundedTo(ImplicitLocOpBuilder &builder, Value scalar, Type type) {
  Operation *op = scalar.getDefiningOp();
  if (!type.isF32() || !scalar.getType().isF64() || !isa_and_nonnull<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op))
    return nullptr;
  Value a = exactIn(builder, op->getOperand(0), type), b = a ? exactIn(builder, op->getOperand(1), type) : Value();
  if (!b)
    return nullptr;
  return builder.create(op->getLoc(), op->getName().getIdentifier(), {a, b}, type)->getResult(0);
}

Value foldConstants(ImplicitLocOpBuilder &builder, Value scalar) {
  Operation *op = scalar.getDefiningOp();
  auto isConstant = [](Value operand) { return bool(operand.getDefiningOp<arith::ConstantOp>()); };
  SmallVector<Value> folded;
  if (!op || op->getNumOperands() == 0 || !llvm::all_of(op->getOperands(), isConstant) || failed(builder.tryFold(op, folded)) ||
      folded.empty())
    return scalar;
  op->erase();
  return folded.front();
}

Value constantScalar(ImplicitLocOpBuilder &builder, TypedAttr value) {
  if (auto number = dyn_cast<FloatAttr>(value)) {
    APFloat wide = number.getValue();
    bool losesInfo;
    wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    return builder.create<arith::ConstantOp>(FloatAttr::get(builder.getF64Type(), wide));
  }
  return builder.create<arith::ConstantOp>(value);
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

namespace {

struct Scalars {
  ImplicitLocOpBuilder &builder;
  FloatType real;

  Value constant(double value) { return builder.create<arith::ConstantOp>(builder.getFloatAttr(real, value)); }
  Value constant(Type type, int64_t value) {
    return builder.create<arith::ConstantOp>(builder.getIntegerAttr(type, value));
  }
  Value isNan(Value a) { return builder.create<arith::CmpFOp>(arith::CmpFPredicate::UNO, a, a); }
  Value select(Value condition, Value a, Value b) { return builder.create<arith::SelectOp>(condition, a, b); }

  /// max(a, b) = (a > b or a is NaN) ? a : b, and b where b is NaN; min likewise
  Value extremum(Value a, Value b, bool maximum) {
    if (!isa<FloatType>(a.getType()))
      return maximum ? Value(builder.create<arith::MaxSIOp>(a, b)) : Value(builder.create<arith::MinSIOp>(a, b));
    // Unordered or greater would choose a where b is NaN, so the comparison is ordered and a's own NaN is asked for.
    Value wins = builder.create<arith::CmpFOp>(maximum ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT, a, b);
    return select(builder.create<arith::OrIOp>(wins, isNan(a)), a, b);
  }

  /// -1 or 1; zeros and NaN stay
  Value sign(Value a) {
    Value zero = constant(0.0);
    Value positive = builder.create<arith::CmpFOp>(arith::CmpFPredicate::OGT, a, zero);
    Value negative = builder.create<arith::CmpFOp>(arith::CmpFPredicate::OLT, a, zero);
    return select(positive, constant(1.0), select(negative, constant(-1.0), a));
  }

  Value compare(norm::Predicate predicate, Value a, Value b) {
    using norm::Predicate;
    if (isa<FloatType>(a.getType())) {
      static constexpr arith::CmpFPredicate table[] = {arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE,
                                                       arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
                                                       arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
      return builder.create<arith::CmpFOp>(table[unsigned(predicate)], a, b);
    }
    // Of masks, false is less than true.
    static constexpr arith::CmpIPredicate asSigned[] = {arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
                                                        arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
                                                        arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
    static constexpr arith::CmpIPredicate asUnsigned[] = {arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
                                                          arith::CmpIPredicate::ult, arith::CmpIPredicate::ule,
                                                          arith::CmpIPredicate::ugt, arith::CmpIPredicate::uge};
    auto &table = a.getType().isInteger(1) ? asUnsigned : asSigned;
    return builder.create<arith::CmpIOp>(table[unsigned(predicate)], a, b);
  }

  /// The nearest integer towards zero, clamped to the type's range; 0 of NaN
  Value toInteger(Value a, Type type) {
    // The largest double that the type holds: 2^63 itself would overflow.
    const double high = type.isInteger(64) ? 0x1.fffffffffffffp62 : 2147483647.0;
    const double low = type.isInteger(64) ? -0x1p63 : -2147483648.0;
    Value number = select(isNan(a), constant(0.0), a);
    Value clamped = extremum(extremum(number, constant(high), /*maximum=*/false), constant(low), /*maximum=*/true);
    Value integer = builder.create<arith::FPToSIOp>(type, clamped);
    if (!type.isInteger(64))
      return integer;
    // No double lies between `high` and 2^63, which becomes the largest integer, 2^63 - 1.
    Value above = builder.create<arith::CmpFOp>(arith::CmpFPredicate::OGT, a, constant(high));
    return select(above, constant(type, INT64_MAX), integer);
  }

  /// An i64 that f64 holds exactly and that rounds to narrower types as `a` does: beyond 2^53, where it would be rounded twice,
  /// the last 11 bits become one that says whether any of them was set.
  Value stickyInteger(Value a) {
    Type type = a.getType();
    Value zero = constant(type, 0), low = builder.create<arith::AndIOp>(a, constant(type, 2047));
    Value kept = builder.create<arith::AndIOp>(a, constant(type, ~int64_t(2047)));
    Value isExact = builder.create<arith::CmpIOp>(arith::CmpIPredicate::eq, low, zero);
    Value sticky = builder.create<arith::OrIOp>(kept, select(isExact, zero, constant(type, 1024)));
    Value isLarge = builder.create<arith::OrIOp>(
        builder.create<arith::CmpIOp>(arith::CmpIPredicate::sgt, a, constant(type, int64_t(1) << 53)),
        builder.create<arith::CmpIOp>(arith::CmpIPredicate::slt, a, constant(type, -(int64_t(1) << 53))));
    return select(isLarge, sticky, a);
  }

  Value cast(Value a, Type from, Type to) {
    if (isa<FloatType>(from) && isa<FloatType>(to)) {
      // Narrowing rounds; widening changes nothing, as values are wide already.
      bool narrows = from.getIntOrFloatBitWidth() > to.getIntOrFloatBitWidth() || (from.isF16() && to.isBF16()) ||
                     (from.isBF16() && to.isF16());
      return convert(builder, narrows ? convert(builder, a, to) : a, real);
    }
    if (from == to)
      return a;
    if (isa<FloatType>(from)) {
      Scalars wide{builder, builder.getF64Type()};
      a = convert(builder, a, wide.real);
      return to.isInteger(1) ? builder.create<arith::CmpFOp>(arith::CmpFPredicate::UNE, a, wide.constant(0.0))
                             : wide.toInteger(a, to);
    }
    if (to.isInteger(1))
      return builder.create<arith::CmpIOp>(arith::CmpIPredicate::ne, a, constant(from, 0));
    if (isa<FloatType>(to)) {
      // A number of the type, so it is rounded where the type is narrower than what it is computed in.
      if (from.isInteger(64) && !to.isF64())
        a = stickyInteger(a);
      Value wide = from.isInteger(1) ? Value(builder.create<arith::UIToFPOp>(builder.getF64Type(), a))
                                     : Value(builder.create<arith::SIToFPOp>(builder.getF64Type(), a));
      return convert(builder, convert(builder, wide, to), real);
    }
    if (from.isInteger(1))
      return builder.create<arith::ExtUIOp>(to, a);
    if (from.isInteger(32))
      return builder.create<arith::ExtSIOp>(to, a);
    Value clamped = extremum(extremum(a, constant(from, INT32_MAX), false), constant(from, INT32_MIN), true);
    return builder.create<arith::TruncIOp>(to, clamped);
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Primitives
//===----------------------------------------------------------------------===//

Value buildScalar(ImplicitLocOpBuilder &b, Operation *op, ValueRange in, FloatType real) {
  Scalars s{b, real};
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](norm::NegOp) { return b.create<arith::NegFOp>(in[0]); })
      .Case([&](norm::AbsOp) { return b.create<math::AbsFOp>(in[0]); })
      .Case([&](norm::SignOp) { return s.sign(in[0]); })
      .Case([&](norm::SquareOp) { return b.create<arith::MulFOp>(in[0], in[0]); })
      .Case([&](norm::SqrtOp) { return b.create<math::SqrtOp>(in[0]); })
      // 1 / sqrt(x)
      .Case([&](norm::RsqrtOp) { return b.create<arith::DivFOp>(s.constant(1.0), b.create<math::SqrtOp>(in[0])); })
      .Case([&](norm::ReciprocalOp) { return b.create<arith::DivFOp>(s.constant(1.0), in[0]); })
      .Case([&](norm::ExpOp) { return b.create<math::ExpOp>(in[0]); })
      .Case([&](norm::LogOp) { return b.create<math::LogOp>(in[0]); })
      .Case([&](norm::TanhOp) { return b.create<math::TanhOp>(in[0]); })
      .Case([&](norm::SigmoidOp) { return b.create<kernel::SigmoidOp>(in[0]); })
      .Case([&](norm::ErfOp) { return b.create<math::ErfOp>(in[0]); })
      .Case([&](norm::AddOp) { return b.create<arith::AddFOp>(in[0], in[1]); })
      .Case([&](norm::SubOp) { return b.create<arith::SubFOp>(in[0], in[1]); })
      .Case([&](norm::MulOp) { return b.create<arith::MulFOp>(in[0], in[1]); })
      .Case([&](norm::DivOp) { return b.create<arith::DivFOp>(in[0], in[1]); })
      .Case([&](norm::PowOp) { return b.create<math::PowFOp>(in[0], in[1]); })
      .Case([&](norm::MaxOp) { return s.extremum(in[0], in[1], /*maximum=*/true); })
      .Case([&](norm::MinOp) { return s.extremum(in[0], in[1], /*maximum=*/false); })
      .Case([&](norm::CompareOp compare) { return s.compare(compare.getPredicate(), in[0], in[1]); })
      .Case([&](norm::SelectOp) { return s.select(in[0], in[1], in[2]); })
      .Case([&](norm::CastOp cast) {
        return s.cast(in[0], getElementTypeOrSelf(cast.getOperand()), cast.getElement());
      })
      .Default([](Operation *) { return Value(); });
}

} // namespace normc
