//===- Terms.cpp - atoms, monomials and forms ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Terms.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

namespace normc::algebra {

/// m 2^e, m an integer
Rational rationalOf(double value) {
  if (value == 0.0)
    return Rational(0);
  int exponent;
  auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
  exponent -= 53;
  for (; mantissa % 2 == 0; mantissa /= 2)
    ++exponent;
  llvm::DynamicAPInt power(1);
  for (int i = 0; i < std::abs(exponent); ++i)
    power *= 2;
  return exponent < 0 ? Rational(llvm::DynamicAPInt(mantissa), power)
                      : Rational(llvm::DynamicAPInt(mantissa) * power, llvm::DynamicAPInt(1));
}

double toDouble(const Rational &number) {
  auto quad = [](const llvm::DynamicAPInt &integer) {
    std::string text;
    llvm::raw_string_ostream(text) << integer;
    return llvm::APFloat(llvm::APFloat::IEEEquad(), text);
  };
  llvm::APFloat quotient = quad(number.num);
  quotient.divide(quad(number.den), llvm::APFloat::rmNearestTiesToEven);
  bool losesInfo;
  quotient.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return quotient.convertToDouble();
}

Monomial product(const Monomial &m, const Monomial &n) {
  Monomial result;
  auto a = m.begin(), b = n.begin();
  while (a != m.end() || b != n.end()) {
    if (b == n.end() || (a != m.end() && a->atom < b->atom)) {
      result.push_back(*a++);
    } else if (a == m.end() || b->atom < a->atom) {
      result.push_back(*b++);
    } else {
      if (Exponent sum = a->exponent + b->exponent)
        result.push_back({a->atom, sum});
      ++a, ++b;
    }
  }
  return result;
}

Monomial raise(const Monomial &m, Exponent p) {
  Monomial result;
  for (Factor factor : m)
    result.push_back({factor.atom, factor.exponent * p / one});
  return result;
}

TermTable::Key TermTable::sumKey(const Monomial &inner, Axes axes) {
  Key key{int64_t(AtomKind::sum), int64_t(axes)};
  for (Factor factor : inner)
    key.insert(key.end(), {int64_t(factor.atom), factor.exponent});
  return key;
}

TermTable::Key TermTable::keyOf(const AtomData &atom) {
  if (atom.kind == AtomKind::sum)
    return sumKey(atom.inner, atom.axes);
  Key key{int64_t(atom.kind), int64_t(atom.axes), atom.symbol, int64_t(atom.base)};
  switch (atom.kind) {
  case AtomKind::value:
    key.push_back(reinterpret_cast<intptr_t>(atom.value.getAsOpaquePointer()));
    break;
  case AtomKind::function: {
    // The same op with the same attributes and type is the same function.
    mlir::Operation *op = atom.value.getDefiningOp();
    key.push_back(reinterpret_cast<intptr_t>(op->getName().getAsOpaquePointer()));
    key.push_back(reinterpret_cast<intptr_t>(op->getAttrDictionary().getAsOpaquePointer()));
    key.push_back(reinterpret_cast<intptr_t>(atom.value.getType().getAsOpaquePointer()));
    break;
  }
  default:
    break;
  }
  for (Form part : atom.parts)
    key.push_back(part);
  for (Factor factor : atom.inner)
    key.insert(key.end(), {int64_t(factor.atom), factor.exponent});
  return key;
}

Atom TermTable::intern(AtomData atom) {
  auto [at, isNew] = atomNumbers.try_emplace(keyOf(atom), atoms.size());
  if (isNew) {
    Axes mask = 0;
    for (int64_t axis = 0; axis < rank; ++axis)
      mask |= Axes(atom.extents[axis] != 1) << axis;
    masks.push_back(mask);
    atoms.push_back(std::move(atom));
  }
  return at->second;
}

std::optional<Atom> TermTable::findSum(const Monomial &inner, Axes axes) const {
  auto found = atomNumbers.find(sumKey(inner, axes));
  return found == atomNumbers.end() ? std::nullopt : std::optional<Atom>(found->second);
}

Form TermTable::intern(Terms terms) {
  auto [at, isNew] = formNumbers.try_emplace(std::move(terms), forms.size());
  if (isNew) {
    Axes axes = 0;
    for (const auto &[monomial, coefficient] : at->first)
      axes |= varies(monomial);
    forms.push_back({&at->first, axes});
  }
  return at->second;
}

Axes TermTable::varies(const Monomial &monomial) const {
  Axes axes = 0;
  for (Factor factor : monomial)
    axes |= masks[factor.atom];
  return axes;
}

llvm::SmallVector<int64_t> TermTable::extents(const Monomial &monomial) const {
  llvm::SmallVector<int64_t> joined(rank, 1);
  for (Factor factor : monomial)
    for (int64_t axis = 0; axis < rank; ++axis)
      if (atoms[factor.atom].extents[axis] != 1)
        joined[axis] = atoms[factor.atom].extents[axis];
  return joined;
}

llvm::SmallVector<int64_t> TermTable::formExtents(Form form) const {
  llvm::SmallVector<int64_t> joined(rank, 1);
  for (const auto &[monomial, coefficient] : terms(form))
    for (auto [axis, extent] : llvm::enumerate(extents(monomial)))
      if (extent != 1)
        joined[axis] = extent;
  return joined;
}

} // namespace normc::algebra
