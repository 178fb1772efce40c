//===- EmitDerivation.cpp - from the chain rule to the closed form ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Derivation/EmitDerivation.h"
#include "compiler/Backends/Derivation/Formula.h"
#include "compiler/Backends/Derivation/Page.h"
#include "compiler/Backends/Derivation/Record.h"
#include "compiler/Transforms/Algebra/Explore.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/ADT/SetVector.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::derivation {

using namespace algebra;

namespace {

/// A rule in words; the number is that of the design's list.
StringRef wordsOf(Rule rule) {
  switch (rule) {
  case Rule::distribute:
    return "rule 1: a reduction distributes over a sum";
  case Rule::invariant:
    return "rule 2: what does not vary leaves the reduction";
  case Rule::sumOfOne:
    return "rule 2: what does not vary leaves the reduction; a sum of 1 is the count";
  case Rule::sumOfSum:
    return "rule 2: a sum of a sum is one sum";
  case Rule::reciprocalCount:
    return "rule 2: to its digits this is 1/n, n a count of the graph";
  case Rule::exponents:
    return "rule 3: roots, quotients and powers are exponents";
  case Rule::meetsMean:
    return "rule 4: it meets its own mean, so it is deviation + mean";
  case Rule::deviationsVanish:
    return "rule 4: deviations from a mean add up to 0";
  case Rule::keepTogether:
    return "rule 5: a sum of several terms stays one";
  case Rule::multiplyOut:
    return "multiplied out";
  case Rule::choicesAdd:
    return "rule 6: choices under one condition add inside";
  case Rule::choiceShares:
    return "rule 6: what both branches share goes outside";
  case Rule::sign:
    return "a sign is known: the choice is made";
  case Rule::cap:
    return "rule 7: too many terms, so one factor stays one";
  }
  return {};
}

bool isCalculation(Rule rule) {
  return rule == Rule::multiplyOut || rule == Rule::exponents;
}

bool isOfReductions(Rule rule) {
  return rule == Rule::distribute || rule == Rule::invariant || rule == Rule::sumOfOne || rule == Rule::sumOfSum ||
         rule == Rule::deviationsVanish;
}

/// Whether two formulas are the same, or products that differ in their order alone.
bool isReordered(StringRef a, StringRef b) {
  if (a == b)
    return true;
  SmallVector<StringRef> words[2];
  a.split(words[0], ' ');
  b.split(words[1], ' ');
  for (SmallVector<StringRef> &list : words) {
    if (llvm::any_of(list, [](StringRef word) {
          return word == "+" || word == "-" || word == "/" || word == "?" || word.contains("(") || word.contains("{");
        }))
      return false;
    llvm::sort(list);
  }
  return words[0] == words[1];
}

/// The derivation of one function.
class Derivation {
public:
  Derivation(const Graph &graph, const Findings &findings, const Notation &notation, Page &page)
      : graph(graph), forms(graph, findings, &record), formula(forms, graph, notation), notation(notation), page(page) {
    nameValues();
  }

  void write() {
    func::FuncOp function = graph.function;
    const bool isGradient = function->hasAttr(norm::saveAttr);
    page.heading(fmt::format("@{}: from the {} to the closed form", function.getSymName().str(),
                             isGradient ? "chain rule" : "graph"));
    writeExtents();
    writeDropped();
    page.section("What is computed");
    writeSteps(/*isForward=*/true);
    if (isGradient) {
      page.section("The chain rule, from the last step to the first");
      writeChainRule();
      page.section("From the chain rule to the closed form");
      writeSteps(/*isForward=*/false);
    }
    page.section("The closed form");
    writeResults();
  }

private:
  bool isForward(Value value) const {
    return isa<BlockArgument>(value) || graph.forward.contains(value.getDefiningOp());
  }

