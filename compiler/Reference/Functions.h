//===- Functions.h - what elementwise ops compute at a point -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_FUNCTIONS_H
#define NORMC_COMPILER_REFERENCE_FUNCTIONS_H

#include "compiler/Reference/Wide.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/TypeSwitch.h"

namespace normc::reference {

/// sigmoid x = 1 / (1 + e^-x) = e^x / (1 + e^x): the one whose exponential does not overflow.
template <typename Real>
Real sigmoid(Real x) {
  const Real power = wide::exp(-wide::abs(x));
  return (x < Real(0) ? power : Real(1)) / (Real(1) + power);
}

/// Calls use(the function of one real that an op applies); false where the op is none.
template <typename Real, typename Use>
bool withUnary(mlir::Operation *op, Use use) {
  auto is = [&](auto function) {
    use(function);
    return true;
  };
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](norm::NegOp) { return is([](Real a) { return -a; }); })
      .Case([&](norm::AbsOp) { return is([](Real a) { return wide::abs(a); }); })
      .Case([&](norm::SignOp) { return is([](Real a) { return a > Real(0)   ? Real(1)
                                                              : a < Real(0) ? Real(-1)
                                                                            : a; }); })
      .Case([&](norm::SquareOp) { return is([](Real a) { return a * a; }); })
      .Case([&](norm::SqrtOp) { return is([](Real a) { return wide::sqrt(a); }); })
      .Case([&](norm::RsqrtOp) { return is([](Real a) { return Real(1) / wide::sqrt(a); }); })
      .Case([&](norm::ReciprocalOp) { return is([](Real a) { return Real(1) / a; }); })
      .Case([&](norm::ExpOp) { return is([](Real a) { return wide::exp(a); }); })
      .Case([&](norm::LogOp) { return is([](Real a) { return wide::log(a); }); })
      .Case([&](norm::TanhOp) { return is([](Real a) { return wide::tanh(a); }); })
      .Case([&](norm::SigmoidOp) { return is([](Real a) { return sigmoid(a); }); })
      .Case([&](norm::ErfOp) { return is([](Real a) { return wide::erf(a); }); })
      .Default([](mlir::Operation *) { return false; });
}

/// Calls use(the function of two reals that an op applies); false where the op is none. max and min are functions of
/// integers, too.
template <typename Real, typename Use>
bool withBinary(mlir::Operation *op, Use use) {
  auto is = [&](auto function) {
    use(function);
    return true;
  };
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](norm::AddOp) { return is([](Real a, Real b) { return a + b; }); })
      .Case([&](norm::SubOp) { return is([](Real a, Real b) { return a - b; }); })
      .Case([&](norm::MulOp) { return is([](Real a, Real b) { return a * b; }); })
      .Case([&](norm::DivOp) { return is([](Real a, Real b) { return a / b; }); })
      .Case([&](norm::PowOp) { return is([](Real a, Real b) { return wide::pow(a, b); }); })
      // max(a, b) = (a > b or a is NaN) ? a : b
      .Case([&](norm::MaxOp) { return is([](auto a, decltype(a) b) { return a > b || a != a ? a : b; }); })
      // min(a, b) = (a < b or a is NaN) ? a : b
      .Case([&](norm::MinOp) { return is([](auto a, decltype(a) b) { return a < b || a != a ? a : b; }); })
      .Default([](mlir::Operation *) { return false; });
}

/// Whether a predicate holds of two numbers.
template <typename Number>
bool holds(norm::Predicate predicate, Number a, Number b) {
  switch (predicate) {
  case norm::Predicate::eq:
    return a == b;
  case norm::Predicate::ne:
    return a != b;
  case norm::Predicate::lt:
    return a < b;
  case norm::Predicate::le:
    return a <= b;
  case norm::Predicate::gt:
    return a > b;
  case norm::Predicate::ge:
    break;
  }
  return a >= b;
}

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_FUNCTIONS_H
