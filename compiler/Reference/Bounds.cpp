//===- Bounds.cpp - what rounding can do to a graph ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/Walk.h"

using namespace mlir;

namespace normc::reference {

static constexpr double infinite = std::numeric_limits<double>::infinity();

static unsigned varyingSet(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  unsigned set = 0;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    set |= norm::varies(type, axis) << axis;
  return set;
}

template <typename Real>
Bounder<Real>::Bounder(func::FuncOp function, const Options &options) : options(options) {
  auto add = [&](Value value) {
    const unsigned set = varyingSet(value);
    if (llvm::any_of(widest, [&](unsigned other) { return (set & other) == set; }))
      return;
    llvm::erase_if(widest, [&](unsigned other) { return (set & other) == other; });
    widest.push_back(set);
  };
  for (Value argument : function.getArguments())
    add(argument);
  for (Operation &op : function.getBody().front().without_terminator())
    for (Value result : op.getResults())
      add(result);
}

template <typename Real>
bool Bounder<Real>::isAtPoints(Value value) const {
  return llvm::is_contained(widest, varyingSet(value));
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

template <typename Real>
typename Bounder<Real>::Rounding Bounder<Real>::roundingOf(Value value) const {
  const Type element = getElementTypeOrSelf(value);
  Rounding rounding;
  if (options.bounds == BoundsOf::interpreter) {
    rounding.arithmetic = {std::ldexp(1.0, -digits<Real>), 0x1p-1074, storageOf(element).largest};
    rounding.ranged = false;
    return rounding;
  }
  rounding.arithmetic = arithmeticOf(element);
  rounding.floor = rounding.arithmetic.floor;
  // What is computed once a group is computed in f64, and rounded where a sweep reads it or a backward keeps it.
  rounding.ranged = isAtPoints(value);
  if (!rounding.ranged)
    rounding.floor = 0x1p-1074;
  if (options.bounds == BoundsOf::kernelsThatSave) {
    const Format storage = storageOf(element);
    if (storage.roundoff > rounding.arithmetic.roundoff) {
      rounding.storedRoundoff = storage.roundoff;
      rounding.floor += storage.floor;
      rounding.arithmetic.largest = storage.largest;
      rounding.ranged = true;
    }
  }
  return rounding;
}

/// error + roundings u (terms + error) + floor. Beyond the largest number nothing is known; 0 of nothing but 0 is
/// exact.
template <typename Real>
double Bounder<Real>::round(const Rounding &rounding, Real value, const Outcome &outcome) const {
  const double magnitude = std::abs(double(value));
  const double terms = std::max(outcome.terms, magnitude);
  if (terms == 0 && outcome.error == 0)
    return 0;
  double error = outcome.error;
  if (outcome.roundings > 0)
    error += outcome.roundings * rounding.arithmetic.roundoff * (terms + outcome.error) + rounding.floor;
  error += rounding.storedRoundoff * (magnitude + outcome.error);
  // NaN, where an infinite error met a 0, is no bound either.
  if (!(error < infinite) || (rounding.ranged && !(magnitude + error <= rounding.arithmetic.largest)))
    return infinite;
  return error;
}

//===----------------------------------------------------------------------===//
// Points
//===----------------------------------------------------------------------===//

template <typename Real>
static Approximate<Real> read(const Array<Real> &array, int64_t at) {
  Approximate<Real> element;
  element.value = array.reals.empty() ? Real(array.integers[at]) : array.reals[at];
  element.error = array.errors.empty() ? 0.0 : array.errors[at];
  element.terms = array.terms.empty() ? std::abs(double(element.value)) : array.terms[at];
  return element;
}

template <typename Real>
void Bounder<Real>::applyAtPoints(Operation *op, Operands operands, Array<Real> &result, Rule rule) {
  const size_t count = isa<norm::BroadcastOp>(op) ? 1 : operands.size();
  auto extentsOf = [&](size_t i) -> ArrayRef<int64_t> { return operands[i < count ? i : 0]->extents; };
  const Value value = op->getResult(0);
  const Rounding rounding = roundingOf(value);
  // A sweep reads what was computed once a group in its own type.
  std::array<Format, 3> read;
  std::array<bool, 3> rounds{};
  for (size_t i = 0; i < count; ++i) {
    const Value operand = op->getOperand(i);
    rounds[i] = options.bounds != BoundsOf::interpreter && isFloat(operand) && isAtPoints(value) &&
                !isAtPoints(operand) && !operands[i]->errors.empty();
    read[i] = isFloat(operand) ? arithmeticOf(getElementTypeOrSelf(operand)) : Format();
  }
  const int64_t size = result.size();
  result.errors.resize(size);
  result.terms.resize(size);
  Walk<3> walk(result.extents, {extentsOf(0), extentsOf(1), extentsOf(2)});
  std::array<Approximate<Real>, 3> elements;
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 3> &positions) {
    for (int64_t i = 0; i < walk.rowLength(); ++i) {
      for (size_t k = 0; k < count; ++k) {
        Approximate<Real> &element = elements[k];
        element = reference::read(*operands[k], positions[k] + (walk.repeatsInRow(k) ? 0 : i));
        if (rounds[k] && element.error + element.terms > 0) {
          element.error += read[k].floor;
          if (std::abs(double(element.value)) > read[k].largest && wide::isFinite(element.value))
            element.error = infinite;
        }
      }
      const int64_t at = position + i;
      const Real out = result.reals.empty() ? Real(result.integers[at]) : result.reals[at];
      const Outcome outcome = rule(elements.data(), out);
      result.terms[at] = outcome.terms;
      result.errors[at] = !isFloat(value)       ? outcome.error
                          : wide::isFinite(out) ? round(rounding, out, outcome)
                          : outcome.error == 0  ? 0
                                                : infinite;
    }
  });
}

