//===- Explore.h - what stays together, what is centred -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_ALGEBRA_EXPLORE_H
#define NORMC_COMPILER_TRANSFORMS_ALGEBRA_EXPLORE_H

#include "compiler/Transforms/Algebra/NormalForm.h"

namespace normc::algebra {

/// Walks until nothing more is to be kept together, then centres what meets its mean. The values `kept` are, in any case.
Findings explore(const Graph &graph, llvm::ArrayRef<mlir::Value> kept = {});

} // namespace normc::algebra

#endif // NORMC_COMPILER_TRANSFORMS_ALGEBRA_EXPLORE_H
