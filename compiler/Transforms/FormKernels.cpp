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
  return success();
}

} // namespace

/// Whether a kernel's result may be written over an argument: each of its points reads the argument, if at all, before it writes its
/// own element and no other, and nothing reads the argument afterwards.
bool PlanBuilder::canLieOver(Value tensor, BlockArgument argument) {
  Value old = plan.getArgument(argument.getArgNumber());
  auto kernel = tensor.getDefiningOp<kernel::KernelOp>();
  kernel::StoreOp store;
  kernel.walk([&](kernel::StoreOp op) {
    if (kernel.getResult(op.getResult()) == tensor)
      store = op;
  });
  const bool ownsPoints = llvm::all_of(llvm::enumerate(kernel.getSpace()), [&](auto axis) {
    return axis.value() == 1 || norm::varies(cast<RankedTensorType>(tensor.getType()), axis.index());
  });
  if (!store || !ownsPoints || (!isa<kernel::SweepOp>(store->getParentOp()) && !kernel.getBody().getOps<kernel::SweepOp>().empty()))
    return false;
  Block *block = store->getBlock();
  if (block->back().hasTrait<mlir::OpTrait::IsTerminator>())
    store->moveBefore(&block->back());
  else
    store->moveBefore(block, block->end());
  return llvm::all_of(old.getUsers(), [&](Operation *load) {
    Operation *user = plan.getBody().front().findAncestorOpInBlock(*load);
    if (user != kernel.getOperation())
      return user->isBeforeInBlock(kernel);
    if (load->getBlock() == block)
      return true;
    Operation *within = kernel.getBody().front().findAncestorOpInBlock(*load);
    return isa<kernel::SweepOp>(within) && within->isBeforeInBlock(store->getParentOp());
  });
}

namespace {

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
