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

/// Runs `function` on a caller's tensors, as normrt_call states.
Status call(const Function &function, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
            int32_t outputCount, const normrt_options &options);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_CALL_H
