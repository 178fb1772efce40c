//===- Formula.cpp - forms and ops as formulas --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Derivation/Formula.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/TypeSwitch.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::derivation {

using namespace algebra;

Formula::Formula(const NormalForm &forms, const Graph &graph, const Notation &notation)
    : forms(forms), table(forms.table), graph(graph), notation(notation) {}

void Formula::setName(Value value, StringRef name) {
  std::string unique = name.str();
  for (int number = 2; !taken.insert(unique).second; ++number)
    unique = fmt::format("{}_{}", name.str(), number);
  names[value] = unique;
}

void Formula::nameForm(Value value) {
  const Terms &terms = table.terms(forms.formOf(value));
  if (terms.size() != 1 || terms.begin()->second != Rational(1) || terms.begin()->first.size() != 1)
    return;
  Factor factor = terms.begin()->first[0];
  powers[factor.atom].try_emplace(factor.exponent, names.lookup(value));
}

SmallVector<int64_t> Formula::axesOf(Axes axes) const {
  SmallVector<int64_t> list;
  for (int64_t axis = 0; axis < table.rank; ++axis)
    if (axes >> axis & 1)
      list.push_back(axis);
  return list;
}

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

std::string Formula::form(Form form) {
  restart();
  return formText(form).text;
}

std::string Formula::expression(const Expression &expression) {
  restart();
  return sum(expression).text;
}

/// A form's terms, the widest first, the shorter before the longer.
Text Formula::formText(Form form) {
  Expression pieces;
  for (const auto &[monomial, coefficient] : table.terms(form)) {
    Piece piece;
    piece.coefficient = coefficient;
    piece.factors = monomial;
    pieces.push_back(piece);
  }
  llvm::stable_sort(pieces, [&](const Piece &a, const Piece &b) {
    const int wide = llvm::popcount(table.varies(a.factors)), other = llvm::popcount(table.varies(b.factors));
    return wide != other ? wide > other : a.factors.size() < b.factors.size();
  });
  return sum(pieces);
}

Text Formula::sum(ArrayRef<Piece> pieces) {
  if (pieces.empty())
    return notation.decimal(0.0);
  std::string text;
  for (auto [index, piece] : llvm::enumerate(pieces)) {
    if (index && budget <= 0) {
      text += " + " + notation.elision(pieces.size() - index);
      break;
    }
    auto [isNegative, part] = pieceText(piece);
    if (pieces.size() == 1 && !isNegative)
      return part;
    text += index ? (isNegative ? " - " : " + ") : (isNegative ? "-" : "");
    const std::string absolute = notation.at(Level::product, part);
    text += absolute;
    if (pieces.size() == 1)
      return {text, Level::sum, absolute};
  }
  return {text, Level::sum};
}

/// A number without its sign: a fraction of small numbers, or a decimal one.
Text Formula::magnitude(const Rational &number) {
  const llvm::DynamicAPInt limit(1000000);
  Rational c = mlir::presburger::reduce(abs(number));
  if (c.num >= limit || c.den >= limit)
    return notation.decimal(toDouble(c));
  Text top = notation.decimal(double(int64_t(c.num)));
  if (int64_t(c.den) == 1)
    return top;
  return notation.quotient(top, notation.decimal(double(int64_t(c.den))));
}

