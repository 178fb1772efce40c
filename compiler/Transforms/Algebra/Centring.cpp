//===- Centring.cpp - where a value meets its own mean -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Wherever x - mean(x) or mean(x^2) - mean(x)^2 stands among the terms of a value, x is
// from the start deviation + mean, with the one fact that deviations, times their
// weight, add up to 0. However a layer was written, cancellation leaves by algebra. What is
// subtracted and no mean of x, as running statistics are, stays where it was written. Where x
// meets means over different axes, it is split at one, and the other differences are deviations
// of their own.
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"

using namespace mlir;

namespace normc::algebra {

/// sum(w (x - mean)) = 0, the mean weighted by w
bool NormalForm::vanishes(const Monomial &inner, Axes axes) const {
  for (Factor factor : inner) {
    const AtomData &atom = table[factor.atom];
    if (factor.exponent != one || atom.kind != AtomKind::deviation || (atom.axes & axes) != atom.axes)
      continue;
    Monomial rest;
    for (Factor other : inner)
      if (other.atom != factor.atom)
        rest.push_back(other);
    if (rest == atom.inner)
      return true;
  }
  return false;
}

/// Notes atoms x with, up to a common factor r, among the terms
///   r x and r sum(w x)/n: x meets its mean;  r sum(w x x)/n and r sum(w x)^2/n^2: it meets it in a variance;
/// n the count, or sum(w) where there is a weight.
void NormalForm::noteMeetings(const Terms &terms) {
  if (!isNoting || terms.size() < 2)
    return;
  for (const auto &[monomial, coefficient] : terms)
    for (Factor factor : monomial) {
      if (table[factor.atom].kind != AtomKind::sum || (factor.exponent != one && factor.exponent != 2 * one))
        continue;
      const Axes axes = table[factor.atom].axes;
      const Monomial inner = table[factor.atom].inner;
      // 1/n: the count, whose numbers are in the coefficients, or the sum of the weight.
      struct Norm {
        Monomial weight, inverse;
      };
      SmallVector<Norm> norms;
      Rational ignored(1);
      norms.push_back({Monomial(), raise(countOf(axes, table.extents(inner), ignored), -one)});
      for (Factor other : monomial)
        if (other.atom != factor.atom && table[other.atom].kind == AtomKind::sum && table[other.atom].axes == axes &&
            other.exponent == -factor.exponent)
          norms.push_back({table[other.atom].inner, Monomial{{other.atom, -one}}});
      for (const Norm &norm : norms) {
        Monomial x;
        for (Factor f : inner)
          if (!llvm::is_contained(norm.weight, f))
            x.push_back(f);
        if (x.size() != 1 || x[0].exponent != one || x.size() + norm.weight.size() != inner.size())
          continue;
        Monomial rest = product(monomial, Monomial{{factor.atom, -factor.exponent}});
        rest = product(rest, raise(norm.inverse, -factor.exponent));
        bool meets;
        if (factor.exponent == one) {
          meets = terms.count(product(rest, x)) != 0;
        } else {
          std::optional<Atom> squares = table.findSum(product(product(x, x), norm.weight), axes);
          meets = squares && terms.count(product(product(rest, norm.inverse), Monomial{{*squares, one}})) != 0;
        }
        if (!meets)
          continue;
        auto [at, isNew] = meetings.try_emplace(x[0].atom);
        if (isNew || llvm::popcount(at->second.axes) < llvm::popcount(axes))
          at->second = {axes, norm.weight.empty() ? std::nullopt : std::optional<Monomial>(norm.weight)};
      }
    }
}

/// Notes a value in which a wide atom x stands beside something narrower of the other sign, as in x - g. Where g is
/// close to x, as the mean of other data is, (x - g) a is right to the last bits, and x a - g a is not.
void NormalForm::noteShift(Value value, Form form) {
  const Terms &terms = table.terms(form);
  const Axes all = table.formAxes(form);
  for (const auto &[monomial, coefficient] : terms) {
    if (monomial.size() != 1 || monomial[0].exponent != one || table.atomAxes(monomial[0].atom) != all)
      continue;
    const Rational number = coefficient;
    const bool isShifted = llvm::any_of(terms, [&](const auto &term) {
      const bool isNumber =
          llvm::all_of(term.first, [&](Factor factor) { return table[factor.atom].kind == AtomKind::count; });
      return !isNumber && table.varies(term.first) != all && term.second * number < Rational(0);
    });
    if (isShifted)
      shifted.insert({value, monomial[0].atom});
  }
}

/// x = (x - mean) + mean
Form NormalForm::centre(Form form, const Findings::Centre &centre) {
  std::optional<Atom> base = asAtom(form);
  if (!base) {
    AtomData atom{AtomKind::whole, table.formExtents(form), Value(), {form}};
    atom.nonnegative = isNonnegative(form);
    base = table.intern(std::move(atom));
  }
  Monomial inner;
  if (centre.weight) {
    const Terms &weight = table.terms(forms.lookup(centre.weight));
    if (weight.size() != 1 || weight.begin()->second != Rational(1))
      return form;
    inner = weight.begin()->first;
    // Where the weight varies and the value does not, deviation and mean would vary more than the value.
    if (table.varies(inner) & ~table.atomAxes(*base))
      return form;
  }
  const Atom deviation = deviationFrom(*base, centre.axes, inner);
  Form result = add(ofAtom(deviation), ofAtom(table[deviation].mean), 1);
  if (steps)
    steps->rewrite(Rule::meetsMean, asIs(ofAtom(*base)), asIs(result));
  return result;
}

/// The atom x - mean, the mean weighted by w
Atom NormalForm::deviationFrom(Atom base, Axes axes, const Monomial &weight) {
  AtomData mean{AtomKind::mean, table[base].extents, Value(), {}};
  mean.base = base;
  mean.axes = axes;
  mean.inner = weight;
  AtomData deviation = mean;
  deviation.kind = AtomKind::deviation;
  for (int64_t axis = 0; axis < table.rank; ++axis)
    if (axes >> axis & 1)
      mean.extents[axis] = 1;
  mean.nonnegative =
      table[base].nonnegative && llvm::all_of(weight, [&](Factor factor) { return isNonnegative(factor); });
  deviation.mean = table.intern(std::move(mean));
  return table.intern(std::move(deviation));
}

//===----------------------------------------------------------------------===//
// Several means of one value
//===----------------------------------------------------------------------===//

std::optional<std::pair<Axes, Form>> NormalForm::ownMeanIn(Form form, Atom x) {
  const Terms terms = table.terms(form);
  for (const auto &[monomial, coefficient] : terms)
    for (Factor factor : monomial) {
      const AtomData sum = table[factor.atom];
      if (sum.kind != AtomKind::sum || factor.exponent != one || sum.inner != Monomial{{x, one}})
        continue;
      Rational count(1);
      const Monomial inverse = raise(countOf(sum.axes, table[x].extents, count), -one);
      if (count == Rational(0))
        continue;
      const Monomial mean = product(Monomial{{factor.atom, one}}, inverse);
      if (terms == Terms{{Monomial{{x, one}}, Rational(1)}, {mean, Rational(-1) / count}})
        return std::pair(sum.axes, table.intern(Terms{{mean, Rational(1) / count}}));
    }
  return std::nullopt;
}

bool NormalForm::variesBeside(Form form, Atom x, Axes axes) const {
  return llvm::any_of(table.terms(form), [&](const auto &term) {
    return term.first != Monomial{{x, one}} && (table.varies(term.first) & axes);
  });
}

/// A value that is centred is its base once more: x = deviation + mean.
Form NormalForm::deviation(const Findings::Deviation &found) {
  const Form form = forms.lookup(found.of);
  Atom base = 0;
  if (std::optional<Atom> atom = asAtom(form))
    base = *atom;
  else
    for (const auto &[monomial, coefficient] : table.terms(form))
      if (table[monomial[0].atom].kind == AtomKind::deviation)
        base = table[monomial[0].atom].base;
  const Atom deviation = deviationFrom(base, found.axes, Monomial());
  return ofAtom(found.isMean ? table[deviation].mean : deviation);
}

} // namespace normc::algebra
