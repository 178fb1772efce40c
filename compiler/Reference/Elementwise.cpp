//===- Elementwise.cpp - elementwise ops of the interpreter --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Evaluation.h"
#include "compiler/Reference/Functions.h"
#include "compiler/Reference/Walk.h"

using namespace mlir;

namespace normc::reference {

namespace {

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

template <typename Real, typename Function>
void map(const Array<Real> &a, Array<Real> &result, Function function) {
  const size_t size = a.reals.size();
  result.reals.resize(size);
  const Real *in = a.reals.data();
  Real *out = result.reals.data();
  for (size_t i = 0; i < size; ++i)
    out[i] = function(in[i]);
}

/// result = function(a, b), a and b repeated to the result's extents.
template <typename Real, typename In, typename Out, typename Function>
void map(const Array<Real> &a, const std::vector<In> &aElements, const Array<Real> &b, const std::vector<In> &bElements,
         const Array<Real> &result, std::vector<Out> &elements, Function function) {
  elements.resize(result.size());
  Walk<2> walk(result.extents, {a.extents, b.extents});
  const int64_t length = walk.rowLength();
  const bool aRepeats = walk.repeatsInRow(0), bRepeats = walk.repeatsInRow(1);
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 2> &positions) {
    const In *lhs = aElements.data() + positions[0], *rhs = bElements.data() + positions[1];
    Out *out = elements.data() + position;
    if (!aRepeats && !bRepeats)
      for (int64_t i = 0; i < length; ++i)
        out[i] = function(lhs[i], rhs[i]);
    else if (!aRepeats)
      for (int64_t i = 0; i < length; ++i)
        out[i] = function(lhs[i], *rhs);
    else if (!bRepeats)
      for (int64_t i = 0; i < length; ++i)
        out[i] = function(*lhs, rhs[i]);
    else
      *out = function(*lhs, *rhs);
  });
}

template <typename Real, typename Element>
void select(Operands<Real> operands, const std::vector<Element> &onTrue, const std::vector<Element> &onFalse,
            const Array<Real> &result, std::vector<Element> &elements) {
  elements.resize(result.size());
  Walk<3> walk(result.extents, {operands[0]->extents, operands[1]->extents, operands[2]->extents});
  const int64_t length = walk.rowLength();
  const int64_t cStride = !walk.repeatsInRow(0), aStride = !walk.repeatsInRow(1), bStride = !walk.repeatsInRow(2);
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 3> &positions) {
    const int64_t *c = operands[0]->integers.data() + positions[0];
    const Element *a = onTrue.data() + positions[1], *b = onFalse.data() + positions[2];
    Element *out = elements.data() + position;
    for (int64_t i = 0; i < length; ++i)
      out[i] = c[i * cStride] ? a[i * aStride] : b[i * bStride];
  });
}

template <typename Real, typename Element>
void repeat(const Array<Real> &a, const std::vector<Element> &from, const Array<Real> &result,
            std::vector<Element> &elements) {
  elements.resize(result.size());
  Walk<1> walk(result.extents, {a.extents});
  const int64_t length = walk.rowLength();
  const bool repeats = walk.repeatsInRow(0);
  walk.forEachRow([&](int64_t position, const std::array<int64_t, 1> &positions) {
    Element *out = elements.data() + position;
    if (repeats)
      std::fill_n(out, length, from[positions[0]]);
    else
      std::copy_n(from.data() + positions[0], length, out);
  });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

template <typename Real>
bool evaluateBinary(Operation *op, Operands<Real> operands, Array<Real> &result) {
  const Array<Real> &lhs = *operands[0], &rhs = *operands[1];
  return withBinary<Real>(op, [&](auto function) {
    if (isFloat(op->getOperand(0)))
      map(lhs, lhs.reals, rhs, rhs.reals, result, result.reals, function);
    else
      map(lhs, lhs.integers, rhs, rhs.integers, result, result.integers, function);
  });
}

template <typename Real, typename Element>
void compare(norm::Predicate predicate, Operands<Real> operands, const std::vector<Element> &lhs,
             const std::vector<Element> &rhs, Array<Real> &result) {
  map(*operands[0], lhs, *operands[1], rhs, result, result.integers,
      [&](Element a, Element b) { return int64_t(holds(predicate, a, b)); });
}

} // namespace

template <typename Real>
bool evaluateElementwise(Operation *op, Operands<Real> operands, Array<Real> &result) {
  if (auto broadcast = dyn_cast<norm::BroadcastOp>(op)) {
    const Array<Real> &a = *operands[0];
    if (isFloat(broadcast.getOperand()))
      repeat(a, a.reals, result, result.reals);
    else
      repeat(a, a.integers, result, result.integers);
    return true;
  }
  if (auto relation = dyn_cast<norm::CompareOp>(op)) {
    const Array<Real> &a = *operands[0], &b = *operands[1];
    if (isFloat(relation.getLhs()))
      compare(relation.getPredicate(), operands, a.reals, b.reals, result);
    else
      compare(relation.getPredicate(), operands, a.integers, b.integers, result);
    return true;
  }
  if (auto choice = dyn_cast<norm::SelectOp>(op)) {
    if (isFloat(choice.getOnTrue()))
      select(operands, operands[1]->reals, operands[2]->reals, result, result.reals);
    else
      select(operands, operands[1]->integers, operands[2]->integers, result, result.integers);
    return true;
  }
  if (operands.size() == 1)
    return withUnary<Real>(op, [&](auto function) { map(*operands[0], result, function); });
  return operands.size() == 2 && evaluateBinary(op, operands, result);
}

template bool evaluateElementwise(Operation *, Operands<double>, Array<double> &);
template bool evaluateElementwise(Operation *, Operands<Quad>, Array<Quad> &);

} // namespace normc::reference