Formula::Signed Formula::pieceText(const Piece &piece) {
  SmallVector<Text> numerator, denominator;
  auto place = [&](Text base, Exponent exponent) {
    (exponent > 0 ? numerator : denominator)
        .push_back(std::abs(exponent) == one ? std::move(base) : notation.power(base, std::abs(exponent)));
  };
  // What is narrow comes first.
  Monomial factors = piece.factors;
  llvm::stable_sort(factors, [&](Factor a, Factor b) {
    return llvm::popcount(table.atomAxes(a.atom)) < llvm::popcount(table.atomAxes(b.atom));
  });
  for (Factor factor : factors) {
    auto [base, exponent] = factorText(factor);
    place(base, exponent);
  }
  const size_t others = piece.forms.size() + bool(piece.sum) + bool(piece.choice);
  const bool alone = factors.empty() && others == 1 && abs(piece.coefficient) == Rational(1);
  for (auto [form, exponent] : piece.forms) {
    Text text = formText(form);
    if (alone && exponent == one)
      return {piece.coefficient < Rational(0), text};
    place(text, exponent);
  }
  if (piece.sum)
    numerator.push_back(notation.reduction("sum", axesOf(piece.sum->axes), formText(piece.sum->inner)));
  if (piece.choice) {
    Text condition = formText((*piece.choice)[0]), x = formText((*piece.choice)[1]), y = formText((*piece.choice)[2]);
    numerator.push_back(notation.choice(condition, x, y));
  }
  Rational size = mlir::presburger::reduce(abs(piece.coefficient));
  const llvm::DynamicAPInt limit(1000000);
  if (size.num >= limit || size.den >= limit) {
    numerator.insert(numerator.begin(), magnitude(size));
  } else {
    if (int64_t(size.num) != 1)
      numerator.insert(numerator.begin(), notation.decimal(double(int64_t(size.num))));
    if (int64_t(size.den) != 1)
      denominator.insert(denominator.begin(), notation.decimal(double(int64_t(size.den))));
  }
  auto multiply = [&](ArrayRef<Text> list) {
    return list.empty() ? notation.decimal(1.0) : list.size() == 1 ? list[0] : notation.product(list);
  };
  Text top = multiply(numerator);
  if (!denominator.empty())
    top = notation.quotient(top, multiply(denominator));
  return {piece.coefficient < Rational(0), top};
}

std::pair<Text, Exponent> Formula::factorText(Factor factor) {
  --budget;
  if (auto named = powers.find(factor.atom); named != powers.end()) {
    // A power of what has a name, best without a quotient, then the smallest.
    std::optional<std::pair<Exponent, std::string>> best;
    for (const auto &[exponent, name] : named->second) {
      if (factor.exponent % exponent != 0)
        continue;
      Exponent times = factor.exponent / exponent;
      auto cost = [](Exponent times) { return std::pair(times < 0, std::abs(times)); };
      if (!best || cost(times) < cost(best->first))
        best = {times, name};
    }
    if (best)
      return {{notation.name(best->second)}, best->first * one};
  }
  return {atomText(factor.atom), factor.exponent};
}

