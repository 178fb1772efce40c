//===- ExtentClasses.h - which extents must agree when a graph is called ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_EXTENTCLASSES_H
#define NORMC_COMPILER_TRANSFORMS_EXTENTCLASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace normc {

/// Of sharded values: what all devices have together, or what one of them has, which is known when it is called.
enum class ExtentsOf { joined, share };

/// Axes that ops connect have one extent. An extent is a number where one of its class is; otherwise it is symbol k of
/// the function, written -1 - k, numbered in the order of the arguments.
class ExtentClasses {
public:
  /// Fails, after an error, where a class has two different static extents.
  static mlir::FailureOr<ExtentClasses> compute(mlir::func::FuncOp function, ExtentsOf of = ExtentsOf::joined);

  llvm::SmallVector<int64_t> extentsOf(mlir::Value value) const;

private:
  unsigned axisNumber(mlir::Value value, int64_t axis) const { return firstAxis.lookup(value) + axis; }
  void connect(mlir::Value value, mlir::Value other, llvm::ArrayRef<int64_t> except = {});

  llvm::DenseMap<mlir::Value, unsigned> firstAxis;
  llvm::SmallVector<int64_t> extents;  // by axis number, as in the type
  llvm::SmallVector<unsigned> parents; // by axis number, of a union-find
  llvm::SmallVector<int64_t> resolved; // by axis number
  unsigned find(unsigned axis);
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_EXTENTCLASSES_H
