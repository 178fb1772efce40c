//===- Signs.cpp - what cannot be negative ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Squares, roots, exponentials, counts, and sums and products of what is not negative.
// A clamp of such a value changes nothing, wherever nothing is rounded.
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::algebra {

bool NormalForm::isNonnegative(Factor factor) const {
  return factor.exponent % (2 * one) == 0 || table[factor.atom].nonnegative;
}

bool NormalForm::isNonnegative(Form form) const {
  return llvm::all_of(table.terms(form), [&](const auto &term) {
    return term.second > Rational(0) && llvm::all_of(term.first, [&](Factor factor) { return isNonnegative(factor); });
  });
}

/// x - y
Terms NormalForm::difference(Form x, Form y) const {
  Terms terms = table.terms(x);
  for (const auto &[monomial, coefficient] : table.terms(y))
    accumulate(terms, monomial, -coefficient);
  return terms;
}

/// Of functions, by what their operands are known to be.
bool NormalForm::isNonnegativeFunction(Operation *op, ArrayRef<Form> operands) const {
  if (isa<norm::ExpOp, norm::SigmoidOp, norm::AbsOp, norm::IndexOp, norm::CountOp>(op))
    return true;
  if (isa<norm::MaxOp>(op))
    return llvm::any_of(operands, [&](Form operand) { return isNonnegative(operand); });
  // A cast of an integer may wrap.
  if (isa<norm::MinOp, norm::TanhOp, norm::ErfOp>(op) ||
      (isa<norm::CastOp>(op) && norm::isFloatElement(getElementTypeOrSelf(op->getOperand(0))) &&
       norm::isFloatElement(getElementTypeOrSelf(op->getResult(0)))))
    return llvm::all_of(operands, [&](Form operand) { return isNonnegative(operand); });
  return isa<norm::PowOp>(op) && isNonnegative(operands[0]);
}

static bool isNumber(const Terms &terms) {
  return terms.empty() || (terms.size() == 1 && terms.begin()->first.empty());
}

/// max(a, c) = a where a - c is not negative, c a number: then NaN passes as it does through max
std::optional<Form> NormalForm::maximum(Form x, Form y) {
  for (auto [a, c] : {std::pair(x, y), std::pair(y, x)})
    if (isNumber(table.terms(c)) && isNonnegative(table.intern(difference(a, c))))
      return a;
  return std::nullopt;
}

/// min(a, c) = a where c - a is not negative
std::optional<Form> NormalForm::minimum(Form x, Form y) {
  for (auto [a, c] : {std::pair(x, y), std::pair(y, x)})
    if (isNumber(table.terms(c)) && isNonnegative(table.intern(difference(c, a))))
      return a;
  return std::nullopt;
}

/// |a| = a where a is not negative, -a where -a is not
std::optional<Form> NormalForm::absolute(Form x) {
  if (isNonnegative(x))
    return x;
  Form opposite = table.intern(difference(table.intern(Terms()), x));
  return isNonnegative(opposite) ? std::optional(opposite) : std::nullopt;
}

/// Whether x = r y, r a number
static bool isMultiple(const Terms &x, const Terms &y) {
  if (x.size() != y.size())
    return false;
  std::optional<Rational> ratio;
  for (const auto &[own, other] : llvm::zip_equal(x, y)) {
    if (own.first != other.first || (ratio && own.second != *ratio * other.second))
      return false;
    ratio = own.second / other.second;
  }
  return true;
}

/// d > 0 ? a : b = b where d <= 0; and a where d >= 0 and a - b = r d: at 0 they are the same, and where d is NaN so is
/// a
std::optional<Form> NormalForm::settled(Form condition, Form x, Form y) {
  std::optional<Atom> atom = asAtom(condition);
  auto compare = atom && table[*atom].kind == AtomKind::function ? table[*atom].value.getDefiningOp<norm::CompareOp>()
                                                                 : norm::CompareOp();
  if (!compare || !norm::isFloatElement(getElementTypeOrSelf(compare.getLhs())))
    return std::nullopt;
  const norm::Predicate predicate = compare.getPredicate();
  const bool greater = predicate == norm::Predicate::gt || predicate == norm::Predicate::ge;
  if (!greater && predicate != norm::Predicate::lt && predicate != norm::Predicate::le)
    return std::nullopt;
  const Form a = table[*atom].parts[0], b = table[*atom].parts[1];
  const Form above = table.intern(greater ? difference(a, b) : difference(b, a));
  const Form below = table.intern(greater ? difference(b, a) : difference(a, b));
  const bool isStrict = predicate == norm::Predicate::gt || predicate == norm::Predicate::lt;
  const bool meet = isMultiple(difference(x, y), table.terms(above));
  if (isNonnegative(below) && (isStrict || meet))
    return y;
  return isNonnegative(above) && meet ? std::optional(x) : std::nullopt;
}

} // namespace normc::algebra
