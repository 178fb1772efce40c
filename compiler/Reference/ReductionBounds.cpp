//===- ReductionBounds.cpp - errors through reductions -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/SummationOrder.h"
#include "compiler/Reference/Walk.h"

using namespace mlir;

namespace normc::reference {

static constexpr double infinite = std::numeric_limits<double>::infinity();

/// Calls visit(position, the state at its place in the result) for each element.
template <typename Real, typename State, typename Visit>
static void forEach(const Array<Real> &x, const Array<Real> &result, std::vector<State> &states, Visit visit) {
  states.resize(result.size());
  Walk<1> walk(x.extents, {result.extents});
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
    for (int64_t i = 0; i < walk.rowLength(); ++i)
      visit(position + i, states[positions[0] + (walk.repeatsInRow(0) ? 0 : i)]);
  });
}

template <typename Real>
static double errorAt(const Array<Real> &x, int64_t at) {
  return x.errors.empty() ? 0.0 : x.errors[at];
}

/// sum of errors + d u (sum of terms), d the additions that an element goes through, a division and the rounding of the
/// result. Infinite where the sum, of whatever sign, may leave the range.
template <typename Real>
void Bounder<Real>::boundSum(Operation *op, const Array<Real> &x, Array<Real> &result) {
  struct Sum {
    double errors = 0, terms = 0, magnitudes = 0;
    int64_t count = 0;
    bool isNaN = false;
  };
  std::vector<Sum> sums;
  forEach(x, result, sums, [&](int64_t at, Sum &sum) {
    const double magnitude = std::abs(double(x.reals[at]));
    sum.errors += errorAt(x, at);
    sum.terms += x.terms.empty() ? magnitude : x.terms[at];
    sum.magnitudes += magnitude + errorAt(x, at);
    sum.isNaN |= wide::isNaN(x.reals[at]) && errorAt(x, at) == 0;
    ++sum.count;
  });
  const Rounding rounding = roundingOf(op->getResult(0));
  const bool inRange = options.bounds != BoundsOf::interpreter && isAtPoints(op->getOperand(0));
  const double largest = arithmeticOf(getElementTypeOrSelf(op->getOperand(0))).largest;
  // In Real, sums are compensated: they round as one number.
  const double roundings =
      options.bounds == BoundsOf::interpreter ? 2 : summationOrder(x.extents, result.extents).additions + 2;
  result.errors.resize(result.size());
  result.terms.resize(result.size());
  for (auto [i, sum] : llvm::enumerate(sums)) {
    const double share = isa<norm::MeanOp>(op) ? 1.0 / double(sum.count) : 1.0;
    result.terms[i] = sum.terms * share;
    if (!wide::isFinite(result.reals[i])) {
      result.errors[i] = sum.isNaN || sum.count == 0 || sum.errors < infinite ? 0 : infinite;
      continue;
    }
    result.errors[i] = round(rounding, result.reals[i], {sum.errors * share, result.terms[i], roundings});
    if (inRange && !(sum.magnitudes <= largest))
      result.errors[i] = infinite;
  }
}

/// max(x_i + e_i) and max(x_i - e_i) hold the maximum of all x'. Of a minimum, `sign` is -1.
template <typename Real>
void Bounder<Real>::boundExtremum(const Array<Real> &x, double sign, Array<Real> &result) {
  struct Hull {
    Real low = -wide::infinity<Real>(), high = -wide::infinity<Real>();
    double terms = 0;
    bool isNaN = false, isUnknown = false;
  };
  std::vector<Hull> hulls;
  forEach(x, result, hulls, [&](int64_t at, Hull &hull) {
    const double error = errorAt(x, at);
    const Real value = x.reals[at] * Real(sign);
    hull.isNaN |= wide::isNaN(value) && error == 0;
    hull.isUnknown |= !(error < infinite);
    hull.low = std::max(hull.low, value - Real(error));
    hull.high = std::max(hull.high, value + Real(error));
    hull.terms = std::max(hull.terms, x.terms.empty() ? std::abs(double(value)) : x.terms[at]);
  });
  result.errors.resize(result.size());
  result.terms.resize(result.size());
  for (auto [i, hull] : llvm::enumerate(hulls)) {
    const Real value = result.reals[i] * Real(sign);
    result.terms[i] = hull.terms;
    if (hull.isNaN)
      result.errors[i] = 0;
    else if (hull.isUnknown)
      result.errors[i] = infinite;
    else // of infinities the difference is NaN
      result.errors[i] = hull.low == hull.high ? 0 : double(std::max(hull.high - value, value - hull.low));
  }
}

template <typename Real>
bool Bounder<Real>::boundReduction(Operation *op, Operands operands, Array<Real> &result) {
  if (isa<norm::SumOp, norm::MeanOp>(op))
    boundSum(op, *operands[0], result);
  else if (isa<norm::MaxOverOp, norm::MinOverOp>(op))
    boundExtremum(*operands[0], isa<norm::MaxOverOp>(op) ? 1.0 : -1.0, result);
  else
    return false;
  return true;
}

template bool Bounder<double>::boundReduction(Operation *, Operands, Array<double> &);
template bool Bounder<Quad>::boundReduction(Operation *, Operands, Array<Quad> &);

} // namespace normc::reference
