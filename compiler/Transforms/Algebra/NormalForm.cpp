//===- NormalForm.cpp - values as sums of terms --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/NormalForm.h"
#include "dialects/Norm/NormDialect.h"

using namespace mlir;

namespace normc::algebra {

NormalForm::NormalForm(const Graph &graph, const Findings &findings, Steps *steps)
    : table(cast<RankedTensorType>(graph.function.getBody().front().getTerminator()->getOperand(0).getType()).getRank()),
      graph(graph), findings(findings), steps(steps) {
  func::FuncOp function = graph.function;
  // Arguments come first as they are, since one may be the weight of another.
  for (BlockArgument argument : function.getArguments()) {
    AtomData atom{AtomKind::value, graph.classes.extentsOf(argument), argument, {}};
    forms[argument] = ofAtom(table.intern(std::move(atom)));
  }
  for (BlockArgument argument : function.getArguments()) {
    if (steps)
      steps->begin(argument);
    forms[argument] = finish(argument, forms[argument]);
  }
  for (Operation &op : graph.ops()) {
    isNoting = graph.forward.contains(&op);
    if (steps)
      steps->begin(op.getResult(0));
    visit(&op);
  }
}

/// What feeds a function is computed once, under its own name, so that a form reads like a textbook's: not its multiple by a
/// number, which would hide it.
static Value withoutNumbers(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<norm::NegOp>(op)) {
      value = op->getOperand(0);
      continue;
    }
    if (!isa<norm::MulOp>(op))
      break;
    bool first = op->getOperand(0).getDefiningOp<norm::ConstantOp>() != nullptr;
    bool second = op->getOperand(1).getDefiningOp<norm::ConstantOp>() != nullptr;
    if (first == second)
      break;
    value = op->getOperand(first ? 1 : 0);
  }
  return value;
}

void NormalForm::visit(Operation *op) {
  Value value = op->getResult(0);
  SmallVector<Form> operands;
  for (Value operand : op->getOperands())
    operands.push_back(forms.lookup(operand));
  std::optional<Form> form;
  if (auto rule = dyn_cast<norm::TermOpInterface>(op))
    form = rule.buildTerms(*this, operands);
  if (steps && form && isa<norm::MaxOp, norm::MinOp, norm::AbsOp>(op))
    steps->rewrite(Rule::sign, {}, asIs(*form));
  // A root is a function to what it is taken of.
  const bool isFunction = !form || isa<norm::SqrtOp, norm::RsqrtOp>(op);
  if (isNoting && isFunction)
    for (auto [operand, operandForm] : llvm::zip(op->getOperands(), operands))
      if (table.terms(operandForm).size() > 1)
        toKeep.insert(withoutNumbers(operand));
  if (isNoting && isa<norm::AddOp, norm::SubOp>(op))
    noteShift(value, *form);
  forms[value] = finish(value, form ? *form : functionOf(op, operands));
}

Form NormalForm::functionOf(Operation *op, ArrayRef<Form> operands) {
  AtomData atom{AtomKind::function, graph.classes.extentsOf(op->getResult(0)), op->getResult(0),
                SmallVector<Form>(operands)};
  // Only the extents of these operands matter, which the form of another value with the same ones would hide.
  if (isa<norm::IndexOp, norm::CountOp, norm::ConstantOp>(op)) {
    atom.kind = AtomKind::value;
    atom.parts.clear();
  } else {
    // It varies where its operands do, which may be along fewer axes than the type says.
    auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
    SmallVector<int64_t> extents(table.rank, 1);
    for (Form operand : operands)
      for (auto [axis, extent] : llvm::enumerate(table.formExtents(operand)))
        if (extent != 1 && !(axes && llvm::is_contained(axes.asArrayRef(), int64_t(axis))))
          extents[axis] = extent;
    atom.extents = extents;
  }
  atom.nonnegative = isNonnegativeFunction(op, operands);
  return ofAtom(table.intern(std::move(atom)));
}

Form NormalForm::finish(Value value, Form form) {
  const bool isOpaque = findings.opaque.contains(value);
  if (isOpaque || findings.kept.contains(value)) {
    const Form before = form;
    const std::optional<Atom> shifted = shiftedIn(form);
    form = isOpaque ? opaque(form) : whole(form);
    if (std::optional<Atom> kept = asAtom(form); shifted && kept && form != before)
      differences[*shifted].push_back(*kept);
    if (steps && form != before)
      steps->rewrite(Rule::keepTogether, asIs(before), asIs(form));
  }
  if (auto found = findings.centred.find(value); found != findings.centred.end())
    form = centre(form, found->second);
  if (auto found = findings.deviations.find(value); found != findings.deviations.end()) {
    const Form before = form;
    form = deviation(found->second);
    if (steps)
      steps->rewrite(Rule::meetsMean, asIs(before), asIs(form));
  }
  if (hasLongNumbers(form)) {
    const Form before = form;
    form = ofAtom(wholeAtom(form));
    if (steps)
      steps->rewrite(Rule::cap, asIs(before), asIs(form));
  }
  return form;
}

// Products of n coefficients are n times as long: of hundreds of layers in a chain they would take most of the time.
bool NormalForm::hasLongNumbers(Form form) const {
  static const llvm::DynamicAPInt most = [] {
    llvm::DynamicAPInt power(1);
    for (unsigned bit = 0; bit < maxCoefficientBits; ++bit)
      power *= 2;
    return power;
  }();
  return llvm::any_of(table.terms(form), [&](const auto &term) {
    return term.second.den > most || term.second.num > most || -term.second.num > most;
  });
}

Form NormalForm::opaque(Form form) {
  if (asAtom(form) || table.formAxes(form) == 0)
    return form;
  return ofAtom(wholeAtom(form));
}

Atom NormalForm::wholeAtom(Form form) {
  AtomData atom{AtomKind::whole, table.formExtents(form), Value(), {form}};
  atom.nonnegative = isNonnegative(form);
  return table.intern(std::move(atom));
}

Form NormalForm::ofAtom(Atom atom, Exponent exponent) {
  return table.intern(Terms{{Monomial{{atom, exponent}}, Rational(1)}});
}

std::optional<Atom> NormalForm::asAtom(Form form) const {
  const Terms &terms = table.terms(form);
  if (terms.size() != 1 || terms.begin()->second != Rational(1) || terms.begin()->first.size() != 1 ||
      terms.begin()->first[0].exponent != one)
    return std::nullopt;
  return terms.begin()->first[0].atom;
}

} // namespace normc::algebra
