//===- Deviations.cpp - errors of deviations from a mean -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/SummationOrder.h"
#include "compiler/Reference/Walk.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace normc::reference {

/// Whether a value is the mean of x: mean(x), a mean of it, or sum(x) / count, and that repeated.
static bool isMeanOf(Value mean, Value x) {
  Operation *op = mean.getDefiningOp();
  if (!op)
    return false;
  if (isa<norm::BroadcastOp>(op))
    return isMeanOf(op->getOperand(0), x);
  if (isa<norm::MeanOp>(op))
    return op->getOperand(0) == x || isMeanOf(op->getOperand(0), x);
  if (!isa<norm::DivOp>(op))
    return false;
  auto sum = op->getOperand(0).getDefiningOp<norm::SumOp>();
  auto count = op->getOperand(1).getDefiningOp<norm::CountOp>();
  return sum && count && sum.getOperand() == x && count.getOperand() == x && sum.getAxes() == count.getAxes();
}

/// d = x - mean(x), where a difference of rounded numbers would lose everything, is summed from x - c, c a mean of the
/// first of a chunk's elements, itself rounded, and takes the mean away in two parts. A mean of n terms that meet d
/// additions is off by (d + 2) u (mean of |terms|), so
///
///     error(d_i) = error(x_i) + mean of error(x) + u |d_i| + (d + 2) u (mean |d| + |c - mean|)
///     |c - mean| <= centre std + (d + 2) u (|mean| + mean |d|)
template <typename Real>
bool Bounder<Real>::boundDeviation(Operation *op, Operands operands, Array<Real> &result) {
  if (!isa<norm::SubOp>(op))
    return false;
  const bool swapped = isMeanOf(op->getOperand(0), op->getOperand(1));
  if (!swapped && !isMeanOf(op->getOperand(1), op->getOperand(0)))
    return false;
  const Array<Real> &x = *operands[swapped ? 1 : 0], &mean = *operands[swapped ? 0 : 1];
  const Rounding rounding = roundingOf(op->getResult(0));
  const double u = rounding.arithmetic.roundoff;
  const SummationOrder order = summationOrder(result.extents, mean.extents);
  const double ofSum = (order.additions + 2) * u;
  if (x.extents != result.extents)
    return false;
  // In f64, and in Real, nothing is wider, and the mean is one number. But a deviation is never expanded again.
  if (rounding.arithmetic.roundoff < storageOf(Float32Type::get(op->getContext())).roundoff) {
    boundFunction(op, operands, result);
    for (auto [terms, d] : llvm::zip_equal(result.terms, result.reals))
      terms = std::abs(double(d));
    return true;
  }

  struct Group {
    double errors = 0, deviations = 0, squares = 0;
    int64_t count = 0;
  };
  std::vector<Group> groups(mean.size());
  Walk<1> walk(result.extents, {mean.extents});
  auto forEach = [&](auto visit) {
    walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
      for (int64_t i = 0; i < walk.rowLength(); ++i)
        visit(position + i, positions[0] + (walk.repeatsInRow(0) ? 0 : i));
    });
  };
  auto errorAt = [&](int64_t at) { return x.errors.empty() ? 0.0 : x.errors[at]; };
  forEach([&](int64_t at, int64_t where) {
    Group &group = groups[where];
    const double d = std::abs(double(result.reals[at]));
    group.errors += errorAt(at);
    group.deviations += d;
    group.squares += d * d;
    ++group.count;
  });
  result.errors.resize(result.size());
  result.terms.resize(result.size());
  forEach([&](int64_t at, int64_t where) {
    const Group &group = groups[where];
    const double n = double(group.count), d = std::abs(double(result.reals[at]));
    const double ofCentre = ofSum * (std::abs(double(mean.reals[where])) + group.deviations / n);
    const double spread = group.deviations / n + order.centre * std::sqrt(group.squares / n) + ofCentre;
    const double ofMean = group.errors / n + ofSum * spread;
    result.terms[at] = d;
    result.errors[at] = round(rounding, result.reals[at], {errorAt(at) + ofMean, d, 1});
    if (!wide::isFinite(result.reals[at]))
      result.errors[at] = group.errors < std::numeric_limits<double>::infinity() ? 0 : group.errors;
  });
  return true;
}

template bool Bounder<double>::boundDeviation(Operation *, Operands, Array<double> &);
template bool Bounder<Quad>::boundDeviation(Operation *, Operands, Array<Quad> &);

} // namespace normc::reference
