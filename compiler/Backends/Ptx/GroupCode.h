//===- GroupCode.h - between the launches of sweeps ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_GROUPCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_GROUPCODE_H

#include "compiler/Backends/Ptx/SweepCode.h"

namespace normc::ptx {

/// What stands between the launches of sweeps: merges what the blocks of a group have come to, computes the scalars of the group,
/// once, and hands them on. And what follows a launch with sums that ride along: merges those of the chunks of rows.
class GroupCode : public SweepCode {
public:
  using SweepCode::SweepCode;

  void emitWhole() override;
  /// Segment `number`, after the sweep before it.
  void emitStage(unsigned number) override;
  /// The sums that ride along.
  void emitRiders();

private:
  /// For groups of which each has several threads that merge what has been left for it.
  void forMerged(mlir::Value groups, llvm::function_ref<void(mlir::Value)> body);
  /// What `count` entries come to, in the first of a group's threads.
  Values mergeLoaded(const Monoids &monoids, mlir::Value count, llvm::function_ref<Values(mlir::Value)> load);
  void runGroup(unsigned segment, mlir::Value group, Scope &scope);

  mlir::Value merger, placeInBlock, isGroup; ///< of this thread: its number among the group's, and the group's in the block
};

/// A kernel without sweeps: a thread for each point.
class PointsCode : public KernelCode {
public:
  using KernelCode::KernelCode;
  void emit();
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_GROUPCODE_H
