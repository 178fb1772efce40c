//===- Graph.cpp - what the algebra knows of a function -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Graph.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "llvm/Support/Error.h"
#include <cmath>
#include <fmt/format.h>

using namespace mlir;

namespace normc::algebra {

static DenseSet<Operation *> forwardOps(func::FuncOp function) {
  DenseSet<Value> late;
  for (BlockArgument argument : function.getArguments())
    if (function.getArgAttr(argument.getArgNumber(), norm::cotangentAttr))
      late.insert(argument);
  DenseSet<Operation *> forward;
  for (Operation &op : function.getBody().front().without_terminator())
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return late.contains(operand); }))
      late.insert(op.getResult(0));
    else
      forward.insert(&op);
  return forward;
}

/// The product of extents; none where one is dynamic or there are too many points to be counted.
static std::optional<int64_t> pointsOf(ArrayRef<int64_t> extents) {
  int64_t points = 1;
  for (int64_t extent : extents)
    if (extent <= 0 || llvm::MulOverflow(points, extent, points))
      return std::nullopt;
  return points;
}

static std::set<int64_t> countsOf(const Graph &graph) {
  // Along which axes what a value follows from has been reduced, and how long they were.
  DenseMap<Value, SmallVector<int64_t>> reduced;
  std::set<int64_t> counts;
  for (Operation &op : graph.ops()) {
    if (!graph.forward.contains(&op))
      continue;
    SmallVector<int64_t> extents(cast<RankedTensorType>(op.getResult(0).getType()).getRank(), 1);
    for (Value operand : op.getOperands())
      if (auto found = reduced.find(operand); found != reduced.end())
        for (auto [extent, before] : llvm::zip(extents, found->second))
          extent = before != 1 ? before : extent;
    if (isa<norm::SumOp, norm::MeanOp>(op)) {
      SmallVector<int64_t> own(extents.size(), 1);
      SmallVector<int64_t> full = graph.classes.extentsOf(op.getOperand(0));
      for (int64_t axis : op.getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef())
        if (full[axis] != 1)
          own[axis] = extents[axis] = full[axis];
      for (ArrayRef<int64_t> list : {ArrayRef<int64_t>(own), ArrayRef<int64_t>(extents)})
        if (std::optional<int64_t> points = pointsOf(list); points && *points > 1)
          counts.insert(*points);
    }
    reduced[op.getResult(0)] = extents;
  }
  return counts;
}

FailureOr<Graph> Graph::of(func::FuncOp function) {
  FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
  if (failed(classes))
    return failure();
  Graph graph{function, std::move(*classes), forwardOps(function), {}};
  graph.counts = countsOf(graph);
  return graph;
}

/// Whether the shortest decimal that means `value` has 6 digits or more and differs from 1/n by less than one of its
/// last.
static bool agreesToItsDigits(const llvm::APFloat &value, int64_t n) {
  constexpr int fewest = 6, most = 17;
  llvm::APFloat wide = value;
  bool losesInfo;
  wide.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  for (int digits = 1; digits <= most; ++digits) {
    const std::string text = fmt::format("{:.{}e}", wide.convertToDouble(), digits - 1);
    llvm::APFloat read(value.getSemantics());
    llvm::Expected<llvm::APFloat::opStatus> status = read.convertFromString(text, llvm::APFloat::rmNearestTiesToEven);
    if (!status) {
      llvm::consumeError(status.takeError());
      return false;
    }
    if (read != value)
      continue;
    const double last = std::pow(10.0, std::stoi(text.substr(text.find('e') + 1)) - (digits - 1));
    return digits >= fewest && std::fabs(std::stod(text) - 1.0 / double(n)) < last;
  }
  return false;
}

std::optional<int64_t> reciprocalOf(const llvm::APFloat &value, const std::set<int64_t> &counts) {
  if (!value.isFiniteNonZero() || value.isNegative())
    return std::nullopt;
  for (int64_t n : counts) {
    llvm::APFloat nearest(llvm::APFloat::IEEEquad(), 1), count(llvm::APFloat::IEEEquad());
    count.convertFromAPInt(llvm::APInt(64, n), /*IsSigned=*/true, llvm::APFloat::rmNearestTiesToEven);
    nearest.divide(count, llvm::APFloat::rmNearestTiesToEven);
    bool losesInfo;
    nearest.convert(value.getSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    if (nearest == value || agreesToItsDigits(value, n))
      return n;
  }
  return std::nullopt;
}

} // namespace normc::algebra
