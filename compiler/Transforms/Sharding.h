//===- Sharding.h - which values are split over the devices --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SHARDING_H
#define NORMC_COMPILER_TRANSFORMS_SHARDING_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace normc {

/// Follows norm.shard from the arguments of a function: a value is sharded along the axis of its operands, if it varies
/// along it.
class ShardedAxes {
public:
  explicit ShardedAxes(mlir::func::FuncOp function);

  /// The axis along which a value is sharded, if it is.
  std::optional<int64_t> axisOf(mlir::Value value) const;

private:
  llvm::DenseMap<mlir::Value, int64_t> axes;
};

/// Fails, after an error, where values that do not lie together on one device meet: one that is split over the devices along an axis
/// and one that is whole along it, or one that is split along another.
llvm::LogicalResult verifySharding(mlir::func::FuncOp function);

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SHARDING_H