  /// The user's names, those of adjoints, and numbers for what a rule does something to.
  void nameValues() {
    for (BlockArgument argument : graph.function.getArguments()) {
      StringRef name = norm::nameOf(argument);
      formula.setName(argument, name.empty() ? fmt::format("arg{}", argument.getArgNumber()) : name.str());
      formula.nameForm(argument);
    }
    for (Operation &op : graph.ops()) {
      Value value = op.getResult(0);
      if (StringRef name = norm::nameOf(value); !name.empty()) {
        formula.setName(value, name);
        if (graph.forward.contains(&op))
          formula.nameForm(value);
      }
    }
    int number = 0;
    for (Operation &op : graph.ops()) {
      Value value = op.getResult(0);
      if (!formula.hasName(value) && llvm::any_of(record.of(value).steps, [&](const Step &step) {
            return !isCalculation(step.rule) &&
                   (step.before.empty() || formula.expression(step.before) != formula.expression(step.after));
          }))
        formula.setName(value, fmt::format("t{}", ++number));
    }
  }

  /// Of what the symbols are the extents.
  void writeExtents() {
    std::set<int64_t> seen;
    for (BlockArgument argument : graph.function.getArguments())
      for (auto [axis, extent] : llvm::enumerate(graph.classes.extentsOf(argument)))
        if (extent < 0 && seen.insert(extent).second)
          page.paragraph(fmt::format("n{} is the extent of {} along axis {}.", -1 - extent,
                                     norm::nameOf(argument).empty()
                                         ? fmt::format("argument {}", argument.getArgNumber())
                                         : norm::nameOf(argument).str(),
                                     axis));
  }

  /// Clamps that were dropped before the chain rule.
  void writeDropped() {
    if (auto dropped = graph.function->getAttrOfType<ArrayAttr>(norm::droppedAttr))
      for (Attribute clamp : dropped)
        page.paragraph(fmt::format("{}: its sign is known, so no choice is left.", cast<StringAttr>(clamp).str()));
  }

  void writeChainRule() {
    std::vector<Line> lines;
    for (Operation &op : graph.ops())
      if (Value value = op.getResult(0); !isForward(value) && formula.hasName(value))
        lines.push_back({formula.nameOf(value), formula.written(value), ""});
    page.chain(lines);
  }

  void writeSteps(bool forward) {
    if (forward)
      for (BlockArgument argument : graph.function.getArguments())
        for (const Step &step : record.of(argument).steps)
          page.chain(Line{formula.nameOf(argument), formula.expression(step.after), wordsOf(step.rule).str()});
    for (Operation &op : graph.ops())
      if (Value value = op.getResult(0); isForward(value) == forward && formula.hasName(value))
        page.chain(linesOf(value));
  }

  /// written = with values put in = after each rule = the closed form
  std::vector<Line> linesOf(Value value) {
    const std::string name = formula.nameOf(value), closed = formula.form(forms.formOf(value));
    std::vector<Line> lines{{name, formula.written(value), ""}};
    // What the user named and later formulas call by its name needs no more than its definition, unless it was
    // rewritten.
    const Record::Entry &entry = record.of(value);
    const bool isKnown = closed == name;
    std::string last = lines[0].right;
    if (!isKnown)
      append(lines, last, formula.substituted(value), "values put in");
    for (const Step &step : entry.steps) {
      if (isKnown && (isCalculation(step.rule) || isOfReductions(step.rule)))
        continue;
      if (isKnown && step.rule == Rule::keepTogether) {
        lines.front().reason = wordsOf(step.rule).str();
        continue;
      }
      std::string after = formula.expression(step.after);
      std::string before = step.before.empty() ? last : formula.expression(step.before);
      if (before == after)
        continue;
      if (before == last) {
        Line next{"", after, wordsOf(step.rule).str()};
        if (lines.back().isAside) {
          next.left = before;
          next.isAside = true;
        }
        lines.push_back(next);
      } else {
        lines.push_back({before, after, wordsOf(step.rule).str(), true});
      }
      last = after;
    }
    if (entry.left)
      lines.back().reason += fmt::format(" (and {} more {})", entry.left, entry.left == 1 ? "step" : "steps");
    if (!isKnown && !isa<norm::ConstantOp>(value.getDefiningOp()))
      append(lines, last, closed, summary(value));
    return lines;
  }

