//===- Rejoin.cpp - deviation and mean as the value again ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value that meets its mean is deviation + mean everywhere. Where nothing has cancelled, as in a result, a comparison
// or a square of the value itself, the sum of the two would only be a rounded copy of it.
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"

using namespace mlir;

namespace normc::algebra {

/// Expanding a higher power takes longer than it is worth.
static constexpr int maxPower = 8;

/// Takes the powers of d and m out of a monomial; none where they are not powers of a polynomial.
static std::optional<std::pair<int, int>> takePowers(Monomial &monomial, Atom d, Atom m) {
  int powers[2] = {0, 0};
  Monomial rest;
  for (Factor factor : monomial) {
    if (factor.atom != d && factor.atom != m) {
      rest.push_back(factor);
      continue;
    }
    if (factor.exponent < 0 || factor.exponent % one != 0 || factor.exponent > maxPower * one)
      return std::nullopt;
    powers[factor.atom == m] = factor.exponent / one;
  }
  monomial = std::move(rest);
  return std::pair(powers[0], powers[1]);
}

/// sum of c d^i m^j  ==>  sum of c (x - m)^i m^j, where that leaves no m
Terms NormalForm::rejoined(Terms terms) const {
  llvm::SetVector<Atom> deviations;
  for (const auto &[monomial, coefficient] : terms)
    for (Factor factor : monomial)
      if (table[factor.atom].kind == AtomKind::deviation)
        deviations.insert(factor.atom);
  for (Atom d : deviations) {
    const Atom m = table[d].mean, x = table[d].base;
    // What is multiplied by one and the same rest is one polynomial.
    struct Polynomial {
      Terms inDeviations, inValues;
      bool hasDeviation = false;
    };
    std::map<Monomial, Polynomial> polynomials;
    for (const auto &[monomial, coefficient] : terms) {
      Monomial rest = monomial;
      std::optional<std::pair<int, int>> powers = takePowers(rest, d, m);
      if (!powers || powers->first + powers->second == 0)
        continue;
      Polynomial &polynomial = polynomials[rest];
      polynomial.inDeviations.emplace(monomial, coefficient);
      polynomial.hasDeviation |= powers->first > 0;
      // (x - m)^i = sum of (-1)^(i - k) C(i, k) x^k m^(i - k)
      Rational c = coefficient;
      for (int k = powers->first; k >= 0; --k) {
        Monomial expanded = rest;
        if (k > 0)
          expanded = product(expanded, Monomial{{x, k * one}});
        if (int j = powers->first - k + powers->second; j > 0)
          expanded = product(expanded, Monomial{{m, j * one}});
        accumulate(polynomial.inValues, expanded, c);
        c = c * Rational(-k) / Rational(powers->first - k + 1);
      }
    }
    for (const auto &[rest, polynomial] : polynomials) {
      auto hasMean = [&](const auto &term) {
        return llvm::any_of(term.first, [&](Factor factor) { return factor.atom == m; });
      };
      if (!polynomial.hasDeviation || llvm::any_of(polynomial.inValues, hasMean))
        continue;
      for (const auto &[monomial, coefficient] : polynomial.inDeviations)
        terms.erase(monomial);
      for (const auto &[monomial, coefficient] : polynomial.inValues)
        accumulate(terms, monomial, coefficient);
    }
  }
  return terms;
}

} // namespace normc::algebra
