//===- Joins.h - what a plan knows of other devices ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_JOINS_H
#define NORMC_COMPILER_TRANSFORMS_JOINS_H

#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace normc {

/// The sharded extents of a distributed function, as symbols of its plan, and the collectives of its merges.
class Joins {
public:
  Joins(mlir::func::FuncOp function, const ExtentClasses &classes);

  /// How many symbols the plan has of its own: those of other devices are counted on from there.
  void setSymbols(int64_t count) { symbols = count; }

  /// An extent of a value, which is `extent` here, on all devices together.
  int64_t joined(mlir::Value value, int64_t axis, int64_t extent) const;
  /// Where this device's share of a value starts, as an extent; nothing where the value is not sharded along the axis.
  std::optional<int64_t> start(mlir::Value value, int64_t axis) const;
  /// The rank of this device, as an extent.
  int64_t rank() const;

  /// A collective of the extents alone, where something crosses devices or follows from extents on other devices.
  void createExtents(mlir::ImplicitLocOpBuilder &builder);
  /// The collective of a merge, and of those that merge together with it, once their partial results are in tensors.
  void createCollective(mlir::ImplicitLocOpBuilder &builder, norm::MergeOp merge, llvm::DenseMap<mlir::Value, mlir::Value> &tensors);

private:
  /// The place of a symbol among the joined ones.
  size_t find(int64_t extent) const { return llvm::find(joins, -1 - extent) - joins.begin(); }
  bool isNeeded();

  mlir::func::FuncOp function;
  const ExtentClasses &classes;
  ShardedAxes sharded;
  llvm::SmallVector<int64_t> joins, expected; ///< symbols, and what the graph says that they come to, or -1
  int64_t symbols = 0;
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_JOINS_H
