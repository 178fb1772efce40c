//===- Collective.h - what devices send one another ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_COLLECTIVE_H
#define NORMC_DIALECTS_KERNEL_COLLECTIVE_H

#include "dialects/Kernel/Certificate.h"

namespace normc::kernel {

/// The bytes that a device sends: 8 for each number.
Bytes bytesOf(CollectiveOp collective);

/// The symbols that a collective adds to its plan: what symbol `joins[index]` comes to on all devices, and where this device's share starts.
inline int64_t joinedSymbol(int64_t symbolCount, size_t index) { return symbolCount + 2 * int64_t(index); }
inline int64_t startSymbol(int64_t symbolCount, size_t index) { return joinedSymbol(symbolCount, index) + 1; }
/// The rank of this device.
inline int64_t rankSymbol(int64_t symbolCount, size_t joins) { return symbolCount + 2 * int64_t(joins); }

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_COLLECTIVE_H
