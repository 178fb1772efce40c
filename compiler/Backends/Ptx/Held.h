//===- Held.h - what is held on chip between sweeps ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elements that several sweeps read, and what a sweep keeps for a later one, lie in dynamic
// shared memory from the first sweep that has them on. Each thread finds there what it put
// there itself, so that no barrier is needed.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_HELD_H
#define NORMC_COMPILER_BACKENDS_PTX_HELD_H

#include "dialects/Kernel/KernelDialect.h"

#include "llvm/ADT/DenseMap.h"

namespace normc::ptx {

/// Whether no two groups read an element of a tensor: others (gamma of a layer norm) are found in a cache, and need not be held.
bool isOfOneGroup(kernel::KernelOp kernel, mlir::Value tensor);

/// A place for each point of a block's groups, or for each run.
struct HeldArea {
  unsigned first = 0, last = 0; ///< sweeps that have it
  mlir::Type element;
  int64_t before = 0;           ///< bytes of the areas in front of it, of one point (or one run)
};

/// The areas of a kernel.
class HeldElements {
public:
  HeldElements() = default;
  explicit HeldElements(kernel::KernelOp kernel);

  const HeldArea *find(mlir::Value tensor) const { return lookup(tensors, tensor); }
  const HeldArea *findKept(int64_t slot) const { return lookup(kept, slot); }
  /// Of all areas together.
  int64_t bytesOfPoint() const { return pointBytes; }
  int64_t bytesOfRun() const { return runBytes; }
  /// What a point reads and writes in global memory: held, and where each sweep reads again.
  int64_t bytesMoved() const { return moved; }
  int64_t bytesMovedAgain() const { return movedAgain; }

private:
  template <typename Map, typename Key>
  static const HeldArea *lookup(const Map &map, Key key) {
    auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }

  llvm::DenseMap<mlir::Value, HeldArea> tensors;
  llvm::DenseMap<int64_t, HeldArea> kept; ///< by slot
  int64_t pointBytes = 0, runBytes = 0, moved = 0, movedAgain = 0;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_HELD_H
