//===- ClosedForm.cpp - the chain rule collapsed by algebra --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Algebra/Materialize.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_CLOSEDFORM
#include "compiler/Transforms/Passes.h.inc"

namespace {

using namespace algebra;

/// Walks after which what is still to be kept is kept as it is.
constexpr int maxWalks = 8;

/// The ops that the user wrote: what depends on no cotangent. Only there it is decided what stays together.
DenseSet<Operation *> forwardOps(func::FuncOp function) {
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

/// The first value whose form is this.
Value valueOf(const NormalForm &walk, func::FuncOp function, const DenseSet<Operation *> &forward, Form form) {
  for (BlockArgument argument : function.getArguments())
    if (walk.formOf(argument) == form)
      return argument;
  for (Operation &op : function.getBody().front().without_terminator())
    if (forward.contains(&op) && walk.formOf(op.getResult(0)) == form)
      return op.getResult(0);
  return nullptr;
}

/// Walks until nothing more is to be kept together, then centres what meets its mean.
Findings explore(func::FuncOp function, const ExtentClasses &classes, const DenseSet<Operation *> &forward) {
  Findings findings;
  for (int walks = 0;; ++walks) {
    NormalForm walk(function, classes, findings, forward);
    const size_t known = findings.kept.size();
    findings.kept.insert(walk.toKeep.begin(), walk.toKeep.end());
    if (findings.kept.size() != known && walks < maxWalks)
      continue;
    for (const auto &[atom, meeting] : walk.meetings) {
      Value value = valueOf(walk, function, forward, walk.ofAtom(atom)), weight;
      if (meeting.weight)
        weight = valueOf(walk, function, forward, walk.table.intern(Terms{{*meeting.weight, Rational(1)}}));
      if (!value || (meeting.weight && !weight))
        continue;
      // The weight must be there when the value is centred; arguments always are.
      if (weight && !isa<BlockArgument>(weight) &&
          (isa<BlockArgument>(value) || !weight.getDefiningOp()->isBeforeInBlock(value.getDefiningOp())))
        continue;
      findings.centred.insert({value, {meeting.axes, weight}});
    }
    return findings;
  }
}

LogicalResult rewrite(func::FuncOp function) {
  FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
  if (failed(classes))
    return failure();
  DenseSet<Operation *> forward = forwardOps(function);
  Findings findings = explore(function, *classes, forward);
  NormalForm forms(function, *classes, findings, forward);
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Operation *> old;
  for (Operation &op : function.getBody().front().without_terminator())
    old.push_back(&op);
  ImplicitLocOpBuilder builder(function.getLoc(), terminator);
  Materializer materializer(forms, function, *classes, builder);
  SmallVector<Value> results;
  for (Value result : terminator->getOperands())
    results.push_back(materializer.result(result));
  terminator->setOperands(results);
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty())
      op->erase();
  return success();
}

struct ClosedFormPass : impl::ClosedFormBase<ClosedFormPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      // save = "all" asks for the staged chain rule, to be read.
      if (auto save = function->getAttrOfType<StringAttr>(norm::saveAttr);
          failed(isGraph(function)) || ((!save || save.getValue() != "all") && failed(rewrite(function))))
        return signalPassFailure();
  }
};

} // namespace
} // namespace normc
