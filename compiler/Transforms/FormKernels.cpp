//===- FormKernels.cpp - turn functions into plans of kernels ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/PlanBuilder.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_FORMKERNELS
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// What this compiler cannot do yet is refused, not ignored.
LogicalResult isSupported(func::FuncOp function) {
  if (failed(isGraph(function)))
    return failure();
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<norm::AdjointOpInterface, norm::MergeOp, norm::RankOp>(op)) {
      InFlightDiagnostic error = op.emitError() << op.getName() << " is no primitive, so no kernel can be made of it";
      error.attachNote() << "run expand-layers first";
      return error;
    }
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (function.getArgAttr(i, norm::shardAttr) && !function->hasAttr(norm::distributedAttr)) {
      InFlightDiagnostic error = function.emitError() << "argument " << i << " of @" << function.getSymName()
                                                      << " is sharded, but what crosses devices is not written out";
      error.attachNote() << "run distribute first";
      return error;
    }
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (function.getResultAttr(i, norm::inplaceAttr)) {
      InFlightDiagnostic error = function.emitError()
                                 << "result " << i << " of @" << function.getSymName()
                                 << " is to be written over an argument, and kernels that work in place cannot be made yet";
      error.attachNote() << "take norm.inplace away, or evaluate the graph with --device=reference";
      return error;
    }
  return success();
}

struct FormKernelsPass : impl::FormKernelsBase<FormKernelsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (failed(isSupported(function)))
        return signalPassFailure();
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function, ExtentsOf::share);
      if (failed(classes))
        return signalPassFailure();
      PlanBuilder(function, *classes).run();
      function.erase();
    }
  }
};

} // namespace
} // namespace normc
