//===- Differences.cpp - gradients against finite differences ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Differences.h"
#include "compiler/Reference/CompensatedSum.h"
#include "compiler/Reference/Line.h"
#include "dialects/Norm/Extents.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace mlir;

namespace normc::reference {

namespace {

/// After so many elements of an argument that differ, no more are compared.
constexpr int64_t failuresWanted = 8;

/// Draws numbers below a limit, none twice: Fisher and Yates's shuffle, of which only what has moved is kept.
class Sample {
public:
  explicit Sample(int64_t limit) : limit(limit) {}
  bool isDone() const { return drawn == limit; }
  int64_t draw(std::mt19937_64 &random) {
    const int64_t other = drawn + int64_t(random() % uint64_t(limit - drawn));
    const int64_t number = at(other);
    moved[other] = at(drawn++);
    return number;
  }

private:
  int64_t at(int64_t position) const {
    auto found = moved.find(position);
    return found == moved.end() ? position : found->second;
  }
  int64_t limit, drawn = 0;
  DenseMap<int64_t, int64_t> moved;
};

template <typename Real>
class Checker {
public:
  Checker(func::FuncOp function, func::FuncOp joint, ArrayRef<Array<Real>> cotangents, ArrayRef<int64_t> wrt,
          const DifferenceOptions &options)
      : joint(joint), wrt(wrt), options(options), random(options.seed) {
    constexpr bool isDouble = digits<Real> == 53;
    judgement = {options.tolerance > 0 ? options.tolerance : isDouble ? 1e-6 : 1e-7, options.noiseFactor};
    budget = options.budget > 0 ? options.budget : isDouble ? 5'000'000'000 : 60'000'000;
    loss.function = function;
    loss.cotangents = cotangents;
    loss.options.roundCasts = false;
  }

  FailureOr<SmallVector<GradientCheck>> check(ArrayRef<Array<Real>> arguments);

private:
  LogicalResult verifySignatures();
  LogicalResult evaluate(Point<Real> &point);
  LogicalResult checkElements(size_t position, int64_t evaluations, GradientCheck &check);
  LogicalResult checkDirection(size_t position, GradientCheck &check);
  FailureOr<Finding<Real>> followDirection(Point<Real> &point, size_t position);
  LogicalResult moveBeside();

  // A step follows the size of the argument, but is not smaller where that is: what the argument is added to may not
  // be.
  Real scaleOf(size_t position, Real x) const {
    return wide::ldexp(Real(1), std::max(0, wide::ilogb(std::max(wide::abs(x), meanSizes[position]))));
  }

