//===- KernelPartition.h - which values share a kernel -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel has parallel axes; its reductions run over the others, in as many sweeps as
// they depend on one another. Reductions over the same axes of the same space share a
// kernel wherever nothing between them must run first; what is elementwise is computed
// where it is used, and results are stored in the sweep that has what they need.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_KERNELPARTITION_H
#define NORMC_COMPILER_TRANSFORMS_KERNELPARTITION_H

#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/FinishedSum.h"
#include "compiler/Transforms/Precision.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace normc {

/// An op that is computed wherever it is used, at no cost: a constant, a count, a position, a rank, a repetition.
bool isInlined(mlir::Operation *op);
llvm::SmallVector<int64_t> reducedAxes(mlir::Operation *op);

/// One kernel to be.
struct KernelGroup {
  llvm::SmallVector<int64_t> space;
  llvm::SmallVector<int64_t> swept;              ///< axes of the sweeps; the others are parallel
  llvm::SmallVector<mlir::Operation *> reductions; ///< in order
  llvm::SmallVector<FinishedSum> riding;           ///< sums over the parallel axes, for each point of the swept ones
  llvm::SetVector<mlir::Value> stored;           ///< values that it leaves in tensors
  unsigned sync = 0;                             ///< collectives that it waits for, one after the other
  AxisSet parallelAxes = 0;                      ///< those along which the space varies
  AxisSet sweptAxes = 0;                         ///< the same

  /// The sum that rides along and comes to this value, or null.
  const FinishedSum *ridingTo(mlir::Value value) const {
    const auto *found = llvm::find_if(riding, [&](const FinishedSum &sum) { return sum.value == value; });
    return found == riding.end() ? nullptr : found;
  }
};

/// Where the value of an expression is computed for a kernel that needs it.
enum class Place { load, group, point };

class KernelPartition {
public:
  KernelPartition(mlir::func::FuncOp function, const ExtentClasses &classes);

  /// In the order in which they run.
  llvm::ArrayRef<KernelGroup *> getKernels() const { return order; }
  /// Whether a value is read from a tensor, computed once for each parallel point, or at each point.
  Place placeOf(const KernelGroup &kernel, mlir::Value value) const;
  /// Whether other kernels read a value from a tensor.
  bool isRead(mlir::Value value) const { return inTensor.contains(value); }
  /// The sweep of its kernel after which a value is known, from 1; 0 where it needs none.
  unsigned levelIn(const KernelGroup &kernel, mlir::Value value) const;

private:
  /// The level of what is known only when a kernel has ended.
  static constexpr unsigned afterwards = ~0u;

  void propagate(mlir::Operation *op);
  bool canRide(mlir::Operation *op);
  bool rides(mlir::Operation *op);
  llvm::SmallVector<int64_t> chooseSwept(mlir::Value root) const;
  /// Whether a value is known within a kernel of reductions.
  bool isInside(const KernelGroup &kernel, mlir::Value value) const;
  /// The kernel of reductions that can store a value beside them, or null.
  KernelGroup *hostOf(mlir::Value value) const;
  bool isCheap(mlir::Value value) const;
  KernelGroup &createKernel(llvm::SmallVector<int64_t> space, llvm::ArrayRef<int64_t> swept);
  void assignReductions();
  void findCostly();
  void assignResults();
  void demand(KernelGroup &kernel, mlir::Value value);
  void materialize(mlir::Value value);
  int lastKernelOf(mlir::Value value) const { return lastKernel.lookup(value); }

  mlir::func::FuncOp function;
  const ExtentClasses &classes;
  Precision precision;
  std::vector<std::unique_ptr<KernelGroup>> kernels;
  llvm::SmallVector<KernelGroup *> main;               ///< those with reductions, in order
  llvm::DenseMap<mlir::Value, int> lastKernel;         ///< the last of `main` on which a value depends, or -1
  llvm::DenseMap<mlir::Operation *, KernelGroup *> home; ///< of a reduction, and of what a sum that rides along comes to
  llvm::DenseMap<mlir::Value, unsigned> levels;        ///< within the kernel lastKernel
  llvm::DenseMap<mlir::Value, unsigned> syncs;         ///< collectives, one after the other, before a value is known
  llvm::DenseSet<mlir::Value> needed;
  llvm::DenseSet<mlir::Value> costly;                  ///< values that other kernels read, as computing them again takes too many ops
  llvm::DenseSet<mlir::Value> inTensor;                ///< values that are stored for others to read
  llvm::MapVector<mlir::Value, KernelGroup *> narrow;  ///< values with an elementwise kernel of their own
  llvm::SmallVector<std::pair<int, KernelGroup *>> elementwise; ///< kernels of results, by the kernel that they follow
  llvm::SmallVector<KernelGroup *> order;
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_KERNELPARTITION_H