Text Formula::atomText(Atom number) {
  const AtomData &atom = table[number];
  if (atom.kind == AtomKind::count)
    return {notation.extent(atom.symbol)};
  if (budget <= 0)
    return {notation.elision(0)};
  auto monomial = [&](const Monomial &factors) {
    Piece piece;
    piece.factors = factors;
    return pieceText(piece).second;
  };
  auto ofAtom = [&](Atom other) { return monomial({{other, one}}); };
  SmallVector<Text> parts;
  switch (atom.kind) {
  case AtomKind::value:
    return valueText(atom.value, 0);
  case AtomKind::function:
    for (Form part : atom.parts)
      parts.push_back(formText(part));
    return opText(atom.value.getDefiningOp(), parts);
  case AtomKind::root:
    return notation.power(formText(atom.parts[0]), one / atom.symbol);
  case AtomKind::sum:
    return notation.reduction("sum", axesOf(atom.axes), monomial(atom.inner));
  case AtomKind::select: {
    Text condition = formText(atom.parts[0]), x = formText(atom.parts[1]), y = formText(atom.parts[2]);
    return notation.choice(condition, x, y);
  }
  case AtomKind::whole:
    return formText(atom.parts[0]);
  case AtomKind::mean: {
    if (atom.inner.empty())
      return notation.reduction("mean", axesOf(atom.axes), ofAtom(atom.base));
    Text weighted = monomial(product(atom.inner, {{atom.base, one}}));
    return notation.quotient(notation.reduction("sum", axesOf(atom.axes), weighted),
                             notation.reduction("sum", axesOf(atom.axes), monomial(atom.inner)));
  }
  case AtomKind::deviation: {
    Text base = ofAtom(atom.base), mean = ofAtom(atom.mean);
    return {base.text + " - " + notation.at(Level::product, mean), Level::sum};
  }
  case AtomKind::count:
    break;
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

std::string Formula::written(Value value) {
  restart();
  Operation *op = value.getDefiningOp();
  if (!op)
    return notation.name(names.lookup(value));
  SmallVector<Text> operands;
  for (Value operand : op->getOperands())
    operands.push_back(valueText(operand, 1));
  return opText(op, operands).text;
}

std::string Formula::substituted(Value value) {
  restart();
  Operation *op = value.getDefiningOp();
  SmallVector<Text> operands;
  for (Value operand : op->getOperands())
    operands.push_back(formText(forms.formOf(operand)));
  return opText(op, operands).text;
}

Text Formula::valueText(Value value, int depth) {
  --budget;
  if (auto found = names.find(value); found != names.end())
    return {notation.name(found->second)};
  Operation *op = value.getDefiningOp();
  if (!op || depth > maxDepth || budget <= 0)
    return {notation.elision(0)};
  SmallVector<Text> operands;
  for (Value operand : op->getOperands())
    operands.push_back(valueText(operand, depth + 1));
  return opText(op, operands);
}

/// a + b, -a, a b, a / b; a repetition and a cast as what they are of; what has no sign of its own as a call
Text Formula::opText(Operation *op, ArrayRef<Text> x) {
  auto join = [&](bool subtracts) {
    const bool isOpposite = !x[1].opposite.empty();
    std::string second = isOpposite ? x[1].opposite : notation.at(subtracts ? Level::product : Level::sum, x[1]);
    if (!subtracts && !isOpposite && StringRef(second).starts_with("-")) // a + (-b + c)
      return Text{x[0].text + " - " + second.substr(1), Level::sum};
    return Text{x[0].text + (subtracts != isOpposite ? " - " : " + ") + second, Level::sum};
  };
  auto reduce = [&](StringRef what) {
    return notation.reduction(what, op->getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef(), x[0]);
  };
  return TypeSwitch<Operation *, Text>(op)
      .Case([&](norm::ConstantOp constant) -> Text {
        if (auto number = dyn_cast<FloatAttr>(constant.getValue())) {
          const double value = number.getValueAsDouble();
          Text size = notation.decimal(std::fabs(value));
          return std::signbit(value) ? Text{"-" + notation.at(Level::product, size), Level::sum} : size;
        }
        return {fmt::format("{}", cast<IntegerAttr>(constant.getValue()).getInt())};
      })
      .Case([&](norm::CountOp count) -> Text {
        SmallVector<Text> factors;
        SmallVector<int64_t> extents = graph.classes.extentsOf(count.getLike());
        for (int64_t axis : count.getAxes())
          factors.push_back(extents[axis] < 0 ? Text{notation.extent(-1 - extents[axis])}
                                              : notation.decimal(double(extents[axis])));
        return factors.size() == 1 ? factors[0] : notation.product(factors);
      })
      .Case([&](norm::IndexOp index) -> Text { return notation.reduction("index", {int64_t(index.getAxis())}, x[0]); })
      .Case<norm::BroadcastOp, norm::CastOp>([&](auto) { return x[0]; })
      .Case([&](norm::AddOp) { return join(false); })
      .Case([&](norm::SubOp) { return join(true); })
      .Case([&](norm::NegOp) {
        std::string absolute = notation.at(Level::product, x[0]);
        return Text{"-" + absolute, Level::sum, absolute};
      })
      .Case([&](norm::MulOp) { return notation.product(x); })
      .Case([&](norm::DivOp) { return notation.quotient(x[0], x[1]); })
      .Case([&](norm::ReciprocalOp) { return notation.quotient(notation.decimal(1.0), x[0]); })
      .Case([&](norm::SquareOp) { return notation.power(x[0], 2 * one); })
      .Case([&](norm::SqrtOp) { return notation.power(x[0], one / 2); })
      .Case([&](norm::RsqrtOp) { return notation.quotient(notation.decimal(1.0), notation.power(x[0], one / 2)); })
      .Case([&](norm::CompareOp compare) {
        return notation.comparison(norm::stringifyPredicate(compare.getPredicate()), x[0], x[1]);
      })
      .Case([&](norm::SelectOp) { return notation.choice(x[0], x[1], x[2]); })
      .Case<norm::SumOp, norm::MeanOp, norm::MaxOverOp, norm::MinOverOp>(
          [&](auto) { return reduce(op->getName().stripDialect()); })
      .Default([&](Operation *) { return notation.call(op->getName().stripDialect(), x); });
}

} // namespace normc::derivation
