//===- ClosedForm.cpp - the chain rule collapsed by algebra --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ClosedForm.h"
#include "compiler/Transforms/Algebra/Explore.h"
#include "compiler/Transforms/Algebra/Materialize.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_CLOSEDFORM
#include "compiler/Transforms/Passes.h.inc"

using namespace algebra;

LogicalResult rewriteToClosedForm(func::FuncOp function, ArrayRef<Value> kept) {
  FailureOr<Graph> graph = Graph::of(function);
  if (failed(graph))
    return failure();
  Findings findings = explore(*graph, kept);
  NormalForm forms(*graph, findings);
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Operation *> old;
  for (Operation &op : function.getBody().front().without_terminator())
    old.push_back(&op);
  ImplicitLocOpBuilder builder(function.getLoc(), terminator);
  Materializer materializer(forms, *graph, builder);
  SmallVector<Value> results;
  for (Value result : terminator->getOperands())
    results.push_back(materializer.result(result));
  terminator->setOperands(results);
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty())
      op->erase();
  return success();
}

namespace {

struct ClosedFormPass : impl::ClosedFormBase<ClosedFormPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      // save = "all" asks for the staged chain rule, to be read.
      if (auto save = function->getAttrOfType<StringAttr>(norm::saveAttr);
          failed(isGraph(function)) || ((!save || save.getValue() != "all") && failed(rewriteToClosedForm(function))))
        return signalPassFailure();
  }
};

} // namespace
} // namespace normc