  func::FuncOp joint;
  ArrayRef<int64_t> wrt;
  const DifferenceOptions &options;
  std::mt19937_64 random;
  Judgement judgement;
  int64_t budget;
  Loss<Real> loss;
  Point<Real> base, beside;
  std::vector<Real> meanSizes;
};

//===----------------------------------------------------------------------===//
// Signatures and points
//===----------------------------------------------------------------------===//

template <typename Real>
LogicalResult Checker<Real>::verifySignatures() {
  func::FuncOp function = loss.function;
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (norm::isFloatValue(function.getResultTypes()[i]) && !function.getResultAttr(i, norm::updatesAttr))
      loss.results.push_back(i);
  if (loss.cotangents.size() != loss.results.size())
    return emitError(function.getLoc()) << "@" << function.getSymName() << " has " << loss.results.size()
                                        << " results that take a cotangent, but " << loss.cotangents.size()
                                        << " cotangents are given";
  for (int64_t argument : wrt)
    if (argument < 0 || argument >= int64_t(function.getNumArguments()) ||
        !norm::isFloatValue(function.getArgumentTypes()[argument]))
      return emitError(function.getLoc())
             << "argument " << argument << " of @" << function.getSymName() << " has no gradient";
  const size_t inputs = function.getNumArguments() + loss.cotangents.size();
  const size_t outputs = function.getNumResults() + wrt.size();
  bool fits = joint.getNumArguments() == inputs && joint.getNumResults() == outputs;
  for (size_t i = 0; fits && i < wrt.size(); ++i)
    fits = norm::isFloatValue(joint.getResultTypes()[function.getNumResults() + i]);
  if (!fits)
    return emitError(joint.getLoc()) << "@" << joint.getSymName() << " must take " << inputs << " arguments, those of @"
                                     << function.getSymName() << " and its cotangents, and return " << outputs
                                     << " values, its results and its gradients, but it takes "
                                     << joint.getNumArguments() << " and returns " << joint.getNumResults();
  return success();
}

/// What rounding can do to a gradient: its bound, but no more than some roundings of the terms that were added. A bound
/// also has what a choice near its edge, or a difference of large numbers inside a function, could do: those are for
/// the differences to tell.
template <typename Real>
static std::vector<Real> errorsOf(const Array<Real> &gradient) {
  constexpr int roundings = 64;
  std::vector<Real> errors(gradient.size());
  for (size_t i = 0; i < errors.size() && !gradient.errors.empty(); ++i)
    if (std::isfinite(gradient.terms[i]))
      errors[i] = std::min(Real(gradient.errors[i]), roundings * wide::epsilon<Real>() * Real(gradient.terms[i]));
  return errors;
}

/// The results and the gradients at a point's arguments.
template <typename Real>
LogicalResult Checker<Real>::evaluate(Point<Real> &point) {
  func::FuncOp function = loss.function;
  auto results = interpret<Real>(function, point.arguments, loss.options);
  if (failed(results))
    return failure();
  point.results = std::move(*results);
  for (auto [cotangent, number] : llvm::zip_equal(loss.cotangents, loss.results))
    if (cotangent.extents != point.results[number].extents)
      return emitError(function.getLoc())
             << "result " << number << " of @" << function.getSymName() << " has extents "
             << toString(point.results[number].extents) << ", but its cotangent has " << toString(cotangent.extents);

  std::vector<Array<Real>> arguments = point.arguments;
  arguments.insert(arguments.end(), loss.cotangents.begin(), loss.cotangents.end());
  Options options = loss.options;
  options.bounds = BoundsOf::interpreter;
  auto outputs = interpret<Real>(joint, arguments, options);
  if (failed(outputs))
    return failure();
  point.gradients.clear();
  point.gradientErrors.clear();
  for (auto [position, argument] : llvm::enumerate(wrt)) {
    Array<Real> &gradient = (*outputs)[function.getNumResults() + position];
    if (gradient.extents != point.arguments[argument].extents)
      return emitError(joint.getLoc()) << "gradient " << position << " of @" << joint.getSymName() << " has extents "
                                       << toString(gradient.extents) << ", but argument " << argument << " has "
                                       << toString(point.arguments[argument].extents);
    point.gradientErrors.push_back(errorsOf(gradient));
    point.gradients.push_back(std::move(gradient.reals));
  }
  return success();
}

/// A point a thousandth away, where values that tie at the arguments do not.
template <typename Real>
LogicalResult Checker<Real>::moveBeside() {
  if (!beside.arguments.empty())
    return success();
  beside.arguments = base.arguments;
  for (int64_t argument : wrt)
    for (Real &x : beside.arguments[argument].reals) {
      const Real by = wide::ldexp(Real(double(random() >> 11)), -63) - wide::ldexp(Real(1), -11); // in 2^-11 [-1, 1)
      x += by * (x == Real(0) ? Real(1) : x);
    }
  return evaluate(beside);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// The position of the largest |gradient|; of one that is no number, where there is one.
template <typename Real>
static int64_t positionOfLargest(const std::vector<Real> &gradient) {
  int64_t largest = 0;
  for (size_t i = 0; i < gradient.size(); ++i) {
    if (!wide::isFinite(gradient[i]))
      return i;
    if (wide::abs(gradient[i]) > wide::abs(gradient[largest]))
      largest = i;
  }
  return largest;
}

template <typename Real>
LogicalResult Checker<Real>::checkElements(size_t position, int64_t evaluations, GradientCheck &check) {
  const int64_t argument = wrt[position], size = base.arguments[argument].size();
  if (size == 0)
    return success();
  const std::vector<Real> &gradient = base.gradients[position];
  Real largest = 0;
  for (Real g : gradient)
    if (wide::isFinite(g))
      largest = std::max(largest, wide::abs(g));
  check.largestGradient = double(largest);

  Sample sample(size);
  DenseSet<int64_t> seen;
  StepMemory memory;
  auto compare = [&](int64_t element) -> LogicalResult {
    if (!seen.insert(element).second)
      return success();
    const Real scale = scaleOf(position, base.arguments[argument].reals[element]);
    Line<Real> line{loss, base, argument, gradient, element, {}, base.gradientErrors[position][element], scale};
    FailureOr<Finding<Real>> finding = judge(line, largest, judgement, memory);
    if (failed(finding))
      return failure();
    if (finding->verdict == Verdict::undefined) {
      ++check.undefined;
      return success();
    }
    if (finding->verdict == Verdict::kink) {
      ++check.kinks;
      return success();
    }
    ++check.compared;
    check.failures += finding->verdict == Verdict::differs;
    check.noise = std::max(check.noise, double(finding->noise));
    const double error = double(wide::abs(finding->residual));
    // An error that rounding alone explains is no part of the gradient, however small that is.
    if (error <= judgement.tolerance * check.largestGradient ||
        error > double(line.gradientError) + judgement.noiseFactor * double(finding->noise))
      check.relativeError = std::max(check.relativeError, error == 0 ? 0 : error / check.largestGradient);
    if (error > check.largestError || check.worst < 0) {
      check.largestError = error;
      check.worst = element;
      check.worstGradient = double(gradient[element]);
      check.worstDifference = double(gradient[element] + finding->residual);
    }
    return success();
  };

  for (int64_t element : {positionOfLargest(gradient), int64_t(0), size - 1})
    if (failed(compare(element)))
      return failure();
  const int64_t end = loss.evaluations + evaluations;
  while (!sample.isDone() && loss.evaluations < end && check.failures < failuresWanted)
    if (failed(compare(sample.draw(random))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Directions
//===----------------------------------------------------------------------===//

/// Compares <gradient, v> for a v of random signs, so that no element has less weight than another.
template <typename Real>
FailureOr<Finding<Real>> Checker<Real>::followDirection(Point<Real> &point, size_t position) {
  const std::vector<Real> &gradient = point.gradients[position];
  CompensatedSum<Real> squares;
  for (Real g : gradient)
    squares.add(g * g);
  const Real norm = wide::sqrt(squares.get());
  if (!wide::isFinite(norm))
    return Finding<Real>();
  std::vector<Real> direction(gradient.size());
  for (Real &v : direction)
    v = random() >> 63 ? Real(1) : Real(-1);
  Real error = 0;
  for (Real e : point.gradientErrors[position])
    error += e;
  Line<Real> line{loss, point, wrt[position], gradient, -1, direction, error, scaleOf(position, Real(0))};
  StepMemory memory;
  FailureOr<Finding<Real>> finding = judge(line, norm, judgement, memory);
  if (succeeded(finding) && norm > Real(0))
    finding->residual /= norm;
  return finding;
}

/// With ties among the arguments the slopes of a direction's two sides say nothing about a gradient, which takes its
/// own choice at each. So what does not agree there is judged beside it.
template <typename Real>
LogicalResult Checker<Real>::checkDirection(size_t position, GradientCheck &check) {
  FailureOr<Finding<Real>> finding = followDirection(base, position);
  if (succeeded(finding) && finding->verdict != Verdict::agrees) {
    if (failed(moveBeside()))
      return failure();
    finding = followDirection(beside, position);
  }
  if (failed(finding))
    return failure();
  if (finding->verdict == Verdict::kink || finding->verdict == Verdict::undefined) {
    ++check.skippedDirections;
    return success();
  }
  ++check.directions;
  check.failures += finding->verdict == Verdict::differs;
  check.directionError = std::max(check.directionError, double(wide::abs(finding->residual)));
  return success();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

template <typename Real>
FailureOr<SmallVector<GradientCheck>> Checker<Real>::check(ArrayRef<Array<Real>> arguments) {
  if (failed(verifySignatures()))
    return failure();
  base.arguments.assign(arguments.begin(), arguments.end());
  int64_t work = 0;
  loss.options.work = &work;
  if (failed(evaluate(base)))
    return failure();
  loss.options.work = nullptr;
  // Of the function and its joint; an evaluation of the function alone costs about a third of both.
  int64_t evaluations = budget / std::max<int64_t>(work / 3, 1);

  for (int64_t argument : wrt) {
    CompensatedSum<Real> sum;
    int64_t count = 0;
    for (Real x : base.arguments[argument].reals)
      if (wide::isFinite(x)) {
        sum.add(wide::abs(x));
        ++count;
      }
    meanSizes.push_back(count ? sum.get() / Real(count) : Real(0));
  }

  // Small arguments first: what they leave of the budget goes to the large.
  SmallVector<size_t> order(wrt.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order,
                    [&](size_t a, size_t b) { return base.arguments[wrt[a]].size() < base.arguments[wrt[b]].size(); });
  SmallVector<GradientCheck> checks(wrt.size());
  for (auto [done, position] : llvm::enumerate(order)) {
    GradientCheck &check = checks[position];
    check.argument = wrt[position];
    check.elements = base.arguments[check.argument].size();
    const int64_t before = loss.evaluations, share = evaluations / int64_t(order.size() - done);
    for (int64_t i = 0; i < options.directions && check.elements > 0; ++i)
      if (failed(checkDirection(position, check)))
        return failure();
    if (failed(checkElements(position, share - (loss.evaluations - before), check)))
      return failure();
    evaluations -= loss.evaluations - before;
    check.ok = check.failures == 0 && (check.compared + check.kinks + check.directions > 0 || check.elements == 0);
  }
  return checks;
}

} // namespace

template <typename Real>
FailureOr<SmallVector<GradientCheck>> checkGradients(func::FuncOp function, func::FuncOp joint,
                                                     ArrayRef<Array<Real>> arguments, ArrayRef<Array<Real>> cotangents,
                                                     ArrayRef<int64_t> wrt, const DifferenceOptions &options) {
  return Checker<Real>(function, joint, cotangents, wrt, options).check(arguments);
}

template FailureOr<SmallVector<GradientCheck>> checkGradients(func::FuncOp, func::FuncOp, ArrayRef<Array<double>>,
                                                              ArrayRef<Array<double>>, ArrayRef<int64_t>,
                                                              const DifferenceOptions &);
template FailureOr<SmallVector<GradientCheck>> checkGradients(func::FuncOp, func::FuncOp, ArrayRef<Array<Quad>>,
                                                              ArrayRef<Array<Quad>>, ArrayRef<int64_t>,
                                                              const DifferenceOptions &);

} // namespace normc::reference
