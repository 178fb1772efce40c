//===- Functions.cpp - elementary functions as C++ -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Functions.h"
#include "compiler/Backends/Cpp/Expression.h"
#include "compiler/Backends/Cpp/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <fmt/format.h>
#include <set>

using namespace mlir;

namespace normc::cpp {

namespace {

/// Integers are bits here: unsigned, so that they wrap.
std::string typeName(Type type) {
  if (isa<FloatType>(type))
    return type.isF32() ? "float" : "double";
  return type.isInteger(1) ? "bool" : type.isInteger(32) ? "uint32_t" : "uint64_t";
}

Expression constant(TypedAttr value) {
  Type type = value.getType();
  if (auto number = dyn_cast<FloatAttr>(value)) {
    APFloat real = number.getValue();
    if (!real.isFinite()) {
      const char *which = real.isNaN() ? "quiet_NaN" : "infinity";
      return {fmt::format("{}std::numeric_limits<{}>::{}()", real.isNegative() ? "-" : "", typeName(type), which),
              real.isNegative() ? Precedence::unary : Precedence::primary};
    }
    // The shortest decimals that are read back as the same number.
    std::string text =
        type.isF32() ? fmt::format("{}", real.convertToFloat()) : fmt::format("{}", real.convertToDouble());
    if (text.find_first_of(".e") == std::string::npos)
      text += ".0";
    return {text + (type.isF32() ? "f" : ""), real.isNegative() ? Precedence::unary : Precedence::primary};
  }
  uint64_t bits = cast<IntegerAttr>(value).getValue().getZExtValue();
  if (type.isInteger(1))
    return {bits ? "true" : "false"};
  std::string digits = bits < 1024 ? fmt::format("{}", bits) : fmt::format("{:#x}", bits);
  return {type.isInteger(32) ? digits + "u" : fmt::format("UINT64_C({})", digits)};
}

/// The body of a function, a statement for each value that has a name or more than one use.
class BodyEmitter {
public:
  BodyEmitter(Block &block, ArrayRef<StringRef> parameters) : block(block) {
    for (auto [argument, name] : llvm::zip(block.getArguments(), parameters))
      bound[argument] = locals.unique(name);
  }

  std::string run(Value result) {
    std::string text;
    for (Operation &op : block) {
      Value value = op.getResult(0);
      if (value == result || !needsName(value))
        continue;
      std::string expression = build(value).text;
      auto name = dyn_cast<NameLoc>(value.getLoc());
      bound[value] = locals.unique(name ? name.getName().getValue() : "t");
      text += fmt::format("  const {} {} = {};\n", typeName(value.getType()), bound[value], expression);
    }
    return text + fmt::format("  return {};\n", build(result).text);
  }

private:
  static bool needsName(Value value) {
    if (isa<arith::ConstantOp>(value.getDefiningOp()) || value.use_empty())
      return false;
    // What is chosen is computed before, as a compiler would otherwise make a branch of the choice.
    Operation *user = *value.user_begin();
    bool isChosen = isa<arith::SelectOp>(user) && user->getOperand(0) != value;
    return isa<NameLoc>(value.getLoc()) || !value.hasOneUse() || isChosen;
  }

  Expression build(Value value) {
    auto known = bound.find(value);
    return known != bound.end() ? Expression{known->second} : buildOp(value.getDefiningOp());
  }

  /// Nothing is reassociated: the right operand binds more tightly than the operator. Operators on
  /// bits and conditions stand in parentheses, as few know how tightly they bind; they have no branches, unlike && and
  /// ||.
  Expression infix(Operation *op, const char *symbol, Precedence precedence) {
    auto next = Precedence(int(precedence) + 1);
    return {fmt::format("{} {} {}", build(op->getOperand(0)).at(precedence), symbol, build(op->getOperand(1)).at(next)),
            precedence};
  }
  Expression bits(Operation *op, const char *symbol) {
    return {fmt::format("{} {} {}", build(op->getOperand(0)).at(Precedence::unary), symbol,
                        build(op->getOperand(1)).at(Precedence::unary)),
            Precedence::choice};
  }

  Expression call(Operation *op, const std::string &function) {
    std::string arguments;
    for (Value operand : op->getOperands())
      arguments += (arguments.empty() ? "" : ", ") + build(operand).text;
    return {fmt::format("{}({})", function, arguments)};
  }

