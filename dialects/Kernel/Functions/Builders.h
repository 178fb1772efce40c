//===- Builders.h - one builder a function ------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_BUILDERS_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_BUILDERS_H

#include "dialects/Kernel/Functions/Arithmetic.h"

namespace normc::kernel {

Real buildExp(Real x);
Real buildDecay(Real x);
Real buildLog(Real x);
Real buildTanh(Real x);
Real buildSigmoid(Real x);
Real buildErf(Real x);
Real buildPow(Real x, Real y);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_BUILDERS_H
