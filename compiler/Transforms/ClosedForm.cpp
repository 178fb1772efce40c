//===- ClosedForm.cpp - the chain rule collapsed by algebra --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ClosedForm.h"
#include "compiler/Transforms/Algebra/Explore.h"
#include "compiler/Transforms/Algebra/Materialize.h"
#include "compiler/Transforms/Inversions.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Recovery.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_CLOSEDFORM
#include "compiler/Transforms/Passes.h.inc"

using namespace algebra;

/// Whether the graph states that some value has no elements. Algebra is for sums of something: what is left of nothing is what the
/// graph says, op by op.
static bool hasNoElements(func::FuncOp function) {
  auto isEmpty = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && llvm::is_contained(tensor.getShape(), 0);
  };
  return llvm::any_of(function.getArgumentTypes(), isEmpty);
}

LogicalResult rewriteToClosedForm(func::FuncOp function, ArrayRef<Value> opaque) {
  if (hasNoElements(function))
    return success();
  FailureOr<Graph> graph = Graph::of(function);
  if (failed(graph))
    return failure();
  Findings findings = explore(*graph, opaque);
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
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      if (failed(isGraph(function)))
        return signalPassFailure();
      // save = "all" asks for the staged chain rule, to be read.
      auto save = function->getAttrOfType<StringAttr>(norm::saveAttr);
      if (save && save.getValue() == "all")
        continue;
      if (failed(rewriteToClosedForm(function, save ? undoneInPieces(function) : SmallVector<Value>())))
        return signalPassFailure();
    }
  }

  /// Where a result is written over an argument: activations, and what they are of, which is recovered from them as a whole.
  static SmallVector<Value> undoneInPieces(func::FuncOp joint) {
    SmallVector<Value> values;
    for (const Overwriting &overwriting : overwritingsOf(joint))
      llvm::append_range(values, Recovery::inPlace(joint, overwriting.result, overwriting.argument).getActivations());
    return values;
  }
};

} // namespace
} // namespace normc
