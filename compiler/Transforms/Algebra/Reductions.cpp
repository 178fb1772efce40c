//===- Reductions.cpp - sums over axes -----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"

using namespace mlir;

namespace normc::algebra {

/// Terms of what was kept together that are looked for among what is known.
static constexpr size_t maxKnownTerms = 8;

/// The number of points along axes: symbols as atoms, numbers into the coefficient.
Monomial NormalForm::countOf(Axes axes, ArrayRef<int64_t> extents, Rational &coefficient) {
  Monomial monomial;
  for (int64_t axis = 0; axis < table.rank; ++axis) {
    if (!(axes >> axis & 1) || extents[axis] == 1)
      continue;
    if (extents[axis] >= 0) {
      coefficient *= Rational(extents[axis]);
      continue;
    }
    AtomData atom{AtomKind::count, SmallVector<int64_t>(table.rank, 1), Value(), {}};
    atom.symbol = -1 - extents[axis];
    atom.nonnegative = true;
    monomial = product(monomial, Monomial{{table.intern(std::move(atom)), one}});
  }
  return monomial;
}

/// sum(a r) = r sum(a) where r does not vary; sum(1) = n; sum(sum(a)) = one sum over both axes; sum(mean(a)) = n times one
/// mean over both axes; deviations add up to 0
NormalForm::Reduced NormalForm::reduceTerm(const Monomial &monomial, const Rational &coefficient, Axes axes,
                                           ArrayRef<int64_t> extents) {
  Reduced reduced;
  reduced.coefficient = coefficient;
  for (Factor factor : monomial)
    (table.atomAxes(factor.atom) & axes ? reduced.inner : reduced.outer).push_back(factor);
  const Axes varying = table.varies(reduced.inner);
  reduced.outer = product(reduced.outer, countOf(axes & ~varying, extents, reduced.coefficient));
  if (reduced.inner.empty() || reduced.coefficient == Rational(0))
    return reduced;
  reduced.axes = axes & varying;
  if (reduced.inner.size() == 1 && reduced.inner[0].exponent == one) {
    const AtomData &atom = table[reduced.inner[0].atom];
    if (atom.kind == AtomKind::sum && !(atom.axes & reduced.axes)) {
      reduced.axes |= atom.axes;
      reduced.inner = Monomial(atom.inner);
    } else if (atom.kind == AtomKind::mean && atom.inner.empty() && !(atom.axes & reduced.axes)) {
      const SmallVector<int64_t> own = table.extents(reduced.inner);
      const Atom mean = table[deviationFrom(atom.base, atom.axes | reduced.axes, Monomial())].mean;
      reduced.outer = product(reduced.outer, Monomial{{mean, one}});
      reduced.outer = product(reduced.outer, countOf(reduced.axes, own, reduced.coefficient));
      reduced.axes |= atom.axes;
      reduced.inner.clear();
      return reduced;
    }
  }
  reduced.vanishes = vanishes(reduced.inner, reduced.axes);
  reduced.isFresh = !reduced.vanishes && !table.findSum(reduced.inner, reduced.axes);
  return reduced;
}

Form NormalForm::sumAtom(const Reduced &reduced) {
  if (reduced.vanishes || reduced.coefficient == Rational(0))
    return table.intern(Terms());
  if (reduced.inner.empty())
    return table.intern(Terms{{reduced.outer, reduced.coefficient}});
  AtomData atom{AtomKind::sum, table.extents(reduced.inner), Value(), {}};
  for (int64_t axis = 0; axis < table.rank; ++axis)
    if (reduced.axes >> axis & 1)
      atom.extents[axis] = 1;
  atom.axes = reduced.axes;
  atom.inner = reduced.inner;
  atom.nonnegative = llvm::all_of(reduced.inner, [&](Factor factor) { return isNonnegative(factor); });
  return scaled(ofAtom(table.intern(std::move(atom))), reduced.outer, reduced.coefficient);
}

/// sum(a + r b) = sum(a) + sum(r b), then sum(a) + r sum(b), then without what adds up to 0
void NormalForm::reportSum(Form x, Axes axes, ArrayRef<Reduced> parts, bool together) {
  auto sumOf = [](Axes axes, Form inner) {
    Piece piece;
    piece.sum = Piece::Sum{axes, inner};
    return piece;
  };
  Terms fresh;
  Expression spread, moved, left;
  for (const auto &[term, part] : llvm::zip_equal(table.terms(x), parts)) {
    const auto &[monomial, coefficient] = term;
    if (together && part.isFresh) {
      fresh.emplace(monomial, coefficient);
      continue;
    }
    spread.push_back(sumOf(axes, table.intern(Terms{{monomial, coefficient}})));
    Piece piece;
    if (!part.inner.empty())
      piece = sumOf(part.axes, table.intern(Terms{{part.inner, Rational(1)}}));
    piece.coefficient = part.coefficient;
    piece.factors = part.outer;
    moved.push_back(piece);
    if (!part.vanishes)
      left.push_back(piece);
  }
  if (!fresh.empty()) {
    const Piece piece = sumOf(axes, table.intern(std::move(fresh)));
    for (Expression *state : {&spread, &moved, &left})
      state->push_back(piece);
  }
  if (spread.size() > 1)
    steps->rewrite(Rule::distribute, {sumOf(axes, x)}, spread);
  auto isJoined = [&](const Reduced &part) { return (part.axes & ~axes) != 0; };
  auto isLeft = [&](const Reduced &part) { return part.inner.empty() && !isJoined(part); };
  const Rule rule = llvm::any_of(parts, isLeft)     ? Rule::sumOfOne
                    : llvm::any_of(parts, isJoined) ? Rule::sumOfSum
                                                    : Rule::invariant;
  steps->rewrite(rule, spread, moved);
  if (left.size() < moved.size())
    steps->rewrite(Rule::deviationsVanish, moved, left);
}

/// Whether a term is r m, the mean m of a value before a sum of r, and r d with the deviation d from it is another term: then
/// m always leaves, as d and m together would only be the value again, and cancel later what the mean has taken out.
bool NormalForm::isMeanOfAnother(const Monomial &monomial, const Reduced &reduced, const Terms &terms) {
  return llvm::any_of(reduced.outer, [&](Factor factor) {
    if (table[factor.atom].kind != AtomKind::mean || factor.exponent < one)
      return false;
    const AtomData mean = table[factor.atom];
    const Atom deviation = deviationFrom(mean.base, mean.axes, mean.inner);
    return terms.count(product(product(monomial, Monomial{{factor.atom, -one}}), Monomial{{deviation, one}})) != 0;
  });
}

/// sum({a + b} r) = sum(a r) + sum(b r), of what was kept together, where some of these add up to 0 and all others are known
std::optional<Form> NormalForm::takenApart(Form x, Axes axes, ArrayRef<int64_t> extents) {
  Terms apart;
  bool isApart = false;
  for (const auto &[monomial, coefficient] : table.terms(x)) {
    const Factor *kept = llvm::find_if(monomial, [&](Factor factor) {
      return table[factor.atom].kind == AtomKind::whole && factor.exponent == one && (table.atomAxes(factor.atom) & axes);
    });
    if (kept == monomial.end()) {
      accumulate(apart, monomial, coefficient);
      continue;
    }
    isApart = true;
    const Monomial rest = product(monomial, Monomial{{kept->atom, -one}});
    for (const auto &[part, number] : table.terms(table[kept->atom].parts[0]))
      accumulate(apart, product(part, rest), number * coefficient);
  }
  if (!isApart || apart.size() > maxKnownTerms)
    return std::nullopt;
  bool vanishes = false;
  for (const auto &[monomial, coefficient] : apart) {
    const Reduced part = reduceTerm(monomial, coefficient, axes, extents);
    if (part.isFresh)
      return std::nullopt;
    vanishes |= part.vanishes;
  }
  // Else one reduction would only be exchanged for what many have come to.
  return vanishes ? std::optional(table.intern(std::move(apart))) : std::nullopt;
}

/// sum(a + b) = sum(a) + sum(b), unless that would make several new reductions of what one can do
Form NormalForm::sum(Form x, Value operand, ArrayRef<int64_t> axisList) {
  Axes axes = 0;
  for (int64_t axis : axisList)
    axes |= Axes(1) << axis;
  SmallVector<int64_t> extents = graph.classes.extentsOf(operand);
  if (std::optional<Form> apart = takenApart(x, axes, extents)) {
    if (steps)
      steps->rewrite(Rule::multiplyOut, asIs(x), asIs(*apart));
    x = *apart;
  }
  const Terms terms = table.terms(x);
  SmallVector<Reduced> parts;
  Terms fresh;
  std::map<std::pair<Axes, Monomial>, int> freshSums;
  for (const auto &[monomial, coefficient] : terms) {
    parts.push_back(reduceTerm(monomial, coefficient, axes, extents));
    if (parts.back().isFresh && isMeanOfAnother(monomial, parts.back(), terms))
      parts.back().isFresh = false;
    if (parts.back().isFresh) {
      fresh.emplace(monomial, coefficient);
      freshSums[{parts.back().axes, parts.back().inner}] = 1;
    }
  }
  const bool together = freshSums.size() > 1;
  if (steps)
    reportSum(x, axes, parts, together);
  Form result = table.intern(Terms());
  for (const Reduced &part : parts)
    if (!together || !part.isFresh)
      result = add(result, sumAtom(part), 1);
  if (!together)
    return result;
  if (isNoting)
    toKeep.insert(operand);
  const Form apart = table.intern(std::move(fresh));
  Form rest = factored(apart);
  if (steps)
    steps->rewrite(Rule::keepTogether, asIs(apart), asIs(rest));
  const Terms kept = table.terms(rest);
  for (const auto &[monomial, coefficient] : kept)
    result = add(result, sumAtom(reduceTerm(monomial, coefficient, axes, extents)), 1);
  return result;
}

} // namespace normc::algebra
