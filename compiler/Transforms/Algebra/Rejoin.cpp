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

/// A term of a polynomial in d and m.
namespace {
struct Power {
  int ofDeviation, ofMean;
  Rational coefficient;
};
} // namespace

/// sum of c d^i m^j  ==>  d^k (sum of c (x - m)^(i - k) m^j), as exponents of d, x and m and coefficients
using Expanded = std::map<std::array<int, 3>, Rational>;
static Expanded expand(ArrayRef<Power> polynomial, int k) {
  Expanded expanded;
  for (const Power &power : polynomial) {
    // (x - m)^n = sum of (-1)^(n - p) C(n, p) x^p m^(n - p)
    const int n = power.ofDeviation - k;
    Rational c = power.coefficient;
    for (int p = n; p >= 0; --p) {
      Rational &sum = expanded.try_emplace({k, p, n - p + power.ofMean}, Rational(0)).first->second;
      sum += c;
      c = c * Rational(-p) / Rational(n - p + 1);
    }
  }
  for (auto at = expanded.begin(); at != expanded.end();)
    at = at->second == Rational(0) ? expanded.erase(at) : std::next(at);
  return expanded;
}

/// What is multiplied by one and the same rest is one polynomial in d = x - m and m. It is written in x where that
/// leaves no m, but for a power of d that all its terms have.
Terms NormalForm::rejoined(Terms terms) const {
  llvm::SetVector<Atom> deviations;
  for (const auto &[monomial, coefficient] : terms)
    for (Factor factor : monomial)
      if (table[factor.atom].kind == AtomKind::deviation)
        deviations.insert(factor.atom);
  for (Atom d : deviations) {
    const std::array<Atom, 3> atoms = {d, table[d].base, table[d].mean};
    std::map<Monomial, SmallVector<Power>> polynomials;
    for (const auto &[monomial, coefficient] : terms) {
      Monomial rest = monomial;
      std::optional<std::pair<int, int>> powers = takePowers(rest, d, atoms[2]);
      if (powers && powers->first + powers->second > 0)
        polynomials[rest].push_back({powers->first, powers->second, coefficient});
    }
    auto monomialOf = [&](const Monomial &rest, const std::array<int, 3> &powers) {
      Monomial monomial = rest;
      for (auto [atom, power] : llvm::zip_equal(atoms, powers))
        if (power > 0)
          monomial = product(monomial, Monomial{{atom, power * one}});
      return monomial;
    };
    for (const auto &[rest, polynomial] : polynomials) {
      int least = maxPower, most = 0;
      for (const Power &power : polynomial) {
        least = std::min(least, power.ofDeviation);
        most = std::max(most, power.ofDeviation);
      }
      for (int k : {0, least}) {
        if (k == most)
          continue;
        const Expanded expanded = expand(polynomial, k);
        if (llvm::any_of(expanded, [](const auto &term) { return term.first[2] > 0; }))
          continue;
        for (const Power &power : polynomial)
          terms.erase(monomialOf(rest, {power.ofDeviation, 0, power.ofMean}));
        for (const auto &[powers, coefficient] : expanded)
          accumulate(terms, monomialOf(rest, powers), coefficient);
        break;
      }
    }
  }
  return terms;
}

} // namespace normc::algebra
