//===- Pipelines.cpp - the order of passes -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Pipelines.h"
#include "compiler/Transforms/Passes.h"

#include "mlir/Transforms/Passes.h"

namespace normc {

void buildPipeline(mlir::OpPassManager &passes, Stage stage) {
  // What the user wrote, in primitives.
  passes.addPass(createVerifyGraph());
  passes.addPass(createExpandLayers());
  if (stage == Stage::graph)
    return;

  // A clamp that does nothing has no kink. Who wants to see the gradient sees that of what was written.
  if (stage != Stage::gradient)
    passes.addPass(createDropClamps());

  // The chain rule.
  passes.addPass(createDifferentiate());
  if (stage == Stage::gradient || stage == Stage::derivation)
    return;

  // The closed form; then forward and backward part.
  passes.addPass(createClosedForm());
  passes.addPass(mlir::createCSEPass());
  passes.addPass(createChooseSaved());
  passes.addPass(mlir::createCSEPass());
  if (stage == Stage::closedForm)
    return;

  // Statistics that do not cancel.
  passes.addPass(createStabilize());
  passes.addPass(mlir::createCSEPass());

  // Sums of sums.
  passes.addPass(createNestSums());
  passes.addPass(mlir::createCSEPass());
  passes.addPass(createGroupSums());
  passes.addPass(mlir::createCSEPass());

  // What crosses devices.
  passes.addPass(createDistribute());
  passes.addPass(mlir::createCSEPass());

  // Kernels and the plans that launch them.
  passes.addPass(createFormKernels());
  passes.addPass(mlir::createCSEPass());
  passes.addPass(createBatchCollectives());

  // What they move.
  passes.addPass(createCertifyKernels());
}

} // namespace normc
