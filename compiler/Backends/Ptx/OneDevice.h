//===- OneDevice.h - plans without collectives ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_ONEDEVICE_H
#define NORMC_COMPILER_BACKENDS_PTX_ONEDEVICE_H

#include "dialects/Kernel/KernelDialect.h"

namespace normc::ptx {

/// The plan of a device that is alone: what collectives merge is what went into them, extents are joined as they are, shares start at
/// 0, and the rank is 0.
void runOnOneDevice(kernel::PlanOp plan);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_ONEDEVICE_H
