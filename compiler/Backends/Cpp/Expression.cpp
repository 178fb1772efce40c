//===- Expression.cpp - scalar arithmetic as C++ text --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Expression.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

//===----------------------------------------------------------------------===//
// Types and numbers
//===----------------------------------------------------------------------===//

std::string storageName(Type element) {
  if (element.isF16() || element.isBF16())
    return "uint16_t";
  return element.isInteger(1) ? "uint8_t" : scalarName(element);
}

std::string scalarName(Type type) {
  if (type.isF64())
    return "double";
  if (type.isF32())
    return "float";
  if (type.isInteger(1))
    return "bool";
  if (isa<FloatType>(type))
    return "uint16_t"; // f16 and bf16 are only loaded and stored
  return type.isInteger(32) ? "int32_t" : "int64_t";
}

Expression ExpressionBuilder::constant(TypedAttr value) {
  if (auto number = dyn_cast<FloatAttr>(value)) {
    double d = number.getValueAsDouble();
    const std::string type = scalarName(value.getType());
    if (std::isnan(d))
      return {isCode() ? fmt::format("std::numeric_limits<{}>::quiet_NaN()", type) : "nan"};
    if (std::isinf(d)) {
      std::string infinity = isCode() ? fmt::format("std::numeric_limits<{}>::infinity()", type) : "inf";
      return d > 0 ? Expression{infinity} : Expression{"-" + infinity, Precedence::unary};
    }
    // A person reads the number that was written, not the one that its type rounds it to.
    const bool isFloat = value.getType().isF32();
    std::string text = !isCode() ? fmt::format("{:.7g}", d)
                       : isFloat ? fmt::format("{}", static_cast<float>(d))
                                 : fmt::format("{}", d);
    if (isCode() && text.find_first_of(".e") == std::string::npos)
      text += ".0";
    if (isCode() && isFloat)
      text += 'f';
    return {text, std::signbit(d) ? Precedence::unary : Precedence::primary};
  }
  int64_t integer = cast<IntegerAttr>(value).getValue().getSExtValue();
  if (value.getType().isInteger(1))
    return {integer ? "true" : "false"};
  if (style == Style::formula)
    return {fmt::format("{}", integer), integer < 0 ? Precedence::unary : Precedence::primary};
  if (integer == INT64_MIN)
    return {"INT64_MIN"};
  std::string text = value.getType().isInteger(64) ? fmt::format("INT64_C({})", integer)
                     : integer == INT32_MIN        ? "INT32_MIN"
                                                   : fmt::format("{}", integer);
  return {text, integer < 0 && !value.getType().isInteger(64) ? Precedence::unary : Precedence::primary};
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

std::string ExpressionBuilder::extent(int64_t extent) {
  if (extent >= 0)
    return fmt::format("{}", extent);
  symbols.insert(-1 - extent);
  return fmt::format("n{}", -1 - extent);
}

std::string ExpressionBuilder::product(ArrayRef<int64_t> extents) {
  int64_t number = 1;
  std::string text;
  for (int64_t factor : extents)
    if (factor >= 0)
      number *= factor;
    else
      text += (text.empty() ? "" : " * ") + extent(factor);
  if (text.empty())
    return fmt::format("{}", number);
  return number == 1 ? text : fmt::format("{} * {}", text, number);
}

// ((i0 n1 + i1) n2 + i2) .., over the axes along which the tensor varies
std::string ExpressionBuilder::position(RankedTensorType type) {
  std::string text;
  bool isSum = false;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (type.getDimSize(axis) == 1)
      continue;
    std::string index = fmt::format("i{}", axis);
    if (text.empty()) {
      text = index;
      continue;
    }
    text = fmt::format("{} * {} + {}", isSum ? "(" + text + ")" : text, extent(space[axis]), index);
    isSum = true;
  }
  return text.empty() ? "0" : text;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Expression ExpressionBuilder::build(Value value) {
  auto known = bound.find(value);
  if (known != bound.end())
    return Expression{known->second};
  if (isCode())
    return buildOp(cast<OpResult>(value));
  // A formula is cut where nobody would read on, or what is used twice at each of many steps would never end.
  auto [built, isNew] = formulas.try_emplace(value);
  if (isNew) {
    Expression expression = buildOp(cast<OpResult>(value));
    if (expression.text.size() > maxFormula)
      expression = {expression.text.substr(0, maxFormula) + " .."};
    formulas[value] = expression;
    return expression;
  }
  return built->second;
}

/// Nothing is reassociated: the right operand binds more tightly than the operator.
Expression ExpressionBuilder::infix(Operation *op, const char *symbol, Precedence precedence) {
  auto next = Precedence(int(precedence) + 1);
  return {fmt::format("{} {} {}", build(op->getOperand(0)).at(precedence), symbol, build(op->getOperand(1)).at(next)),
          precedence};
}

/// Of masks a disjunction or conjunction; of integers bit by bit, always in parentheses.
Expression ExpressionBuilder::bitwise(Operation *op, const char *logical, const char *bits) {
  bool isMask = op->getResult(0).getType().isInteger(1);
  return {fmt::format("({} {} {})", build(op->getOperand(0)).at(Precedence::primary), isMask ? logical : bits,
                      build(op->getOperand(1)).at(Precedence::primary))};
}

Expression ExpressionBuilder::call(Operation *op, const std::string &function) {
  std::string arguments;
  for (Value operand : op->getOperands())
    arguments += (arguments.empty() ? "" : ", ") + build(operand).text;
  return {fmt::format("{}({})", function, arguments)};
}

/// A conversion, which a formula does not show.
Expression ExpressionBuilder::convert(Operation *op, const std::string &function) {
  return style == Style::formula ? build(op->getOperand(0)) : call(op, function);
}

/// One of the monoids of a sweep, in a formula.
Expression ExpressionBuilder::sweep(OpResult result) {
  auto sweep = cast<kernel::SweepOp>(result.getOwner());
  static constexpr const char *names[] = {"sum", "max", "min", "mean", "mean"};
  const unsigned index = sweep.getMonoidOf(result);
  const bool isSecond = sweep.getResultOf(index) != result;
  std::string axes;
  for (int64_t axis : sweep.getAxes())
    axes += fmt::format("{}{}", axes.empty() ? "" : ", ", axis);
  return {fmt::format("{}({} over [{}])", isSecond ? "squared_deviations" : names[unsigned(sweep.getMonoid(index))],
                      build(sweep.getYield().getValues()[index]).text, axes)};
}

/// a b + c, which a formula shows as it is.
Expression ExpressionBuilder::fma(Operation *op) {
  if (isCode())
    return call(op, "std::fma");
  auto negated = op->getOperand(0).getDefiningOp<arith::NegFOp>();
  std::string product = fmt::format("{} * {}", build(negated ? negated.getOperand() : op->getOperand(0)).at(Precedence::product),
                                    build(op->getOperand(1)).at(Precedence::unary));
  if (negated)
    return {fmt::format("{} - {}", build(op->getOperand(2)).at(Precedence::sum), product), Precedence::sum};
  if (auto minus = op->getOperand(2).getDefiningOp<arith::NegFOp>())
    return {fmt::format("{} - {}", product, build(minus.getOperand()).at(Precedence::product)), Precedence::sum};
  return {fmt::format("{} + {}", product, build(op->getOperand(2)).at(Precedence::product)), Precedence::sum};
}

/// A conversion to f16 or bf16: from f64 by way of a float that is rounded to odd, so that nothing is rounded twice.
std::string ExpressionBuilder::narrow(const std::string &value, Type from, Type to) {
  std::string number = value;
  if (from.isF64())
    number = fmt::format("odd_float({})", value);
  return fmt::format("{}({})", to.isF16() ? "float_to_half" : "float_to_bfloat", number);
}

std::string ExpressionBuilder::narrowed(const std::string &value, Type to) {
  return narrow(value, Float64Type::get(to.getContext()), to);
}

Expression ExpressionBuilder::buildOp(OpResult result) {
  Operation *op = result.getOwner();
  const std::string prefix = style == Style::code ? "std::" : "";
  return llvm::TypeSwitch<Operation *, Expression>(op)
      .Case([&](arith::ConstantOp constantOp) { return constant(constantOp.getValue()); })
      .Case<arith::AddFOp, arith::AddIOp>([&](Operation *) { return infix(op, "+", Precedence::sum); })
      .Case([&](arith::SubFOp subtract) {
        // The second part of what is subtracted is no part of the formula.
        if (!isCode() && subtract.getRhs().getDefiningOp<kernel::RestOp>())
          return build(subtract.getLhs());
        return infix(op, "-", Precedence::sum);
      })
      .Case([&](arith::MulFOp) { return infix(op, "*", Precedence::product); })
      .Case([&](arith::DivFOp) { return infix(op, "/", Precedence::product); })
      .Case([&](arith::NegFOp) {
        return Expression{"-" + build(op->getOperand(0)).at(Precedence::primary), Precedence::unary};
      })
      .Case([&](arith::OrIOp) { return bitwise(op, "||", "|"); })
      .Case([&](arith::AndIOp) { return bitwise(op, "&&", "&"); })
      .Case([&](arith::CmpFOp compare) {
        using P = arith::CmpFPredicate;
        switch (compare.getPredicate()) {
        case P::UNO:
          return Expression{fmt::format("{}isnan({})", prefix, build(compare.getLhs()).text)};
        case P::OEQ:
          return infix(op, "==", Precedence::equality);
        case P::UNE:
          return infix(op, "!=", Precedence::equality);
        case P::OLT:
          return infix(op, "<", Precedence::relation);
        case P::OLE:
          return infix(op, "<=", Precedence::relation);
        case P::OGT:
          return infix(op, ">", Precedence::relation);
        default:
          return infix(op, ">=", Precedence::relation);
        }
      })
      .Case([&](arith::CmpIOp compare) {
        using P = arith::CmpIPredicate;
        switch (compare.getPredicate()) {
        case P::eq:
          return infix(op, "==", Precedence::equality);
        case P::ne:
          return infix(op, "!=", Precedence::equality);
        case P::slt:
        case P::ult:
          return infix(op, "<", Precedence::relation);
        case P::sle:
        case P::ule:
          return infix(op, "<=", Precedence::relation);
        case P::sgt:
        case P::ugt:
          return infix(op, ">", Precedence::relation);
        default:
          return infix(op, ">=", Precedence::relation);
        }
      })
      .Case([&](arith::SelectOp select) {
        return Expression{fmt::format("{} ? {} : {}", build(select.getCondition()).at(Precedence::disjunction),
                                      build(select.getTrueValue()).at(Precedence::disjunction),
                                      build(select.getFalseValue()).at(Precedence::choice)),
                          Precedence::choice};
      })
      .Case([&](arith::MaxSIOp max) { return call(op, fmt::format("{}max<{}>", prefix, scalarName(max.getType()))); })
      .Case([&](arith::MinSIOp min) { return call(op, fmt::format("{}min<{}>", prefix, scalarName(min.getType()))); })
      .Case([&](arith::ExtFOp extend) {
        Type from = extend.getIn().getType();
        if (!isCode() || from.isF32())
          return convert(op, "double");
        std::string value = call(op, from.isF16() ? "half_to_float" : "bfloat_to_float").text;
        return Expression{extend.getType().isF64() ? fmt::format("double({})", value) : value};
      })
      .Case([&](arith::TruncFOp truncate) {
        Type to = truncate.getType();
        if (!isCode() || to.isF32())
          return convert(op, "float");
        return Expression{narrow(build(truncate.getIn()).text, truncate.getIn().getType(), to)};
      })
      .Case([&](math::FmaOp) { return fma(op); })
      .Case([&](kernel::RestOp rest) {
        // What is left of it, where what is taken has a name.
        for (Operation *user : rest->getOperand(0).getUsers())
          if (auto known = isa<arith::TruncFOp>(user) ? bound.find(user->getResult(0)) : bound.end(); known != bound.end())
            return Expression{fmt::format("std::isfinite({0}) ? float({1} - double({0})) : 0.0f", known->second,
                                          build(rest->getOperand(0)).at(Precedence::sum)),
                              Precedence::choice};
        return call(op, "rest");
      })
      .Case<arith::SIToFPOp, arith::UIToFPOp, arith::FPToSIOp, arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp>(
          [&](Operation *conversion) { return convert(op, scalarName(conversion->getResult(0).getType())); })
      .Case([&](math::AbsFOp) { return call(op, prefix + (style == Style::code ? "fabs" : "abs")); })
      .Case([&](math::SqrtOp) { return call(op, prefix + "sqrt"); })
      .Case<math::ExpOp, math::LogOp, math::TanhOp, math::ErfOp, math::PowFOp, kernel::SigmoidOp>([&](Operation *) {
        kernel::Function function = *kernel::functionOf(op);
        return call(op, isa<math::ExpOp>(op) && style == Style::formula ? "exp"
                        : style == Style::formula                      ? kernel::functionName(function).str()
                                                : kernel::functionName(function, cast<FloatType>(result.getType())));
      })
      .Case([&](kernel::LoadOp load) {
        std::string name = tensors.lookup(load.getTensor());
        if (style == Style::formula)
          return Expression{name};
        std::string text = element ? element(load.getTensor()) : "";
        if (text.empty())
          text = fmt::format("{}[{}]", name, position(cast<RankedTensorType>(load.getTensor().getType())));
        return load.getType().isInteger(1) ? Expression{text + " != 0", Precedence::equality} : Expression{text};
      })
      .Case([&](kernel::KeptOp kept) { return Expression{fmt::format("kept_{}", kept.getSlot())}; })
      .Case([&](kernel::IndexOp index) {
        return Expression{space[index.getAxis()] == 1 ? "INT64_C(0)" : fmt::format("i{}", index.getAxis())};
      })
      .Case([&](kernel::CountOp count) {
        std::string text = product(count.getExtents());
        bool isProduct = text.find('*') != std::string::npos;
        return Expression{text, isProduct ? Precedence::product : Precedence::primary};
      })
      .Case([&](kernel::SweepOp) { return sweep(result); })
      .Default([](Operation *) { return Expression{"unknown"}; });
}

} // namespace normc::cpp
