//===- SplitJoint.h - a joint function as forward and backward ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SPLITJOINT_H
#define NORMC_COMPILER_TRANSFORMS_SPLITJOINT_H

#include "compiler/Transforms/SavedChoice.h"

namespace normc {

/// Writes the forward, the backward and the pair of them beside a joint function, which is gone then. Fails, after an
/// error, where a name is taken or extents contradict each other.
llvm::LogicalResult splitJoint(const SavedChoice &choice);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SPLITJOINT_H
