//===- Traffic.h - the bytes that a call moves ------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_TRAFFIC_H
#define NORMC_RUNTIME_TRAFFIC_H

#include "runtime/Function.h"
#include "runtime/Status.h"

namespace normc::runtime {

/// The bytes that a call of `function` moves for inputs of these shapes, as normrt_traffic states.
Status computeTraffic(const Function &function, const DLTensor *inputs, int32_t inputCount, normc_traffic &traffic);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_TRAFFIC_H
