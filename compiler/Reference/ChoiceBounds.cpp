//===- ChoiceBounds.cpp - errors through comparisons and choices ---------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/Functions.h"
#include "compiler/Reference/Walk.h"

using namespace mlir;

namespace normc::reference {

static constexpr double infinite = std::numeric_limits<double>::infinity();

/// Whether a' and b' compare as a and b do, for all |a' - a| and |b' - b| within their errors.
template <typename Real>
static bool isDecided(norm::Predicate predicate, const Approximate<Real> &a, const Approximate<Real> &b) {
  const double error = a.error + b.error;
  const bool isNaN = (wide::isNaN(a.value) && a.error == 0) || (wide::isNaN(b.value) && b.error == 0);
  if (error == 0 || isNaN)
    return true;
  if (predicate == norm::Predicate::eq || predicate == norm::Predicate::ne ||
      !(wide::isFinite(a.value) && wide::isFinite(b.value)))
    return double(wide::abs(a.value - b.value)) > error;
  // The difference is all that counts: the relation is monotone in it.
  const Real difference = a.value - b.value;
  return holds(predicate, difference - Real(error), Real(0)) == holds(predicate, difference + Real(error), Real(0));
}

template <typename Real>
bool Bounder<Real>::boundChoice(Operation *op, Operands operands, Array<Real> &result) {
  if (isa<norm::BroadcastOp>(op)) {
    applyAtPoints(op, operands, result,
                  [](const Approximate<Real> *x, Real) -> Outcome { return {x->error, x->terms, 0}; });
    return true;
  }
  if (auto relation = dyn_cast<norm::CompareOp>(op)) {
    const norm::Predicate predicate = relation.getPredicate();
    applyAtPoints(op, operands, result, [&](const Approximate<Real> *x, Real) -> Outcome {
      return {isDecided(predicate, x[0], x[1]) ? 0.0 : 1.0, 0, 0};
    });
    return true;
  }
  if (!isa<norm::SelectOp>(op))
    return false;
  // The error of the choice; where it is not decided, also that of the other and the distance between them.
  applyAtPoints(op, operands, result, [](const Approximate<Real> *x, Real) -> Outcome {
    const bool first = x[0].value != Real(0);
    const Approximate<Real> &chosen = x[first ? 1 : 2], &other = x[first ? 2 : 1];
    if (x[0].error == 0)
      return {chosen.error, chosen.terms, 0};
    const double distance = double(wide::abs(other.value - chosen.value)) + other.error;
    return {wide::isNaN(distance) ? infinite : std::max(chosen.error, distance), std::max(chosen.terms, other.terms),
            0};
  });
  return true;
}

/// x = max_over x, as the adjoint asks: both are rounded alike, so the one element that alone can be the largest is.
template <typename Real>
bool Bounder<Real>::boundHits(Operation *op, Operands operands, Array<Real> &result) {
  auto relation = dyn_cast<norm::CompareOp>(op);
  if (!relation || relation.getPredicate() != norm::Predicate::eq)
    return false;
  Operation *over = relation.getRhs().getDefiningOp();
  if (!over || !isa<norm::MaxOverOp, norm::MinOverOp>(over) || over->getOperand(0) != relation.getLhs())
    return false;
  const Array<Real> &x = *operands[0], &extremum = *operands[1];
  if (x.errors.empty() || x.reals.empty())
    return false;
  const Real sign = isa<norm::MaxOverOp>(over) ? Real(1) : Real(-1);

  // What the largest is at least, and how many may be it.
  struct Group {
    Real least = -wide::infinity<Real>();
    int64_t candidates = 0, inexact = 0;
  };
  std::vector<Group> groups(extremum.size());
  Walk<1> walk(x.extents, {extremum.extents});
  auto forEach = [&](auto visit) {
    walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
      for (int64_t i = 0; i < walk.rowLength(); ++i)
        visit(position + i, groups[positions[0] + (walk.repeatsInRow(0) ? 0 : i)]);
    });
  };
  auto mayBe = [&](int64_t at, const Group &group) { return !(sign * x.reals[at] + Real(x.errors[at]) < group.least); };
  forEach(
      [&](int64_t at, Group &group) { group.least = std::max(group.least, sign * x.reals[at] - Real(x.errors[at])); });
  forEach([&](int64_t at, Group &group) {
    group.candidates += mayBe(at, group);
    group.inexact += mayBe(at, group) && x.errors[at] > 0;
  });
  result.errors.resize(result.size());
  result.terms.assign(result.size(), 0.0);
  forEach([&](int64_t at, const Group &group) {
    result.errors[at] = mayBe(at, group) && group.candidates > 1 && group.inexact > 0;
  });
  return true;
}

template bool Bounder<double>::boundChoice(Operation *, Operands, Array<double> &);
template bool Bounder<Quad>::boundChoice(Operation *, Operands, Array<Quad> &);
template bool Bounder<double>::boundHits(Operation *, Operands, Array<double> &);
template bool Bounder<Quad>::boundHits(Operation *, Operands, Array<Quad> &);

} // namespace normc::reference
