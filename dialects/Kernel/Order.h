//===- Order.h - how a kernel's points lie, and are summed ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of summation is the kernel's, whatever runs it: axes of extent 1 vanish,
// neighbours of one kind join. Where the last axis is reduced, its points are runs; where
// it is kept, columns. The chunks, and the accumulators within them, are described in
// dialects/Kernel/README.md.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_ORDER_H
#define NORMC_DIALECTS_KERNEL_ORDER_H

#include "dialects/Kernel/KernelDialect.h"

namespace normc::kernel {

/// Elements that a chunk has at most where the last axis is reduced.
inline constexpr int64_t chunkElements = 2048;
/// Runs, or rows of accumulators, that a chunk has at most.
inline constexpr int64_t chunkRuns = 32;
/// Accumulators of a run.
inline constexpr int64_t chunkLanes = 128;

/// Neighbouring axes of the space, all parallel or none, that no tensor and no position tells apart.
struct JoinedAxis {
  llvm::SmallVector<int64_t> axes;
  bool isParallel = false;
};

/// From the outermost to the innermost; without axes of extent 1.
llvm::SmallVector<JoinedAxis> joinedAxes(KernelOp kernel);

/// The extents of a joined axis, -1 - k for symbol k.
llvm::SmallVector<int64_t> extentsOf(KernelOp kernel, const JoinedAxis &axis);
/// Their product, or -1 where one is not known now.
int64_t staticExtent(KernelOp kernel, const JoinedAxis &axis);

/// Whether a tensor of the kernel varies along a joined axis.
bool varies(mlir::RankedTensorType type, const JoinedAxis &axis);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_ORDER_H
