//===- SavedChoice.h - what passes from forward to backward ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_SAVEDCHOICE_H
#define NORMC_COMPILER_TRANSFORMS_SAVEDCHOICE_H

#include "compiler/Transforms/Precision.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace normc {

/// The values of one joint function by when they are known, and which of them the forward saves.
class SavedChoice {
public:
  /// `checked`: computed values that the backward needs in any case, and refuses where they are 0.
  explicit SavedChoice(mlir::func::FuncOp joint, llvm::ArrayRef<mlir::Value> checked = {});

  /// What the backward uses of an argument that is written over, position by position: a value that has a name, or the
  /// argument; null if there is none.
  mlir::Value usedOf(mlir::BlockArgument argument);

  /// What is written for the backward, and what it reads.
  int64_t bytes();

  /// What the gradients reach from what is at hand, by data and by extents.
  std::pair<llvm::SmallPtrSet<mlir::Value, 32>, llvm::SmallPtrSet<mlir::Value, 32>> reached() const;

  mlir::func::FuncOp joint;
  Precision precision;
  llvm::SmallVector<mlir::Value> arguments, results, gradients;
  llvm::SetVector<mlir::BlockArgument> cotangents;
  llvm::SetVector<mlir::Value> free; ///< read again at no cost
  llvm::SetVector<mlir::Value> saved;
  llvm::SmallPtrSet<mlir::Value, 4> checked;
  /// By result: the argument that stands for it in what only the backward computes.
  llvm::DenseMap<unsigned, mlir::Value> readAgain;
  /// Arguments, and the results that are written over them.
  llvm::MapVector<mlir::Value, unsigned> overwritten;

private:
  bool savesAll();
  llvm::SetVector<mlir::Value> used();
  void markCompared();
  bool isComparedRounded(mlir::Value value);
  bool isFree(mlir::Value value);
  llvm::SetVector<mlir::Value> everythingUsed();
  llvm::SetVector<mlir::Value> cheapest();

  llvm::SmallVector<mlir::Operation *> backwardOps;
  llvm::SetVector<mlir::Value> early; ///< known without cotangents
  llvm::DenseSet<mlir::Value> compared;
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_SAVEDCHOICE_H