template <typename Real>
void Bounder<Real>::boundCast(Operation *op, Operands operands, Array<Real> &result) {
  const Type from = getElementTypeOrSelf(op->getOperand(0)), to = getElementTypeOrSelf(op->getResult(0));
  const bool fromFloat = norm::isFloatElement(from), toFloat = norm::isFloatElement(to);
  const Format format = toFloat ? storageOf(to) : Format();
  const bool narrows = toFloat && (!fromFloat || format.roundoff > storageOf(from).roundoff);
  applyAtPoints(op, operands, result, [&](const Approximate<Real> *x, Real out) -> Outcome {
    if (x->error == 0)
      return {0, std::abs(double(out)), 0};
    // Two numbers e apart round to numbers at most e and a distance of neighbours apart.
    if (toFloat)
      return {x->error + (narrows ? 2 * (format.roundoff * std::abs(double(out)) + format.floor) : 0),
              std::max(x->terms, std::abs(double(out))), 0};
    if (to.isSignlessInteger(1))
      return {double(x->error >= double(wide::abs(x->value))), 0, 0};
    // Truncation moves by no more than the number does, and one.
    const double distance = std::abs(double(x->value) - double(out));
    const bool stays =
        fromFloat && distance + x->error < 1 && double(wide::abs(x->value)) - x->error >= std::abs(double(out));
    return {stays ? 0 : fromFloat ? x->error + 1 : x->error, std::abs(double(out)), 0};
  });
}

template <typename Real>
void Bounder<Real>::bound(Operation *op, Operands operands, Array<Real> &result) {
  // What is written down, and what extents say, is exact; but a number as near to 1/n as its type, or six digits, can say may be
  // taken for it.
  if (isa<norm::ConstantOp>(op) && !result.reals.empty()) {
    const double number = std::abs(double(result.reals.front())), count = std::round(1 / number);
    const double step = storageOf(getElementTypeOrSelf(op->getResult(0))).roundoff;
    const double distance = std::abs(number - 1 / count);
    if (count >= 2 && count < 1e15 && distance > 0 && distance <= std::max(step, 1e-6) * number) {
      result.errors.assign(1, distance);
      result.terms.assign(1, number);
    }
    return;
  }
  if (isa<norm::ConstantOp, norm::IndexOp, norm::CountOp>(op))
    return;
  if (isa<norm::CastOp>(op))
    return boundCast(op, operands, result);
  [[maybe_unused]] const bool known = boundDeviation(op, operands, result) || boundReduction(op, operands, result) ||
                                      boundHits(op, operands, result) || boundChoice(op, operands, result) ||
                                      boundFunction(op, operands, result);
  assert(known && "the interpreter evaluates an op that has no rule for its errors");
}

template class Bounder<double>;
template class Bounder<Quad>;

} // namespace normc::reference
