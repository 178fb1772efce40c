//===- Functions.cpp - elementary functions as arithmetic -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Functions/Functions.h"
#include "dialects/Kernel/Functions/Builders.h"
#include "dialects/Kernel/KernelDialect.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace normc::kernel {

namespace {

struct Entry {
  StringRef name, method;
  double f32Bound, f64Bound;
};

/// In the order of Function. Bounds are in units in the last place. Those of f32 functions of one operand come from all
/// 2^32 operands, the others from some millions of random ones, with a margin.
constexpr Entry entries[] = {
    {"exp", "2^n e^r, x = n ln 2 + r, e^r by a polynomial", 0.99, 0.99},
    {"decay", "2^n e^r, x = n ln 2 + r, e^r by a polynomial; of x that is not positive, where it is exp", 0.99, 0.99},
    {"log", "k ln 2 + log(1 + f), x = 2^k (1 + f), the logarithm by a polynomial", 0.88, 0.9},
    {"tanh", "-e / (e + 2), e = e^(-2|x|) - 1 by a polynomial, with the sign of x", 1.72, 1.85},
    {"sigmoid", "1 / (1 + t), or t / (1 + t) of negative x, t = e^-|x| by a polynomial", 1.97, 1.98},
    {"erf", "1 - e^-u, u = -log(1 - erf |x|) by a polynomial, with the sign of x", 1.46, 1.46},
    {"pow", "2^(y log2 x), the logarithm in twice the bits, both by polynomials", 0.95, 1.2},
};

const Entry &entry(Function function) {
  return entries[unsigned(function)];
}

} // namespace

std::optional<Function> functionOf(Operation *op) {
  using Found = std::optional<Function>;
  if (op->getNumResults() != 1 || !(op->getResult(0).getType().isF32() || op->getResult(0).getType().isF64()))
    return std::nullopt;
  return llvm::TypeSwitch<Operation *, Found>(op)
      .Case([](math::ExpOp exp) { return exp->hasAttr(notPositiveAttr) ? Function::decay : Function::exp; })
      .Case([](math::LogOp) { return Function::log; })
      .Case([](math::TanhOp) { return Function::tanh; })
      .Case([](SigmoidOp) { return Function::sigmoid; })
      .Case([](math::ErfOp) { return Function::erf; })
      .Case([](math::PowFOp) { return Function::pow; })
      .Default([](Operation *) { return std::nullopt; });
}

StringRef functionName(Function function) {
  return entry(function).name;
}

std::string functionName(Function function, FloatType type) {
  return (functionName(function) + (type.isF32() ? "_f32" : "_f64")).str();
}

bool isFunctionName(StringRef name) {
  return llvm::any_of(functions, [&](Function function) { return functionName(function) == name; });
}

SmallVector<StringRef> parameterNames(Function function) {
  return function == Function::pow ? SmallVector<StringRef>{"x", "y"} : SmallVector<StringRef>{"x"};
}

StringRef methodOf(Function function) {
  return entry(function).method;
}

double boundOf(Function function, FloatType type) {
  return type.isF32() ? entry(function).f32Bound : entry(function).f64Bound;
}

Value buildFunction(ImplicitLocOpBuilder &builder, Function function, ValueRange operands) {
  Arithmetic arithmetic(builder, cast<FloatType>(operands[0].getType()));
  Real x = arithmetic.wrap(operands[0]);
  switch (function) {
  case Function::exp:
    return buildExp(x).value;
  case Function::decay:
    return buildDecay(x).value;
  case Function::log:
    return buildLog(x).value;
  case Function::tanh:
    return buildTanh(x).value;
  case Function::sigmoid:
    return buildSigmoid(x).value;
  case Function::erf:
    return buildErf(x).value;
  case Function::pow:
    return buildPow(x, arithmetic.wrap(operands[1])).value;
  }
  return Value();
}

} // namespace normc::kernel
