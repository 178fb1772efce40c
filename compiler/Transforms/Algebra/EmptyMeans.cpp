//===- EmptyMeans.cpp - what is NaN where there is nothing to average ----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/EmptyMeans.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::algebra {

using Symbols = std::set<int64_t>;

/// Whether a reduction over these axes is of one element at least.
static bool isOfSomething(ArrayRef<int64_t> extents, Axes axes) {
  for (auto [axis, extent] : llvm::enumerate(extents))
    if ((axes >> axis & 1) && extent <= 0)
      return false;
  return true;
}

static bool hasSymbol(ArrayRef<int64_t> extents, Axes axes, int64_t symbol) {
  for (auto [axis, extent] : llvm::enumerate(extents))
    if ((axes >> axis & 1) && extent == -1 - symbol)
      return true;
  return false;
}

static Axes axesOf(Operation &op) {
  Axes set = 0;
  if (auto axes = op.getAttrOfType<DenseI64ArrayAttr>("axes"))
    for (int64_t axis : axes.asArrayRef())
      set |= Axes(1) << axis;
  return set;
}

/// Ops of which the result is NaN where one operand is.
static bool passesOn(Operation *op) {
  if (auto cast = dyn_cast<norm::CastOp>(op))
    return isa<FloatType>(getElementTypeOrSelf(cast.getResult())) &&
           isa<FloatType>(getElementTypeOrSelf(cast.getOperand()));
  return isa<norm::BroadcastOp, norm::NegOp, norm::AbsOp, norm::SignOp, norm::SquareOp, norm::SqrtOp, norm::RsqrtOp,
             norm::ReciprocalOp, norm::ExpOp, norm::LogOp, norm::TanhOp, norm::SigmoidOp, norm::ErfOp, norm::AddOp,
             norm::SubOp, norm::MulOp, norm::DivOp, norm::MaxOp, norm::MinOp>(op);
}

EmptyMeans::EmptyMeans(const Graph &graph, const EmptySums &zeros) {
  for (BlockArgument argument : graph.function.getArguments())
    symbols[argument];
  for (Operation &op : graph.ops()) {
    Symbols own;
    auto take = [&](Value operand) {
      const Symbols &its = symbols.find(operand)->second;
      own.insert(its.begin(), its.end());
    };
    if (isa<norm::MeanOp>(op)) {
      const SmallVector<int64_t> extents = graph.classes.extentsOf(op.getOperand(0));
      for (auto [axis, extent] : llvm::enumerate(extents))
        if ((axesOf(op) >> axis & 1) && extent < 0)
          own.insert(-1 - extent);
      take(op.getOperand(0));
    } else if (isa<norm::SumOp, norm::MaxOverOp, norm::MinOverOp>(op)) {
      if (isOfSomething(graph.classes.extentsOf(op.getOperand(0)), axesOf(op)))
        take(op.getOperand(0));
    } else if (isa<norm::SelectOp>(op)) {
      const Symbols &a = symbols.find(op.getOperand(1))->second, &b = symbols.find(op.getOperand(2))->second;
      llvm::copy_if(a, std::inserter(own, own.end()), [&](int64_t symbol) { return b.count(symbol) != 0; });
    } else if (isa<norm::BroadcastOp>(op)) {
      take(op.getOperand(0));
    } else if (passesOn(&op)) {
      for (Value operand : op.getOperands())
        take(operand);
      // 0 / 0
      if (isa<norm::DivOp>(op))
        llvm::copy_if(zeros.symbolsOf(op.getOperand(0)), std::inserter(own, own.end()),
                      [&](int64_t symbol) { return zeros.symbolsOf(op.getOperand(1)).count(symbol) != 0; });
    }
    symbols[op.getResult(0)] = std::move(own);
  }
}

namespace {

/// Answers for one symbol, each question once.
class Undefined {
public:
  Undefined(const NormalForm &forms, int64_t symbol) : forms(forms), table(forms.table), symbol(symbol) {}

  bool isForm(Form form) {
    const Terms terms = forms.rejoined(table.terms(form));
    return llvm::any_of(terms, [&](const auto &term) { return isMonomial(term.first); });
  }

private:
  /// NaN times anything; and 0 / 0, which sums over nothing and counts of nothing make.
  bool isMonomial(const Monomial &monomial) {
    const std::optional<SumInside> inside = sumInside(table, monomial);
    bool multiplies = inside && hasSymbol(table[table[inside->mean].base].extents, table[inside->mean].axes, symbol);
    bool divides = false;
    for (Factor factor : inside ? inside->rest : monomial) {
      if (isAtom(factor.atom))
        return true;
      if (isZero(table[factor.atom]))
        (factor.exponent > 0 ? multiplies : divides) = true;
    }
    return multiplies && divides;
  }

  bool isZero(const AtomData &atom) {
    return (atom.kind == AtomKind::count && atom.symbol == symbol) ||
           (atom.kind == AtomKind::sum && hasSymbol(table.extents(atom.inner), atom.axes, symbol));
  }

  bool isAtom(Atom atom) {
    if (auto found = known.find(atom); found != known.end())
      return found->second;
    return known[atom] = findOut(table[atom]);
  }

  bool findOut(const AtomData &atom) {
    switch (atom.kind) {
    case AtomKind::value:
    case AtomKind::count:
      return false;
    case AtomKind::function:
      return passesOn(atom.value.getDefiningOp()) && llvm::any_of(atom.parts, [&](Form part) { return isForm(part); });
    case AtomKind::root:
    case AtomKind::whole:
      return isForm(atom.parts[0]);
    case AtomKind::sum:
      return isOfSomething(table.extents(atom.inner), atom.axes) && isMonomial(atom.inner);
    case AtomKind::select:
      return isForm(atom.parts[1]) && isForm(atom.parts[2]);
    case AtomKind::mean:
    case AtomKind::deviation:
      return hasSymbol(table[atom.base].extents, atom.axes, symbol) || isAtom(atom.base);
    }
    return false;
  }

  const NormalForm &forms;
  const TermTable &table;
  const int64_t symbol;
  DenseMap<Atom, bool> known;
};

} // namespace

bool isUndefined(const NormalForm &forms, Form form, int64_t symbol) {
  return Undefined(forms, symbol).isForm(form);
}

} // namespace normc::algebra
