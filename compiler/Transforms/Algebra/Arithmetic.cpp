//===- Arithmetic.cpp - sums, products and powers of forms ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"

using namespace mlir;

namespace normc::algebra {

/// Beyond these a sum of terms stays together: rule 7.
static constexpr size_t maxProductTerms = 24, maxSumTerms = 64;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Form NormalForm::number(const APFloat &value) {
  APFloat wide = value;
  bool losesInfo;
  wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  if (wide.isZero())
    return table.intern(Terms());
  if (std::optional<int64_t> n = reciprocalOf(value, graph.counts)) {
    const Form exact = table.intern(Terms{{Monomial(), Rational(1, *n)}});
    const Form written = table.intern(Terms{{Monomial(), rationalOf(wide.convertToDouble())}});
    if (steps && written != exact)
      steps->rewrite(Rule::reciprocalCount, asIs(written), asIs(exact));
    return exact;
  }
  return table.intern(Terms{{Monomial(), rationalOf(wide.convertToDouble())}});
}

Form NormalForm::count(Value like, ArrayRef<int64_t> axes) {
  Axes set = 0;
  for (int64_t axis : axes)
    set |= Axes(1) << axis;
  Rational coefficient(1);
  Monomial monomial = countOf(set, graph.classes.extentsOf(like), coefficient);
  return coefficient == Rational(0) ? table.intern(Terms()) : table.intern(Terms{{monomial, coefficient}});
}

/// p/q with a small power of two as q; other exponents stay functions.
std::optional<std::pair<int64_t, int64_t>> NormalForm::exponentIn(Form form) {
  const Terms &terms = table.terms(form);
  if (terms.empty())
    return std::pair<int64_t, int64_t>(0, 1);
  if (terms.size() != 1 || !terms.begin()->first.empty())
    return std::nullopt;
  Rational number = mlir::presburger::reduce(terms.begin()->second);
  if (number.den > llvm::DynamicAPInt(one) || llvm::DynamicAPInt(one) % number.den != 0 ||
      abs(number.num) > llvm::DynamicAPInt(64))
    return std::nullopt;
  return std::pair(int64_t(number.num), int64_t(number.den));
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

void NormalForm::accumulate(Terms &terms, const Monomial &monomial, const Rational &coefficient) {
  auto [at, isNew] = terms.try_emplace(monomial, coefficient);
  if (isNew)
    return;
  at->second += coefficient;
  if (at->second == Rational(0))
    terms.erase(at);
}

Form NormalForm::add(Form x, Form y, int64_t factor) {
  if (table.terms(x).size() + table.terms(y).size() > maxSumTerms) {
    Form &longer = table.terms(x).size() >= table.terms(y).size() ? x : y;
    const Form before = longer;
    longer = whole(longer);
    if (steps)
      steps->rewrite(Rule::cap, asIs(before), asIs(longer));
  }
  Terms terms = table.terms(x);
  for (const auto &[monomial, coefficient] : table.terms(y))
    accumulate(terms, monomial, coefficient * Rational(factor));
  terms = gathered(mergeChoices(std::move(terms)));
  noteMeetings(terms);
  return table.intern(std::move(terms));
}

/// A form times one term.
Form NormalForm::scaled(Form form, const Monomial &monomial, const Rational &coefficient) {
  Terms terms;
  for (const auto &[own, number] : table.terms(form))
    accumulate(terms, product(own, monomial), number * coefficient);
  return table.intern(std::move(terms));
}

//===----------------------------------------------------------------------===//
// What stays together
//===----------------------------------------------------------------------===//

/// The factors that all terms of all forms share.
Monomial NormalForm::common(ArrayRef<Form> list) const {
  std::optional<Monomial> shared;
  for (Form form : list)
    for (const auto &[monomial, coefficient] : table.terms(form)) {
      if (!shared) {
        shared = monomial;
        continue;
      }
      Monomial rest;
      for (Factor factor : *shared)
        if (llvm::is_contained(monomial, factor))
          rest.push_back(factor);
      *shared = rest;
    }
  return shared.value_or(Monomial());
}

Form NormalForm::without(Form form, const Monomial &factors) {
  return scaled(form, raise(factors, -one), Rational(1));
}

Form NormalForm::whole(Form form) {
  if (table.terms(form).size() <= 1)
    return form;
  return ofAtom(wholeAtom(form));
}

/// a b + a c ==> a {b + c}: two gradients find out so that they need the same reduction.
Form NormalForm::factored(Form form) {
  if (table.terms(form).size() <= 1)
    return form;
  Monomial shared = common({form});
  Form rest = without(form, shared);
  Rational lead = table.terms(rest).begin()->second;
  rest = whole(scaled(rest, Monomial(), Rational(1) / lead));
  return scaled(rest, shared, lead);
}

/// Of how many different products of the widest atoms a form is a combination.
unsigned NormalForm::countWide(Form form) const {
  Axes all = table.formAxes(form);
  if (!all)
    return 0;
  std::map<Monomial, int> wide;
  for (const auto &[monomial, coefficient] : table.terms(form)) {
    if (table.varies(monomial) != all)
      continue;
    Monomial part;
    for (Factor factor : monomial)
      if (table.atomAxes(factor.atom) == all)
        part.push_back(factor);
    wide[part] = 1;
  }
  return wide.size();
}

/// Whether a form is, but for a common factor, a deviation, its mean and what does not vary where the mean was taken: of its
/// square, then, only squares survive a sum there.
bool NormalForm::isSplit(Form form) const {
  const Monomial divisor = raise(common({form}), -one);
  llvm::DenseSet<Atom> present;
  for (const auto &[monomial, coefficient] : table.terms(form))
    for (Factor factor : monomial)
      present.insert(factor.atom);
  return llvm::any_of(present, [&](Atom atom) {
    const AtomData &data = table[atom];
    if (data.kind != AtomKind::deviation || !present.contains(data.mean))
      return false;
    return llvm::all_of(table.terms(form), [&](const auto &term) {
      const bool hasDeviation = llvm::any_of(term.first, [&](Factor factor) { return factor.atom == atom; });
      return hasDeviation || !(table.varies(product(term.first, divisor)) & data.axes);
    });
  });
}

/// Whether a form is, but for a common factor, something beside the mean of a value that was split, and varies no further than
/// that: what the value's deviation and mean still meet.
bool NormalForm::holdsMean(Form form) const {
  const Terms &terms = table.terms(form);
  if (terms.size() != 2)
    return false;
  const Monomial divisor = raise(common({form}), -one);
  return llvm::any_of(terms, [&](const auto &term) {
    const Monomial rest = product(term.first, divisor);
    return rest.size() == 1 && rest[0].exponent == one && table[rest[0].atom].kind == AtomKind::mean &&
           table.atomAxes(rest[0].atom) == table.formAxes(form);
  });
}

/// Whether a single term, times a sum, takes a factor out of one of its terms: (a + m n) / n = a / n + m
bool NormalForm::cancelsIn(Form sum, Form single) const {
  const Terms &terms = table.terms(single);
  return terms.size() == 1 && llvm::any_of(table.terms(sum), [&](const auto &term) {
           return llvm::any_of(terms.begin()->first, [&](Factor factor) {
             return llvm::is_contained(term.first, Factor{factor.atom, -factor.exponent});
           });
         });
}

//===----------------------------------------------------------------------===//
// Products: (a + b)(c + d) = a c + a d + b c + b d
//===----------------------------------------------------------------------===//

Form NormalForm::multiply(Form x, Form y) {
  if (table.terms(x).empty() || table.terms(y).empty())
    return table.intern(Terms());
  // A square of differences is not taken apart, or they would cancel: (x - g)^2 is not x^2 - 2 x g + g^2. A deviation and its
  // mean were split for that very purpose.
  if (x == y && table.terms(x).size() > 1 && !isSplit(x))
    return power(x, 2, 1);
  // A sum of several wide terms that meets another wide factor is kept: taking it apart would multiply reductions.
  auto keep = [&](Form &form, Rule rule) {
    const Form before = form;
    form = factored(form);
    if (steps)
      steps->rewrite(rule, asIs(before), asIs(form));
  };
  Axes vx = table.formAxes(x), vy = table.formAxes(y);
  if (vy && (vy & vx) == vx && countWide(x) > 1 && !cancelsIn(x, y) && !holdsMean(x))
    keep(x, Rule::keepTogether);
  if (vx && (vx & vy) == vy && countWide(y) > 1 && !cancelsIn(y, x) && !holdsMean(y))
    keep(y, Rule::keepTogether);
  if (table.terms(x).size() * table.terms(y).size() > maxProductTerms)
    keep(table.terms(x).size() >= table.terms(y).size() ? x : y, Rule::cap);
  Terms terms;
  for (const auto &[m, c] : table.terms(x))
    for (const auto &[n, d] : table.terms(y))
      accumulate(terms, product(m, n), c * d);
  if (steps && table.terms(x).size() * table.terms(y).size() > 1) {
    Piece factors;
    factors.forms = {{x, one}, {y, one}};
    steps->rewrite(Rule::multiplyOut, {factors}, asIs(table.intern(terms)));
  }
  terms = mergeChoices(std::move(terms));
  noteMeetings(terms);
  return table.intern(std::move(terms));
}

//===----------------------------------------------------------------------===//
// Powers: (a^p)^q = a^(p q) where a^p is not negative, or q is an integer
//===----------------------------------------------------------------------===//

Form NormalForm::power(Form x, int64_t numerator, int64_t denominator) {
  const auto p = Exponent(numerator * one / denominator);
  const bool isInteger = p % one == 0;
  if (p == one)
    return x;
  if (p == 0)
    return table.intern(Terms{{Monomial(), Rational(1)}});
  const Terms &terms = table.terms(x);
  auto noted = [&](Form result) {
    if (steps && !asAtom(x)) {
      Piece whole;
      whole.forms.emplace_back(x, p);
      steps->rewrite(Rule::exponents, {whole}, asIs(result));
    }
    return result;
  };
  if (terms.empty()) // 0^p: the function says what it is
    return ofAtom(table.intern({AtomKind::whole, SmallVector<int64_t>(table.rank, 1), Value(), {x}}), p);
  if (p == 2 * one && isSplit(x))
    return multiply(x, x);
  if (terms.size() == 1) {
    const auto &[monomial, coefficient] = *terms.begin();
    if (isInteger) {
      Rational number(1);
      for (int i = 0; i < std::abs(p / one); ++i)
        number *= coefficient;
      return noted(table.intern(Terms{{raise(monomial, p), p < 0 ? Rational(1) / number : number}}));
    }
    // Exponents multiply where no factor can be negative; (x^2)^(1/2) is not x, but (x^4)^(1/2) is x^2.
    bool multiply = coefficient == Rational(1) && llvm::all_of(monomial, [&](Factor factor) {
      const int64_t exponent = int64_t(factor.exponent) * p;
      return exponent % one == 0 && (table[factor.atom].nonnegative ||
                                     (factor.exponent % (2 * one) == 0 && exponent / one % (2 * one) == 0));
    });
    if (multiply)
      return noted(table.intern(Terms{{raise(monomial, p), Rational(1)}}));
  }
  if (isInteger || isNonnegative(x))
    return ofAtom(wholeAtom(x), p);
  // The sign is not known, so the root is a function: its square is not x, as it is NaN where x is negative.
  AtomData root{AtomKind::root, table.formExtents(x), Value(), {x}};
  for (root.symbol = 2; numerator * root.symbol % denominator != 0;)
    root.symbol *= 2;
  root.nonnegative = true;
  const Exponent times = p * Exponent(root.symbol);
  return ofAtom(table.intern(std::move(root)), times);
}

} // namespace normc::algebra
