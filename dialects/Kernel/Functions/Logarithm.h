//===- Logarithm.h - what functions of log x share ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_LOGARITHM_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_LOGARITHM_H

#include "dialects/Kernel/Functions/Arithmetic.h"

namespace normc::kernel {

/// x = 2^exponent significand, sqrt(1/2) <= significand < sqrt(2)
struct Decomposed {
  Real exponent, significand;
};
/// Of a positive number; of 0, infinity and NaN something without meaning.
Decomposed decompose(Real x);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_LOGARITHM_H
