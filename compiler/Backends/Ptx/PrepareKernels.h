//===- PrepareKernels.h - kernels as a schedule has them -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_PREPAREKERNELS_H
#define NORMC_COMPILER_BACKENDS_PTX_PREPAREKERNELS_H

#include "dialects/Kernel/KernelDialect.h"

namespace normc::ptx {

/// Says of a kernel whether its sweeps find on chip what they read again. Where they do not, what one keeps for a later one is
/// computed again there, from what it was computed from: the same bits, without a place in memory. The certificate is that of
/// the kernel as it then is.
void prepareKernel(kernel::KernelOp kernel, bool isResident);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_PREPAREKERNELS_H
