//===- SubtractedMean.h - means that meet their own values ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// x - sum(w x) / sum(w): the sum is as large as the mean of x, and what is left is as
// small as its deviation. A plain mean is taken about a shift, which a weighted one does
// not have, so its products are exact and added in f64.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SUBTRACTEDMEAN_H
#define NORMC_COMPILER_TRANSFORMS_SUBTRACTEDMEAN_H

#include "dialects/Norm/NormDialect.h"

namespace normc {

/// Whether a sum is of what follows from x by products and choices alone, and is divided by something and then subtracted from x;
/// or is what is divided by there.
bool isOfSubtractedMean(norm::SumOp sum);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SUBTRACTEDMEAN_H
