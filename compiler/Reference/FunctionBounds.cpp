//===- FunctionBounds.cpp - errors through elementwise functions ---------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/Functions.h"

using namespace mlir;

namespace normc::reference {

static constexpr double infinite = std::numeric_limits<double>::infinity();

/// A polynomial is within 2 units in the last place, 4 u.
static constexpr double roundingsOfPolynomial = 4;

template <typename Real>
static double magnitude(Real x) {
  return double(wide::abs(x));
}

/// How far f(x') may be from f(x) where f is monotone on both sides of 0: at an end of the interval, or at 0.
template <typename Real, typename Function>
static double spread(Function f, Real out, const Approximate<Real> &x) {
  if (x.error == 0 || !(x.error < infinite)) // infinite: x may be NaN
    return x.error;
  const Real error = x.error, low = x.value - error, high = x.value + error;
  double spread = 0;
  for (Real end : {low, high, low < Real(0) && high > Real(0) ? Real(0) : low}) {
    const double distance = magnitude(f(end) - out);
    if (!(distance < infinite))
      return infinite;
    spread = std::max(spread, distance);
  }
  return spread;
}

/// Likewise for a function of two: the intervals' ends, and 0 within the first.
template <typename Real, typename Function>
static double spread(Function f, Real out, const Approximate<Real> &a, const Approximate<Real> &b) {
  if (a.error == 0 && b.error == 0)
    return 0;
  const Real below = a.value - Real(a.error), above = a.value + Real(a.error);
  double spread = 0;
  for (Real second : {b.value - Real(b.error), b.value, b.value + Real(b.error)})
    for (Real first : {below, a.value, above, below < Real(0) && above > Real(0) ? Real(0) : a.value}) {
      const double distance = magnitude(f(first, second) - out);
      if (!(distance < infinite))
        return infinite;
      spread = std::max(spread, distance);
    }
  return spread;
}

/// NaN and infinity are known where an operand has them, and its neighbours do not change it. What becomes infinite or
/// NaN by itself, by overflow or as 0 / 0, another form of the same formula may avoid.
template <typename Real, typename Function>
static double decided(Function f, Real out, const Approximate<Real> *x, size_t count) {
  bool given = false;
  for (size_t i = 0; i < count; ++i) {
    if (!(x[i].error < infinite))
      return infinite;
    given |= !wide::isFinite(x[i].value);
  }
  if (!given)
    return infinite;
  for (unsigned corner = 0; corner < 1u << (2 * count); ++corner) {
    std::array<Real, 2> at{};
    for (size_t i = 0; i < count; ++i) {
      const int step = int(corner >> (2 * i) & 3) % 3 - 1;
      at[i] = x[i].error == 0 ? x[i].value : x[i].value + Real(step * x[i].error);
    }
    const Real other = f(at[0], at[1]);
    if (!(other == out || (wide::isNaN(other) && wide::isNaN(out))))
      return infinite;
  }
  return 0;
}

template <typename Real>
static Outcome boundUnary(Operation *op, const Approximate<Real> &x, Real out, double spread) {
  const double terms = magnitude(out);
  return TypeSwitch<Operation *, Outcome>(op)
      .template Case<norm::NegOp, norm::AbsOp>([&](auto) { return Outcome{x.error, x.terms, 0}; })
      .Case([&](norm::SignOp) { return Outcome{spread, terms, 0}; })
      // (x + e)^2 - x^2 = 2 x e + e^2
      .Case([&](norm::SquareOp) {
        return Outcome{2 * magnitude(x.value) * x.error + x.error * x.error, x.terms * x.terms, 1};
      })
      .template Case<norm::SqrtOp, norm::RsqrtOp>([&](auto) { return Outcome{spread, terms, 2}; })
      .Case([&](norm::ReciprocalOp) {
        return Outcome{x.error < magnitude(x.value) || x.error == 0 ? spread : infinite, terms, 1};
      })
      .Default([&](Operation *) { return Outcome{spread, terms, roundingsOfPolynomial}; });
}

template <typename Real>
static Outcome boundBinary(Operation *op, const Approximate<Real> &a, const Approximate<Real> &b, Real out) {
  const double x = magnitude(a.value), y = magnitude(b.value), z = magnitude(out);
  return TypeSwitch<Operation *, Outcome>(op)
      .template Case<norm::AddOp, norm::SubOp>([&](auto) { return Outcome{a.error + b.error, a.terms + b.terms, 1}; })
      // (a + e)(b + f) - a b = a f + b e + e f
      .Case([&](norm::MulOp) { return Outcome{x * b.error + y * a.error + a.error * b.error, a.terms * b.terms, 1}; })
      // (a + e) / (b + f) - q = (e - q f) / (b + f)
      .Case([&](norm::DivOp) {
        const double least = y - b.error;
        const double error = a.error + z * b.error;
        return Outcome{error == 0 ? 0 : least > 0 ? error / least : infinite, a.terms / y, 2};
      })
      // |max(a', b') - max(a, b)| <= max(|a' - a|, |b' - b|)
      .template Case<norm::MaxOp, norm::MinOp>(
          [&](auto) { return Outcome{std::max(a.error, b.error), out == a.value ? a.terms : b.terms, 0}; })
      // a^b = e^(b log a): u |b log a| from the exponent
      .Case([&](norm::PowOp) {
        const double exponent = a.value == Real(0) ? 0 : y * std::abs(std::log(x));
        const bool pole = b.value < Real(0) && a.error >= x && a.error > 0;
        return Outcome{pole ? infinite : spread([](Real s, Real t) { return wide::pow(s, t); }, out, a, b), z,
                       roundingsOfPolynomial + 2 * exponent};
      });
}

template <typename Real>
bool Bounder<Real>::boundFunction(Operation *op, Operands operands, Array<Real> &result) {
  if (operands.size() == 1)
    return withUnary<Real>(op, [&](auto function) {
      applyAtPoints(op, operands, result, [&](const Approximate<Real> *x, Real out) -> Outcome {
        if (!wide::isFinite(out))
          return {decided([&](Real a, Real) { return function(a); }, out, x, 1), 0, 0};
        return boundUnary(op, *x, out, spread(function, out, *x));
      });
    });
  return withBinary<Real>(op, [&](auto function) {
    applyAtPoints(op, operands, result, [&](const Approximate<Real> *x, Real out) -> Outcome {
      if (!wide::isFinite(out))
        return {decided([&](Real a, Real b) { return function(a, b); }, out, x, 2), 0, 0};
      return boundBinary(op, x[0], x[1], out);
    });
  });
}

template bool Bounder<double>::boundFunction(Operation *, Operands, Array<double> &);
template bool Bounder<Quad>::boundFunction(Operation *, Operands, Array<Quad> &);

} // namespace normc::reference
