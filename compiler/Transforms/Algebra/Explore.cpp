//===- Explore.cpp - what stays together, what is centred ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Explore.h"

using namespace mlir;

namespace normc::algebra {

/// Walks after which what is still to be kept is kept as it is.
static constexpr int maxWalks = 8;

/// The first value whose form is this.
static Value valueOf(const NormalForm &walk, const Graph &graph, Form form) {
  for (BlockArgument argument : graph.function.getArguments())
    if (walk.formOf(argument) == form)
      return argument;
  for (Operation &op : graph.ops())
    if (graph.forward.contains(&op) && walk.formOf(op.getResult(0)) == form)
      return op.getResult(0);
  return nullptr;
}

/// What stands beside a value and varies along the axes of its centre would only be in the way of cancellation: another
/// mean of it makes a deviation, and all else is not taken apart.
static void noteOtherMeans(NormalForm &walk, const Graph &graph, Findings &findings) {
  for (const auto &[value, atom] : walk.shifted) {
    const Value of = valueOf(walk, graph, walk.ofAtom(atom));
    auto centre = findings.centred.find(of);
    if (centre == findings.centred.end())
      continue;
    const Form form = walk.formOf(value);
    if (auto own = walk.ownMeanIn(form, atom)) {
      const auto [axes, mean] = *own;
      if (axes == centre->second.axes && !centre->second.weight)
        continue;
      findings.deviations.insert({value, {of, axes, false}});
      if (Value written = valueOf(walk, graph, mean))
        findings.deviations.insert({written, {of, axes, true}});
    } else if (walk.variesBeside(form, atom, centre->second.axes)) {
      findings.kept.insert(value);
    }
  }
}

/// The value that meets its own mean, and the weight of that mean, if it has one; nothing where it cannot be split: the weight must
/// be there when the value is, and arguments always are.
static std::optional<std::pair<Value, Value>> centrable(NormalForm &walk, const Graph &graph, Atom atom,
                                                        const NormalForm::Meeting &meeting) {
  Value value = valueOf(walk, graph, walk.ofAtom(atom)), weight;
  if (meeting.weight)
    weight = valueOf(walk, graph, walk.table.intern(Terms{{*meeting.weight, Rational(1)}}));
  if (!value || (meeting.weight && !weight))
    return std::nullopt;
  if (weight && !isa<BlockArgument>(weight) &&
      (isa<BlockArgument>(value) || !weight.getDefiningOp()->isBeforeInBlock(value.getDefiningOp())))
    return std::nullopt;
  return std::pair(value, weight);
}

Findings explore(const Graph &graph, ArrayRef<Value> opaque) {
  Findings findings;
  findings.opaque.insert(opaque.begin(), opaque.end());
  for (int walks = 0;; ++walks) {
    NormalForm walk(graph, findings);
    const size_t known = findings.kept.size();
    findings.kept.insert(walk.toKeep.begin(), walk.toKeep.end());
    // A difference is not taken apart, unless its own mean takes the place of what was subtracted.
    if (findings.kept.size() == known)
      for (const auto &[value, atom] : walk.shifted)
        if (auto at = walk.meetings.find(atom); at == walk.meetings.end() || !centrable(walk, graph, atom, at->second))
          findings.kept.insert(value);
    if (findings.kept.size() != known && walks < maxWalks)
      continue;
    for (const auto &[atom, meeting] : walk.meetings)
      if (auto found = centrable(walk, graph, atom, meeting))
        findings.centred.insert({found->first, {meeting.axes, found->second}});
    noteOtherMeans(walk, graph, findings);
    return findings;
  }
}

} // namespace normc::algebra
