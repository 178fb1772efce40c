//===- Pipelines.h - the order of passes ---------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_PIPELINES_H
#define NORMC_COMPILER_PIPELINES_H

#include "mlir/Pass/PassManager.h"

namespace normc {

/// How far a graph is taken.
enum class Stage {
  graph,    ///< checked, layers expanded
  gradient, ///< each gradient as its joint function: the chain rule, staged
  derivation, ///< what the closed form starts from: clamps that do nothing dropped, then the chain rule
  closedForm, ///< collapsed by algebra, gradients split into forward and backward
  kernels,  ///< plans of kernels, and the pairs that run gradients
};

/// Adds the passes that lead from what a user wrote to `stage`.
void buildPipeline(mlir::OpPassManager &passes, Stage stage);

} // namespace normc

#endif // NORMC_COMPILER_PIPELINES_H
