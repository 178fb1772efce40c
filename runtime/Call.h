//===- Call.h - calls of entries and gradients ------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CALL_H
#define NORMC_RUNTIME_CALL_H

#include "runtime/Function.h"
#include "runtime/Status.h"

namespace normc::runtime {

class Group;

/// Runs `function` on a caller's tensors, as normrt_call states. `threads` is checked; `group` may be null.
Status call(const Function &function, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
            int32_t outputCount, int32_t threads, Group *group);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_CALL_H
