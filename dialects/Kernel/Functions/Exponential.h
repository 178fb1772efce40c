//===- Exponential.h - what functions of e^x share ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_EXPONENTIAL_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_EXPONENTIAL_H

#include "dialects/Kernel/Functions/Arithmetic.h"

namespace normc::kernel {

/// The integer nearest to a number that is smaller than 2^(fraction - 2): as a number, and in the low bits of
/// `shifted`.
struct Nearest {
  Real shifted, number;
};
/// round(a b): adding 1.5 2^fraction leaves no bits below the unit. With an even `offset` the low bits of `shifted` hold as much more.
Nearest nearestInteger(Real a, double b, int64_t offset = 0);

/// 2^n of an integer n, as a normal number.
Real powerOfTwo(Nearest n);

/// a 2^n, which may overflow, and underflows gradually: 2^n is taken in two steps, so that only the last one rounds.
/// `isSmall` says that n <= 0, otherwise n >= 0.
Real scale(Real a, Nearest n, Truth isSmall);

/// x = n ln 2 + r, |r| <= ln 2 / 2
struct Reduced {
  Nearest n;
  Real r;
};
Reduced reduce(Real x, int64_t offset = 0);

/// p(r) of e^r - 1 = r + r^2 p(r), |r| <= ln 2 / 2
Real exponentialTail(Real r);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_EXPONENTIAL_H
