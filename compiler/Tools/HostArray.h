//===- HostArray.h - arrays on a command line ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_HOSTARRAY_H
#define NORMC_COMPILER_TOOLS_HOSTARRAY_H

#include "runtime/Npy.h"
#include "runtime/normrt.h"

#include "mlir/IR/Types.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace normc {

using HostArray = runtime::NpyArray;

/// The element type of a storage type, enum normc_type.
mlir::Type elementType(int32_t type, mlir::MLIRContext &context);
/// Its name, as in the IR.
llvm::StringRef typeName(int32_t type);

/// An element type and extents, as `4x8xf32`. The error says what is wrong with the text.
struct ArrayType {
  int32_t type = 0; ///< enum normc_type
  llvm::SmallVector<int64_t> extents;
};
llvm::Expected<ArrayType> readArrayType(llvm::StringRef text);

/// `@FILE`, a .npy file; `@-` and `-` are standard input; `4x8xf32=0.5` is filled with one number.
llvm::Expected<HostArray> readInput(llvm::StringRef text, mlir::MLIRContext &context);

/// An array of unset elements.
llvm::Expected<HostArray> allocateArray(int32_t type, llvm::ArrayRef<int64_t> extents);

/// A tensor that looks at an array.
DLTensor view(const HostArray &array);

/// The elements as doubles.
std::vector<double> toDoubles(const HostArray &array, mlir::MLIRContext &context);

/// `f32 4x8`
std::string describe(const HostArray &array);

/// How far two arrays are apart: |got - want| against absolute + relative |want|. NaN equals NaN.
struct Comparison {
  bool sameShape = true; ///< once extents of 1 are dropped
  int64_t elements = 0, failures = 0;
  double largestError = 0.0;         ///< |got - want|
  double largestRelativeError = 0.0; ///< relative to the largest finite |want|
  int64_t worst = -1;                ///< the element that exceeds the bound most, or the one of the largest error
  double got = 0.0, want = 0.0;      ///< there
};
Comparison compare(const HostArray &got, const HostArray &want, double relative, double absolute,
                   mlir::MLIRContext &context);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_HOSTARRAY_H
