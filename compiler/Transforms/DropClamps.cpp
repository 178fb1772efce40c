//===- DropClamps.cpp - choices that a sign decides ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Explore.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_DROPCLAMPS
#include "compiler/Transforms/Passes.h.inc"

namespace {

using namespace algebra;

/// "var = max of raw and zero is raw", for a derivation
std::string describe(Operation *op, Value kept) {
  auto name = [](Value value) {
    StringRef given = norm::nameOf(value);
    return given.empty() ? std::string("a value") : given.str();
  };
  SmallVector<std::string> operands;
  for (Value operand : op->getOperands())
    operands.push_back(name(operand));
  return fmt::format("{} = {} of {} is {}", name(op->getResult(0)), op->getName().stripDialect().str(),
                     fmt::join(operands, " and "), norm::nameOf(kept).empty() ? "the value itself" : name(kept));
}

/// clamp(a) = a, where both have one normal form
LogicalResult dropClamps(func::FuncOp function) {
  SmallVector<Operation *> clamps;
  for (Operation &op : function.getBody().front())
    if (isa<norm::MaxOp, norm::MinOp, norm::AbsOp, norm::SelectOp>(op))
      clamps.push_back(&op);
  if (clamps.empty())
    return success();
  FailureOr<Graph> graph = Graph::of(function);
  if (failed(graph))
    return failure();
  Findings findings = explore(*graph);
  NormalForm forms(*graph, findings);
  Builder builder(function);
  SmallVector<Attribute> dropped;
  for (Operation *op : clamps) {
    Value result = op->getResult(0);
    for (Value operand : op->getOperands())
      if (operand.getType() == result.getType() && forms.formOf(operand) == forms.formOf(result) &&
          norm::isFloatElement(getElementTypeOrSelf(result))) {
        dropped.push_back(builder.getStringAttr(describe(op, operand)));
        if (Operation *source = operand.getDefiningOp(); source && norm::nameOf(operand).empty())
          source->setLoc(op->getLoc());
        result.replaceAllUsesWith(operand);
        op->erase();
        break;
      }
  }
  if (!dropped.empty())
    function->setAttr(norm::droppedAttr, builder.getArrayAttr(dropped));
  return success();
}

struct DropClampsPass : impl::DropClampsBase<DropClampsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (failed(isGraph(function)) || failed(dropClamps(function)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace normc
