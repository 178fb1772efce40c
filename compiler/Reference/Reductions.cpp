//===- Reductions.cpp - reductions of the interpreter --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/CompensatedSum.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/Walk.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace normc::reference {

/// Hands each element, in order, to the state at its position in the result.
template <typename Real, typename State, typename Step>
static void accumulate(const Array<Real> &x, const Array<Real> &result, std::vector<State> &states, Step step) {
  Walk<1> walk(x.extents, {result.extents});
  const int64_t length = walk.rowLength();
  const bool repeats = walk.repeatsInRow(0);
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
    const Real *row = x.reals.data() + position;
    State *out = states.data() + positions[0];
    if (repeats) {
      State state = *out;
      for (int64_t i = 0; i < length; ++i)
        step(state, row[i]);
      *out = state;
    } else {
      for (int64_t i = 0; i < length; ++i)
        step(out[i], row[i]);
    }
  });
}

template <typename Real, typename Better>
static void extremum(const Array<Real> &x, Real start, Array<Real> &result, Better better) {
  result.reals.assign(result.size(), start);
  accumulate(x, result, result.reals, [&](Real &state, Real value) {
    // NaN takes the place of a number and is never replaced.
    if (better(value, state) || value != value)
      state = value;
  });
}

/// The sums over the elements that share a position in the result, divided by `count`.
template <typename Real>
static void sum(const Array<Real> &x, Array<Real> &result, Real count) {
  std::vector<CompensatedSum<Real>> sums(result.size());
  accumulate(x, result, sums, [](CompensatedSum<Real> &sum, Real value) { sum.add(value); });
  result.reals.reserve(sums.size());
  for (const CompensatedSum<Real> &sum : sums)
    result.reals.push_back(sum.get() / count);
}

/// Adds the square of each element's distance from the mean of its group.
template <typename Real>
static void accumulateAbout(const Array<Real> &x, const Array<Real> &mean, std::vector<CompensatedSum<Real>> &sums) {
  Walk<1> walk(x.extents, {mean.extents});
  const bool repeats = walk.repeatsInRow(0);
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
    for (int64_t i = 0; i < walk.rowLength(); ++i) {
      const int64_t group = positions[0] + (repeats ? 0 : i);
      const Real deviation = x.reals[position + i] - mean.reals[group];
      sums[group].add(deviation * deviation);
    }
  });
}

template <typename Real>
bool evaluateReduction(Operation *op, Operands<Real> operands, Array<Real> &result) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](norm::SumOp) {
        sum(*operands[0], result, Real(1));
        return true;
      })
      // 0/0 of no elements
      .Case([&](norm::MeanOp mean) {
        Real count = 1;
        for (int64_t axis : mean.getAxes())
          count *= Real(operands[0]->extents[axis]);
        sum(*operands[0], result, count);
        return true;
      })
      .Case([&](norm::SquaredDeviationsOp) {
        Array<Real> mean = result;
        sum(*operands[0], mean, Real(operands[0]->size()) / Real(std::max<int64_t>(1, result.size())));
        std::vector<CompensatedSum<Real>> sums(result.size());
        accumulateAbout(*operands[0], mean, sums);
        for (const CompensatedSum<Real> &total : sums)
          result.reals.push_back(total.get());
        return true;
      })
      .Case([&](norm::MaxOverOp) {
        extremum(*operands[0], -wide::infinity<Real>(), result, [](Real a, Real b) { return a > b; });
        return true;
      })
      .Case([&](norm::MinOverOp) {
        extremum(*operands[0], wide::infinity<Real>(), result, [](Real a, Real b) { return a < b; });
        return true;
      })
      .Default([](Operation *) { return false; });
}

template bool evaluateReduction(Operation *, Operands<double>, Array<double> &);
template bool evaluateReduction(Operation *, Operands<Quad>, Array<Quad> &);

} // namespace normc::reference
