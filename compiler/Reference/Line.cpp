//===- Line.cpp - a function along a line, and its slope -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Line.h"
#include "compiler/Reference/CompensatedSum.h"

#include <algorithm>
#include <array>

using namespace mlir;

namespace normc::reference {

//===----------------------------------------------------------------------===//
// Differences
//===----------------------------------------------------------------------===//

template <typename Real>
FailureOr<SmallVector<Array<Real>>> Line<Real>::evaluate(Real t, Real &slope) {
  std::vector<Real> &x = point.arguments[argument].reals;
  auto move = [&](Real &x, Real by, Real gradient) {
    const Real before = x;
    x = before + by;
    // Where the gradient is not finite there is nothing to subtract.
    return wide::isFinite(gradient) ? gradient * (x - before) : Real(0);
  };
  ++loss.evaluations;
  if (element >= 0) {
    const Real before = x[element];
    slope = move(x[element], t, gradient[element]);
    auto results = interpret<Real>(loss.function, point.arguments, loss.options);
    x[element] = before;
    return results;
  }
  const std::vector<Real> before = x;
  CompensatedSum<Real> sum;
  for (size_t i = 0; i < x.size(); ++i)
    sum.add(move(x[i], t * direction[i], gradient[i]));
  slope = sum.get();
  auto results = interpret<Real>(loss.function, point.arguments, loss.options);
  x = before;
  return results;
}

template <typename Real>
FailureOr<Quotient<Real>> Line<Real>::at(Real step) {
  Real slopeAhead = 0, slopeBehind = 0;
  auto ahead = evaluate(step, slopeAhead);
  if (failed(ahead))
    return failure();
  auto behind = evaluate(-step, slopeBehind);
  if (failed(behind))
    return failure();
  // Result by result: what does not change cancels exactly and adds no rounding error.
  Quotient<Real> quotient;
  CompensatedSum<Real> central, low, high;
  for (auto [cotangent, number] : llvm::zip_equal(loss.cotangents, loss.results)) {
    const Array<Real> &before = (*behind)[number], &here = point.results[number], &after = (*ahead)[number];
    for (size_t i = 0; i < cotangent.reals.size(); ++i) {
      const Real weight = cotangent.reals[i], difference = after.reals[i] - before.reals[i];
      const Real forward = after.reals[i] - here.reals[i], backward = here.reals[i] - before.reals[i];
      if (weight == Real(0) || (forward == Real(0) && backward == Real(0)))
        continue;
      if (!wide::isFinite(forward) || !wide::isFinite(backward)) {
        quotient.defined = false;
        continue;
      }
      central.add(weight * difference);
      low.add(std::min(weight * forward, weight * backward));
      high.add(std::max(weight * forward, weight * backward));
      quotient.size += wide::abs(weight) * (wide::abs(before.reals[i]) + wide::abs(after.reals[i])) / Real(2);
      quotient.uncancelled += wide::abs(weight * difference) / (Real(2) * step);
    }
  }
  const Real slope = (slopeAhead - slopeBehind) / Real(2);
  quotient.central = (central.get() / Real(2) - slope) / step;
  quotient.low = (low.get() - slope) / step;
  quotient.high = (high.get() - slope) / step;
  return quotient;
}

//===----------------------------------------------------------------------===//
// Judgement
//===----------------------------------------------------------------------===//

/// Steps are cbrt(eps) scale 8^(2 - k): at k = 2 truncation, h^2, and rounding, eps / h, are alike where the function
/// bends at the scale of the argument.
static constexpr int stepCount = 9, basicStep = 2;

template <typename Real>
static Real stepOf(const Line<Real> &line, int k) {
  return wide::ldexp(line.scale, -(digits<Real> - 1) / 3 + 3 * (basicStep - k));
}

/// Richardson: D(h) = D + c h^2 + .., so D = D(h/8) + (D(h/8) - D(h)) / 63 up to h^4.
template <typename Real>
static Real extrapolate(Real coarse, Real fine) {
  return fine + (fine - coarse) / Real(63);
}

template <typename Real>
FailureOr<Finding<Real>> judge(Line<Real> &line, Real largest, const Judgement &judgement, StepMemory &memory) {
  const Real eps = wide::epsilon<Real>(), tolerance = judgement.tolerance, factor = judgement.noiseFactor;
  const bool finite = line.element < 0 || wide::isFinite(line.gradient[line.element]);
  Finding<Real> finding;

  // What a result's rounding leaves in the difference, eps |L| / h, at the basic step: a smaller step, though its noise
  // is larger, excuses no larger error.
  auto noiseOf = [&](const Quotient<Real> &quotient, int k) {
    return eps * quotient.size / stepOf(line, std::min(k, basicStep));
  };
  auto agrees = [&] {
    finding.verdict = Verdict::agrees;
    return wide::abs(finding.residual) <= tolerance * largest + line.gradientError + factor * finding.noise;
  };

  // Most elements are settled by one step.
  if (finite) {
    FailureOr<Quotient<Real>> first = line.at(stepOf(line, memory.step));
    if (failed(first))
      return failure();
    finding.residual = first->central;
    finding.noise = noiseOf(*first, memory.step);
    if (memory.extrapolate) {
      FailureOr<Quotient<Real>> second = line.at(stepOf(line, memory.step + 1));
      if (failed(second))
        return failure();
      finding.residual = extrapolate(first->central, second->central);
    }
    if (agrees())
      return finding;
  }

  // Others need a step that suits them. It is the one whose neighbours say the same, never the one that suits the
  // gradient.
  std::array<Quotient<Real>, stepCount> quotients;
  for (int k = 0; k < stepCount; ++k) {
    FailureOr<Quotient<Real>> quotient = line.at(stepOf(line, k));
    if (failed(quotient))
      return failure();
    quotients[k] = *quotient;
  }
  auto defined = [&](int from, int count) {
    return std::all_of(quotients.begin() + from, quotients.begin() + from + count,
                       [](const Quotient<Real> &quotient) { return quotient.defined; });
  };
  int best = -1;
  Real bestError = 0, bestSpread = 0;
  for (int k = 0; k + 2 < stepCount; ++k) {
    if (!defined(k, 3))
      continue;
    const Real coarse = extrapolate(quotients[k].central, quotients[k + 1].central);
    const Real fine = extrapolate(quotients[k + 1].central, quotients[k + 2].central);
    const Real spread = wide::abs(fine - coarse);
    const Real error = spread + eps * quotients[k].size / stepOf(line, k + 2);
    if (best < 0 || error < bestError) {
      best = k;
      bestError = error;
      bestSpread = spread;
      finding.residual = fine;
    }
  }
  if (best < 0) {
    finding.verdict = Verdict::undefined;
    return finding;
  }
  finding.verdict = Verdict::differs;
  if (!finite) {
    finding.residual = wide::infinity<Real>();
    return finding;
  }
  // Where contributions cancel, the spread shows rounding errors inside the graph that its results do not: they count
  // as noise, up to the tolerance of what the slope would be if nothing cancelled.
  const Quotient<Real> &chosen = quotients[best];
  finding.noise = std::max(noiseOf(chosen, best + 1),
                           std::min(bestSpread, tolerance * chosen.uncancelled / std::max(factor, Real(1))));
  if (agrees()) {
    memory.step = best + 1;
    memory.extrapolate = true;
    return finding;
  }
  finding.verdict = Verdict::differs;

  // A kink: the slopes of both sides differ by as much at a 64th of the step, where those of a smooth function would
  // differ by a 64th. It excuses the gradient only where that lies between them.
  const Quotient<Real> &coarse = quotients[basicStep], &fine = quotients[basicStep + 2];
  const Real jump = fine.high - fine.low;
  const Real noise = eps * coarse.size / stepOf(line, basicStep + 2);
  const Real allowance = tolerance * std::max(largest, jump) + line.gradientError + factor * noise;
  if (coarse.defined && fine.defined && jump > (coarse.high - coarse.low) / Real(2) && jump > Real(4) * allowance &&
      fine.low <= allowance && fine.high >= -allowance)
    finding.verdict = Verdict::kink;
  return finding;
}

template struct Line<double>;
template struct Line<Quad>;
template FailureOr<Finding<double>> judge(Line<double> &, double, const Judgement &, StepMemory &);
template FailureOr<Finding<Quad>> judge(Line<Quad> &, Quad, const Judgement &, StepMemory &);

} // namespace normc::reference
