//===- EmptySums.cpp - what is 0 where nothing is summed ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/EmptySums.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::algebra {

using Symbols = std::set<int64_t>;

static bool isConstant(Value value) {
  return value.getDefiningOp<norm::ConstantOp>() != nullptr;
}

static Symbols intersection(const Symbols &a, const Symbols &b) {
  Symbols both;
  llvm::copy_if(a, std::inserter(both, both.end()), [&](int64_t symbol) { return b.count(symbol) != 0; });
  return both;
}

/// The symbols among the extents of a value along axes.
static Symbols extentSymbols(const Graph &graph, Value value, ArrayRef<int64_t> axes) {
  Symbols symbols;
  SmallVector<int64_t> extents = graph.classes.extentsOf(value);
  for (int64_t axis : axes)
    if (extents[axis] < 0)
      symbols.insert(-1 - extents[axis]);
  return symbols;
}

EmptySums::EmptySums(const Graph &graph)
    : symbols([](Value a, Value b) { return a.getAsOpaquePointer() < b.getAsOpaquePointer(); }) {
  Symbols all;
  for (BlockArgument argument : graph.function.getArguments()) {
    symbols[argument];
    for (int64_t extent : graph.classes.extentsOf(argument))
      if (extent < 0)
        all.insert(-1 - extent);
  }
  for (Operation &op : graph.ops()) {
    auto of = [&](unsigned operand) -> const Symbols & { return symbols.at(op.getOperand(operand)); };
    Symbols own;
    if (auto constant = dyn_cast<norm::ConstantOp>(op)) {
      auto number = dyn_cast<FloatAttr>(constant.getValue());
      own = number && number.getValue().isZero() ? all : Symbols();
    } else if (auto count = dyn_cast<norm::CountOp>(op)) {
      own = extentSymbols(graph, count.getLike(), count.getAxes());
    } else if (auto sum = dyn_cast<norm::SumOp>(op)) {
      own = extentSymbols(graph, sum.getOperand(), sum.getAxes());
      own.insert(of(0).begin(), of(0).end());
    } else if (isa<norm::BroadcastOp, norm::CastOp, norm::NegOp, norm::SquareOp, norm::SqrtOp, norm::AbsOp,
                   norm::SignOp, norm::TanhOp, norm::ErfOp>(op)) {
      own = of(0);
    } else if (isa<norm::AddOp, norm::SubOp, norm::MaxOp, norm::MinOp>(op)) {
      own = intersection(of(0), of(1));
    } else if (isa<norm::MulOp>(op)) {
      own = isConstant(op.getOperand(0)) ? of(1) : isConstant(op.getOperand(1)) ? of(0) : intersection(of(0), of(1));
    } else if (isa<norm::SelectOp>(op)) {
      own = intersection(of(1), of(2));
    }
    symbols[op.getResult(0)] = std::move(own);
  }
}

/// Whether a reduction over the symbol, or its count, is anywhere in an atom.
static bool involves(const TermTable &table, Atom number, int64_t symbol, DenseMap<Atom, bool> &known) {
  if (auto found = known.find(number); found != known.end())
    return found->second;
  const AtomData &atom = table[number];
  auto reduces = [&](ArrayRef<int64_t> extents) {
    for (auto [axis, extent] : llvm::enumerate(extents))
      if ((atom.axes >> axis & 1) && extent == -1 - symbol)
        return true;
    return false;
  };
  auto inMonomial = [&](const Monomial &monomial) {
    return llvm::any_of(monomial, [&](Factor factor) { return involves(table, factor.atom, symbol, known); });
  };
  bool result = false;
  switch (atom.kind) {
  case AtomKind::value:
    break;
  case AtomKind::count:
    result = atom.symbol == symbol;
    break;
  case AtomKind::sum:
    result = reduces(table.extents(atom.inner)) || inMonomial(atom.inner);
    break;
  case AtomKind::mean:
  case AtomKind::deviation:
    result = reduces(table[atom.base].extents) || inMonomial(atom.inner) || involves(table, atom.base, symbol, known);
    break;
  case AtomKind::function:
    if (auto axes = atom.value.getDefiningOp()->getAttrOfType<DenseI64ArrayAttr>("axes"))
      for (int64_t axis : axes.asArrayRef())
        result |= table.formExtents(atom.parts[0])[axis] == -1 - symbol;
    [[fallthrough]];
  case AtomKind::root:
  case AtomKind::select:
  case AtomKind::whole:
    for (Form part : atom.parts)
      for (const auto &[monomial, coefficient] : table.terms(part))
        result |= inMonomial(monomial);
    break;
  }
  return known[number] = result;
}

std::optional<SumInside> sumInside(const TermTable &table, const Monomial &monomial) {
  for (Factor factor : monomial) {
    const AtomData &mean = table[factor.atom];
    if (mean.kind != AtomKind::mean || !mean.inner.empty() || factor.exponent != one)
      continue;
    SumInside inside{factor.atom, product(monomial, Monomial{{factor.atom, -one}}), Rational(1)};
    bool isWhole = true, hasSymbol = false;
    for (auto [axis, extent] : llvm::enumerate(table[mean.base].extents)) {
      if (!(mean.axes >> axis & 1))
        continue;
      if (extent >= 0) {
        inside.count *= Rational(extent);
        continue;
      }
      hasSymbol = true;
      const auto *count = llvm::find_if(inside.rest, [&, symbol = -1 - extent](Factor other) {
        return table[other.atom].kind == AtomKind::count && table[other.atom].symbol == symbol && other.exponent >= one;
      });
      if ((isWhole &= count != inside.rest.end()))
        inside.rest = product(inside.rest, Monomial{{count->atom, -one}});
      else
        break;
    }
    if (isWhole && hasSymbol && inside.count != Rational(0))
      return inside;
  }
  return std::nullopt;
}

/// A sum over the symbol is 0 then, whatever it is of, and so is its count; what divides by one of these, or follows
/// from them in another way, is not known.
bool mayBeUndefined(const TermTable &table, Form form, int64_t symbol) {
  DenseMap<Atom, bool> known;
  for (const auto &[monomial, coefficient] : table.terms(form)) {
    const std::optional<SumInside> inside = sumInside(table, monomial);
    for (Factor factor : inside ? inside->rest : monomial) {
      const AtomData &atom = table[factor.atom];
      if (factor.exponent > 0) {
        if (atom.kind == AtomKind::count)
          continue;
        if (atom.kind == AtomKind::sum) {
          SmallVector<int64_t> extents = table.extents(atom.inner);
          bool over = false;
          for (auto [axis, extent] : llvm::enumerate(extents))
            over |= (atom.axes >> axis & 1) && extent == -1 - symbol;
          if (over)
            continue;
        }
      }
      if (involves(table, factor.atom, symbol, known))
        return true;
    }
  }
  return false;
}

} // namespace normc::algebra
