//===- Terms.h - atoms, monomials and forms ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A form is a sum of terms; a term is a rational coefficient times a product of atoms
// with rational exponents; an atom is a value that is not taken apart. Equal things
// have equal numbers, so that comparing is comparing integers.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_TERMS_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_TERMS_H

#include "mlir/Analysis/Presburger/Fraction.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace normc::algebra {

using Rational = mlir::presburger::Fraction;
using Atom = unsigned;
using Form = unsigned;
using Axes = uint32_t; ///< a set: bit a stands for axis a

/// An exponent, in sixteenths: other denominators stay functions.
using Exponent = int32_t;
inline constexpr Exponent one = 16;

struct Factor {
  Atom atom;
  Exponent exponent;
  bool operator<(const Factor &o) const { return std::tie(atom, exponent) < std::tie(o.atom, o.exponent); }
  bool operator==(const Factor &o) const { return atom == o.atom && exponent == o.exponent; }
};
/// Factors in ascending order of their atoms, no exponent 0.
using Monomial = llvm::SmallVector<Factor, 4>;
/// Terms in ascending order of their monomials, no coefficient 0.
using Terms = std::map<Monomial, Rational>;

enum class AtomKind {
  value,     ///< an argument, or a value of which the algebra knows nothing: `value`
  count,     ///< extent symbol `symbol`
  function,  ///< an op of forms: `value` is a result of one, `parts` its operands
  root,      ///< the `degree`-th root of `parts[0]`, of which the sign is not known
  sum,       ///< of the monomial `inner` over `axes`
  select,    ///< `parts`: condition, one branch, the other
  whole,     ///< the form `parts[0]`, kept together
  mean,      ///< of the atom `base` over `axes`, weighted by the monomial `inner`, if it is not 1
  deviation, ///< `base` minus `mean`, the rest as in mean
};

struct AtomData {
  AtomData(AtomKind kind, llvm::SmallVector<int64_t> extents, mlir::Value value = {}, llvm::SmallVector<Form> parts = {})
      : kind(kind), extents(std::move(extents)), value(value), parts(std::move(parts)) {}

  AtomKind kind;
  llvm::SmallVector<int64_t> extents; ///< 1 where it does not vary; -1 - k for symbol k
  mlir::Value value;
  llvm::SmallVector<Form> parts;
  Axes axes = 0;
  Monomial inner;
  int64_t symbol = 0; ///< of a count; the degree of a root
  Atom base = 0, mean = 0;
  bool nonnegative = false;
};

/// Owns atoms and forms.
class TermTable {
public:
  explicit TermTable(int64_t rank) : rank(rank) {}

  const AtomData &operator[](Atom atom) const { return atoms[atom]; }
  const Terms &terms(Form form) const { return *forms[form].terms; }
  size_t atomCount() const { return atoms.size(); }

  Form intern(Terms terms);
  Atom intern(AtomData atom);
  /// The number of a sum, if it has been made.
  std::optional<Atom> findSum(const Monomial &inner, Axes axes) const;

  Axes atomAxes(Atom atom) const { return masks[atom]; }
  Axes varies(const Monomial &monomial) const;
  Axes formAxes(Form form) const { return forms[form].axes; }
  llvm::SmallVector<int64_t> extents(const Monomial &monomial) const;
  llvm::SmallVector<int64_t> formExtents(Form form) const;

  const int64_t rank;

private:
  /// What makes an atom what it is.
  using Key = std::vector<int64_t>;
  static Key keyOf(const AtomData &atom);
  static Key sumKey(const Monomial &inner, Axes axes);

  struct FormData {
    const Terms *terms;
    Axes axes;
  };
  std::deque<AtomData> atoms; // what refers to one stays valid
  std::vector<Axes> masks;
  std::map<Key, Atom> atomNumbers;
  std::vector<FormData> forms;
  std::map<Terms, Form> formNumbers;
};

/// A finite number, exactly.
Rational rationalOf(double value);
/// The nearest double.
double toDouble(const Rational &number);

/// m n, exponents added
Monomial product(const Monomial &m, const Monomial &n);
/// The same factors, each exponent times p
Monomial raise(const Monomial &m, Exponent p);

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_TERMS_H
