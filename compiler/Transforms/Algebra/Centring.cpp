//===- Centring.cpp - where a value meets its own mean -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Wherever x - mean(x), mean(x^2) - mean(x)^2 or mean(x y) - mean(x) mean(y) stands among the terms of a value, x is
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

/// The single atom x where a sum is of w x.
static std::optional<Atom> weighted(const Monomial &inner, const Monomial &weight) {
  Monomial x;
  for (Factor factor : inner)
    if (!llvm::is_contained(weight, factor))
      x.push_back(factor);
  if (x.size() != 1 || x[0].exponent != one || x.size() + weight.size() != inner.size())
    return std::nullopt;
  return x[0].atom;
}

/// What may be n in sum(w x)^power / n^power: the count, whose numbers are in the coefficients, or the weight's sum.
SmallVector<NormalForm::Norm> NormalForm::normsOf(const Monomial &monomial, Atom sum, Exponent power) {
  const Axes axes = table[sum].axes;
  Rational ignored(1);
  SmallVector<Norm> norms;
  norms.push_back({Monomial(), raise(countOf(axes, table.extents(table[sum].inner), ignored), -one)});
  for (Factor other : monomial)
    if (other.atom != sum && table[other.atom].kind == AtomKind::sum && table[other.atom].axes == axes &&
        other.exponent == -power)
      norms.push_back({table[other.atom].inner, Monomial{{other.atom, -one}}});
  return norms;
}

/// The atom x that meets its mean: r sum(w x)/n stands beside r x.
void NormalForm::noteMean(const Terms &terms, const Monomial &monomial, Factor factor) {
  if (factor.exponent != one)
    return;
  for (const Norm &norm : normsOf(monomial, factor.atom, one)) {
    std::optional<Atom> x = weighted(table[factor.atom].inner, norm.weight);
    if (!x)
      continue;
    Monomial rest = product(monomial, Monomial{{factor.atom, -one}});
    rest = product(rest, raise(norm.inverse, -one));
    if (terms.count(product(rest, Monomial{{*x, one}})))
      noteMeeting(*x, table[factor.atom].axes, norm.weight);
  }
}

/// The atoms x and y that meet their means in a covariance, which is a variance where they are one:
/// r sum(w x) sum(w y)/n^2 stands beside r sum(w x y)/n.
void NormalForm::noteCovariance(const Terms &terms, const Monomial &monomial, Atom first, Atom second) {
  const Axes axes = table[first].axes;
  const Monomial sums = product(Monomial{{first, one}}, Monomial{{second, one}});
  for (const Norm &norm : normsOf(monomial, first, 2 * one)) {
    std::optional<Atom> x = weighted(table[first].inner, norm.weight), y = weighted(table[second].inner, norm.weight);
    if (!x || !y)
      continue;
    const Monomial both = product(Monomial{{*x, one}}, Monomial{{*y, one}});
    std::optional<Atom> products = table.findSum(product(both, norm.weight), axes);
    Monomial rest = product(monomial, raise(sums, -one));
    rest = product(rest, raise(norm.inverse, -one)); // of the two, one stays
    if (!products || !terms.count(product(rest, Monomial{{*products, one}})))
      continue;
    noteMeeting(*x, axes, norm.weight);
    noteMeeting(*y, axes, norm.weight);
  }
}

/// Of several means of a value, the one over the most axes counts.
void NormalForm::noteMeeting(Atom x, Axes axes, const Monomial &weight) {
  auto [at, isNew] = meetings.try_emplace(x);
  if (isNew || llvm::popcount(at->second.axes) < llvm::popcount(axes))
    at->second = {axes, weight.empty() ? std::nullopt : std::optional<Monomial>(weight)};
}

/// Notes atoms that meet their own means among the terms of a value, up to a common factor r.
void NormalForm::noteMeetings(const Terms &terms) {
  if (!isNoting || terms.size() < 2)
    return;
  for (const auto &[monomial, coefficient] : terms)
    for (auto at = monomial.begin(); at != monomial.end(); ++at) {
      if (table[at->atom].kind != AtomKind::sum)
        continue;
      noteMean(terms, monomial, *at);
      if (at->exponent == 2 * one)
        noteCovariance(terms, monomial, at->atom, at->atom);
      for (auto other = std::next(at); at->exponent == one && other != monomial.end(); ++other)
        if (other->exponent == one && table[other->atom].kind == AtomKind::sum &&
            table[other->atom].axes == table[at->atom].axes)
          noteCovariance(terms, monomial, at->atom, other->atom);
    }
}

/// The wide atom x that stands beside something narrower of the other sign, as in x - g.
std::optional<Atom> NormalForm::shiftedIn(Form form) const {
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
      return monomial[0].atom;
  }
  return std::nullopt;
}

/// Notes a value x - g. Where g is close to x, as the mean of other data is, (x - g) a is right to the last bits, and x a - g a is
/// not.
void NormalForm::noteShift(Value value, Form form) {
  if (std::optional<Atom> x = shiftedIn(form))
    shifted.insert({value, *x});
}

/// r x - r g ==> r {x - g}, of a difference that is kept together
Terms NormalForm::gathered(Terms terms) const {
  if (differences.empty())
    return terms;
  SmallVector<std::pair<Monomial, Rational>> each(terms.begin(), terms.end());
  for (const auto &[monomial, coefficient] : each)
    for (Factor factor : monomial) {
      auto found = factor.exponent == one ? differences.find(factor.atom) : differences.end();
      if (found == differences.end())
        continue;
      const Monomial x{{factor.atom, one}}, rest = product(monomial, raise(x, -one));
      for (Atom difference : found->second) {
        const Terms &parts = table.terms(table[difference].parts[0]);
        const Rational scale = coefficient / parts.find(x)->second;
        const bool isThere = llvm::all_of(parts, [&](const auto &part) {
          auto at = terms.find(product(part.first, rest));
          return at != terms.end() && at->second == part.second * scale;
        });
        if (!isThere)
          continue;
        for (const auto &[part, number] : parts)
          terms.erase(product(part, rest));
        accumulate(terms, product(rest, Monomial{{difference, one}}), scale);
        break;
      }
    }
  return terms;
}

/// x = (x - mean) + mean
Form NormalForm::centre(Form form, const Findings::Centre &centre) {
  std::optional<Atom> base = asAtom(form);
  if (!base)
    base = wholeAtom(form);
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