  Expression compare(arith::CmpFOp op) {
    using P = arith::CmpFPredicate;
    switch (op.getPredicate()) {
    case P::OEQ:
      return infix(op, "==", Precedence::equality);
    case P::OLT:
      return infix(op, "<", Precedence::relation);
    case P::OGT:
      return infix(op, ">", Precedence::relation);
    case P::OGE:
      return infix(op, ">=", Precedence::relation);
    default: // unordered: one of them is NaN
      return {fmt::format("{0} != {0}", build(op.getLhs()).at(Precedence::relation)), Precedence::equality};
    }
  }

  Expression buildOp(Operation *op) {
    return llvm::TypeSwitch<Operation *, Expression>(op)
        .Case([&](arith::ConstantOp constantOp) { return constant(constantOp.getValue()); })
        .Case([&](arith::AddFOp) { return infix(op, "+", Precedence::sum); })
        .Case([&](arith::SubFOp) { return infix(op, "-", Precedence::sum); })
        .Case([&](arith::MulFOp) { return infix(op, "*", Precedence::product); })
        .Case([&](arith::DivFOp) { return infix(op, "/", Precedence::product); })
        .Case([&](arith::NegFOp) {
          return Expression{"-" + build(op->getOperand(0)).at(Precedence::primary), Precedence::unary};
        })
        .Case([&](math::AbsFOp) { return call(op, "std::fabs"); })
        .Case([&](math::FmaOp) { return call(op, "std::fma"); })
        .Case([&](arith::AddIOp) { return bits(op, "+"); })
        .Case([&](arith::SubIOp) { return bits(op, "-"); })
        .Case([&](arith::AndIOp) { return bits(op, "&"); })
        .Case([&](arith::OrIOp) { return bits(op, "|"); })
        .Case([&](arith::XOrIOp) { // with true: the only use of it
          return Expression{"!" + build(op->getOperand(0)).at(Precedence::primary), Precedence::unary};
        })
        .Case([&](arith::ShLIOp) { return bits(op, "<<"); })
        .Case([&](arith::ShRUIOp) { return bits(op, ">>"); })
        .Case([&](arith::BitcastOp cast) { return call(op, isa<FloatType>(cast.getType()) ? "from_bits" : "bits_of"); })
        .Case([&](arith::CmpFOp compareOp) { return compare(compareOp); })
        .Case([&](arith::SelectOp select) {
          return Expression{fmt::format("{} ? {} : {}", build(select.getCondition()).at(Precedence::disjunction),
                                        build(select.getTrueValue()).at(Precedence::disjunction),
                                        build(select.getFalseValue()).at(Precedence::choice)),
                            Precedence::choice};
        })
        .Default([](Operation *) { return Expression{"unknown"}; });
  }

  Block &block;
  Names locals;
  DenseMap<Value, std::string> bound;
};

} // namespace

std::string emitFunction(kernel::Function function, FloatType type) {
  MLIRContext *context = type.getContext();
  SmallVector<StringRef> names = kernel::parameterNames(function);
  Block block;
  std::string parameters;
  for (StringRef name : names) {
    block.addArgument(type, UnknownLoc::get(context));
    parameters += fmt::format("{}{} {}", parameters.empty() ? "" : ", ", typeName(type), name.str());
  }
  ImplicitLocOpBuilder builder(UnknownLoc::get(context), context);
  builder.setInsertionPointToStart(&block);
  Value result = kernel::buildFunction(builder, function, block.getArguments());
  std::string comment = fmt::format("// {}; within {} units in the last place.\n", kernel::methodOf(function).str(),
                                    kernel::boundOf(function, type));
  // A call would keep loops from being vectorized.
  return fmt::format("{}[[gnu::always_inline, maybe_unused]] inline {} {}({}) {{\n{}}}\n", comment, typeName(type),
                     kernel::functionName(function, type), parameters, BodyEmitter(block, names).run(result));
}

std::string emitFunctions(ModuleOp module) {
  std::set<std::pair<kernel::Function, unsigned>> used; // with the width of the type
  module.walk([&](Operation *op) {
    if (std::optional<kernel::Function> function = kernel::functionOf(op))
      used.insert({*function, op->getResult(0).getType().getIntOrFloatBitWidth()});
  });
  std::string text;
  for (auto [function, width] : used)
    text += "\n" + emitFunction(function, width == 32 ? FloatType::getF32(module.getContext())
                                                      : FloatType::getF64(module.getContext()));
  return text;
}

} // namespace normc::cpp
