//===- Array.h - arrays of the reference interpreter ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_ARRAY_H
#define NORMC_COMPILER_REFERENCE_ARRAY_H

#include "compiler/Reference/Wide.h"

#include "mlir/IR/Types.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace normc::reference {

/// The product of extents; none where it exceeds 64 bits. An extent of 0 makes it 0, whatever the others are.
std::optional<int64_t> elementCount(llvm::ArrayRef<int64_t> extents);

/// "[2, 3]"
std::string toString(llvm::ArrayRef<int64_t> extents);

/// A dense array in row-major order. Floats of every type lie in `reals`, unrounded; i32, i64 and i1 (0 or 1) lie in
/// `integers`; the other vector is empty.
template <typename Real>
struct Array {
  llvm::SmallVector<int64_t> extents;
  std::vector<Real> reals;
  std::vector<int64_t> integers;
  /// What Bounds.h says of each element; empty where the elements are exact.
  std::vector<double> errors = {}, terms = {};

  int64_t size() const { return elementCount(extents).value_or(0); }
};

//===----------------------------------------------------------------------===//
// Storage types
//===----------------------------------------------------------------------===//

/// `value`, rounded to the nearest value of a float type, ties to even; overflow is infinity. Rounds once.
template <typename Real>
Real roundTo(mlir::Type element, Real value);

/// The bytes that one element takes: 1 of i1.
int64_t storageBytes(mlir::Type element);

/// Reads elements of a storage type, in this machine's byte order; a byte of i1 is true where it is not 0. Fails where
/// the number of bytes is not that of the extents.
template <typename Real>
mlir::FailureOr<Array<Real>> fromBytes(mlir::Type element, llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<char> bytes);

/// Writes elements of a storage type: floats as `roundTo` does, NaN as a quiet NaN, integers clamped. Fails where the
/// array has not as many elements as its extents say, or keeps them in the other vector.
template <typename Real>
mlir::FailureOr<std::vector<char>> toBytes(mlir::Type element, const Array<Real> &array);

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_ARRAY_H
