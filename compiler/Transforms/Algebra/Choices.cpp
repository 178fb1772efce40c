//===- Choices.cpp - selects ---------------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Choices under one condition add inside; then what both branches share goes outside.
// A branch of 0 shares nothing: select(x > 0, log x, 0) must not become
// log(x) select(x > 0, 1, 0), which is NaN where it was 0.
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"

using namespace mlir;

namespace normc::algebra {

/// c ? a r : b r = r (c ? a : b)
Form NormalForm::choose(Form condition, Form x, Form y) {
  if (x == y)
    return x;
  if (std::optional<Form> known = settled(condition, x, y)) {
    if (steps) {
      Piece before;
      before.choice = {condition, x, y};
      steps->rewrite(Rule::sign, {before}, asIs(*known));
    }
    return *known;
  }
  Monomial shared;
  if (!table.terms(x).empty() && !table.terms(y).empty())
    shared = common({x, y});
  if (steps && !shared.empty()) {
    Piece before, after;
    before.choice = {condition, x, y};
    after.factors = shared;
    after.choice = {condition, without(x, shared), without(y, shared)};
    steps->rewrite(Rule::choiceShares, {before}, {after});
  }
  x = without(x, shared);
  y = without(y, shared);
  AtomData atom{AtomKind::select, SmallVector<int64_t>(table.rank, 1), Value(), {condition, x, y}};
  for (Form part : atom.parts)
    for (auto [axis, extent] : llvm::enumerate(table.formExtents(part)))
      if (extent != 1)
        atom.extents[axis] = extent;
  atom.nonnegative = isNonnegative(x) && isNonnegative(y);
  return scaled(ofAtom(table.intern(std::move(atom))), shared, Rational(1));
}

/// r (c ? a : b) + s (c ? d : e) = c ? r a + s d : r b + s e
Terms NormalForm::mergeChoices(Terms terms) {
  // Terms with exactly one choice, by its condition.
  std::map<Form, SmallVector<std::pair<Monomial, Atom>>> byCondition;
  for (const auto &[monomial, coefficient] : terms) {
    SmallVector<Atom, 1> choices;
    for (Factor factor : monomial)
      if (table[factor.atom].kind == AtomKind::select)
        choices.push_back(factor.exponent == one ? factor.atom : ~0u);
    if (choices.size() == 1 && choices[0] != ~0u)
      byCondition[table[choices[0]].parts[0]].emplace_back(monomial, choices[0]);
  }
  for (const auto &[condition, list] : byCondition) {
    if (list.size() < 2 || !llvm::all_equal(llvm::map_range(list, [&](auto &term) { return table.varies(term.first); })))
      continue;
    Terms rest = terms, sides[2];
    for (const auto &[monomial, choice] : list) {
      const Rational coefficient = terms.at(monomial);
      rest.erase(monomial);
      Monomial factors = product(monomial, Monomial{{choice, -one}});
      for (int side = 0; side < 2; ++side)
        for (const auto &[n, d] : table.terms(table[choice].parts[side + 1]))
          accumulate(sides[side], product(factors, n), d * coefficient);
    }
    Form x = table.intern(std::move(sides[0])), y = table.intern(std::move(sides[1]));
    if (steps) {
      Terms before;
      for (const auto &[monomial, choice] : list)
        before.emplace(monomial, terms.at(monomial));
      Piece after;
      after.choice = {condition, x, y};
      steps->rewrite(Rule::choicesAdd, asIs(table.intern(std::move(before))), {after});
    }
    for (const auto &[m, c] : table.terms(choose(condition, x, y)))
      accumulate(rest, m, c);
    return mergeChoices(std::move(rest));
  }
  return terms;
}

} // namespace normc::algebra
