//===- Arithmetic.h - how values are rounded -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_ARITHMETIC_H
#define NORMC_COMPILER_REFERENCE_ARITHMETIC_H

#include "mlir/IR/BuiltinTypes.h"
#include <cmath>

namespace normc::reference {

/// Rounding to nearest in a binary format: |rounded - x| <= roundoff |x| + floor, for |x| up to largest.
struct Format {
  double roundoff; ///< half the distance from 1 to the next number
  double floor;    ///< half the smallest subnormal number; for f64 that number, which is the smallest double
  double largest;  ///< the largest finite number
};

/// In which the values of an element type are stored.
inline Format storageOf(mlir::Type element) {
  if (element.isF16())
    return {0x1p-11, 0x1p-25, 65504.0};
  if (element.isBF16())
    return {0x1p-8, 0x1p-134, 0x1.fep127};
  if (element.isF32())
    return {0x1p-24, 0x1p-150, 0x1.fffffep127};
  return {0x1p-53, 0x1p-1074, 0x1.fffffffffffffp1023};
}

/// In which kernels compute with the values of an element type: f16 and bf16 in f32.
inline Format arithmeticOf(mlir::Type element) {
  return storageOf(element.isF64() ? element : mlir::Float32Type::get(element.getContext()));
}

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_ARITHMETIC_H
