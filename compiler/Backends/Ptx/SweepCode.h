//===- SweepCode.h - functions of kernels with sweeps --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_SWEEPCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_SWEEPCODE_H

#include "compiler/Backends/Ptx/KernelCode.h"
#include "compiler/Backends/Ptx/Schedule.h"

namespace normc::ptx {

/// What functions of kernels with sweeps share, whichever way the points of a group are gone through.
///
/// A group's chunks are dealt out to teams of threads, 2^r adjacent ones to each. A block has some teams; a group has one block,
/// which then goes through all sweeps (`emitWhole`), or several, and then each sweep is a launch (`emitStage`), with one of a
/// thread for each group in between (GroupCode.h).
class SweepCode : public KernelCode {
public:
  SweepCode(mlir::gpu::GPUModuleOp module, kernel::KernelOp kernel, const Signature &signature, const Schedule &schedule,
            const std::string &name, unsigned indexWidth, int64_t threads)
      : KernelCode(module, kernel, signature, name, indexWidth, threads), schedule(schedule), segments(kernel) {}

  /// All sweeps of the groups, one after the other.
  virtual void emitWhole() = 0;
  /// One sweep; what its chunks come to is left for each block.
  virtual void emitStage(unsigned sweep) = 0;

protected:
  /// The ops of a segment, for one group: what it stores, and what it hands on.
  void runSegment(unsigned number, Scope &scope);
  /// The segment in one thread of those that share a group; what it hands on is given to all by `broadcast`.
  void runSegmentOnce(unsigned number, Scope &scope, mlir::Value isLeader,
                      llvm::function_ref<Values(mlir::ValueRange)> broadcast);

  /// What `teams` teams of a block come to, a power of two of them, lane by lane, in the first of them.
  Values mergeTeams(const Monoids &monoids, mlir::ValueRange parts, mlir::Value team, mlir::Value lane, unsigned teams,
                    unsigned lanes);

  /// Partial results of block `block` of a group, and values that segments hand on, in global memory.
  void storeParts(const Monoids &monoids, mlir::ValueRange parts, mlir::Value block, mlir::Value group, int sweep);
  Values loadParts(const Monoids &monoids, mlir::Value block, mlir::Value group, int sweep);
  /// What `count` entries come to, of which one is loaded at a time.
  Values mergeInOrder(const Monoids &monoids, mlir::Value count, llvm::function_ref<Values(mlir::Value)> load);
  void storeHandedOn(unsigned segment, const Scope &scope, mlir::Value group);
  /// Those that a sweep, or a segment, reads.
  void loadHandedOn(llvm::ArrayRef<mlir::Operation *> readers, Scope &scope, mlir::Value group);

  /// Whether all operands of sweeps that vary along an axis begin where `vector` adjacent elements are aligned.
  mlir::Value isAlignedAlong(unsigned axis, unsigned vector);

  mlir::Value wide(mlir::Value value) { return code.resize(value, code.getI64Type()); }
  mlir::Value groupCount() { return productOf(parallel); }

  const Schedule &schedule;
  const Segments segments;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_SWEEPCODE_H