  /// What took the last step to the closed form.
  StringRef summary(Value value) const {
    if (isa<norm::MeanOp>(value.getDefiningOp()))
      return "a mean is a sum divided by the count";
    const size_t terms = forms.table.terms(forms.formOf(value)).size();
    return terms == 0 ? "terms cancel" : terms == 1 ? "factors collected" : "terms collected";
  }

  static void append(std::vector<Line> &lines, std::string &last, const std::string &text, StringRef reason) {
    if (lines.back().isAside || !isReordered(text, last))
      lines.push_back({"", text, reason.str()});
    last = text;
  }

  /// Results of which one is a gradient, or all; then the reductions that remain in them.
  void writeResults() {
    std::vector<Line> lines;
    llvm::SetVector<Atom> sums;
    func::FuncOp function = graph.function;
    const bool isGradient = function->hasAttr(norm::saveAttr);
    for (OpOperand &result : function.getBody().front().getTerminator()->getOpOperands()) {
      if (isGradient && !function.getResultAttr(result.getOperandNumber(), norm::gradientAttr))
        continue;
      auto given = function.getResultAttrOfType<StringAttr>(result.getOperandNumber(), norm::nameAttr);
      StringRef own = norm::nameOf(result.get());
      std::string name = given          ? given.str()
                         : !own.empty() ? own.str()
                                        : fmt::format("result{}", result.getOperandNumber());
      Form form = forms.formOf(result.get());
      lines.push_back({notation.name(name), formula.form(form), ""});
      collectSums(form, sums);
    }
    page.chain(lines);
    std::vector<Line> reductions;
    for (Atom sum : sums)
      reductions.push_back(
          {notation.name(fmt::format("S{}", reductions.size() + 1)), formula.form(forms.ofAtom(sum)), ""});
    page.paragraph(reductions.empty() ? "No reduction is left."
                                      : fmt::format("{} {} left:", reductions.size(),
                                                    reductions.size() == 1 ? "reduction is" : "reductions are"));
    page.chain(reductions);
  }

  /// The sums that a form's formula shows; what has a name is not taken apart.
  void collectSums(Form form, llvm::SetVector<Atom> &sums) {
    if (!visited.insert(form).second)
      return;
    for (const auto &[monomial, coefficient] : forms.table.terms(form))
      for (Factor factor : monomial) {
        const AtomData &atom = forms.table[factor.atom];
        if (formula.isNamed(factor.atom))
          continue;
        for (Form part : atom.parts)
          collectSums(part, sums);
        if (atom.kind != AtomKind::sum)
          continue;
        collectSums(forms.table.intern(Terms{{atom.inner, Rational(1)}}), sums);
        sums.insert(factor.atom);
      }
  }

  const Graph &graph;
  Record record;
  NormalForm forms;
  Formula formula;
  const Notation &notation;
  Page &page;
  llvm::DenseSet<Form> visited;
};

} // namespace

FailureOr<std::string> emitDerivation(ModuleOp module, Format format) {
  std::unique_ptr<Notation> notation = format == Format::text ? textNotation() : latexNotation();
  std::unique_ptr<Page> page = format == Format::text ? textPage() : latexPage();
  SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
  auto isGradient = [](func::FuncOp function) { return function->hasAttr(norm::saveAttr); };
  const bool any = llvm::any_of(functions, isGradient);
  for (func::FuncOp function : functions) {
    if (any && !isGradient(function))
      continue;
    FailureOr<Graph> graph = Graph::of(function);
    if (failed(graph))
      return failure();
    Findings findings = explore(*graph);
    Derivation(*graph, findings, *notation, *page).write();
  }
  return page->finish();
}

} // namespace normc::derivation
