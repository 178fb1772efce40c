//===- Order.cpp - how a kernel's points lie, and are summed -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Order.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace normc::kernel {

SmallVector<JoinedAxis> joinedAxes(KernelOp kernel) {
  llvm::SetVector<Type> tensors;
  llvm::SmallDenseSet<int64_t> positions;
  kernel.walk([&](Operation *op) {
    if (auto load = dyn_cast<LoadOp>(op))
      tensors.insert(load.getTensor().getType());
    else if (auto index = dyn_cast<IndexOp>(op))
      positions.insert(index.getAxis());
  });
  tensors.insert(kernel.getResultTypes().begin(), kernel.getResultTypes().end());
  auto isOneToAll = [&](int64_t a, int64_t b) {
    return !positions.contains(a) && !positions.contains(b) && llvm::all_of(tensors, [&](Type type) {
      auto tensor = cast<RankedTensorType>(type);
      return (tensor.getDimSize(a) == 1) == (tensor.getDimSize(b) == 1);
    });
  };
  SmallVector<JoinedAxis> joined;
  for (auto [axis, extent] : llvm::enumerate(kernel.getSpace())) {
    if (extent == 1)
      continue;
    const bool isParallel = llvm::is_contained(kernel.getParallel(), int64_t(axis));
    if (joined.empty() || joined.back().isParallel != isParallel || !isOneToAll(joined.back().axes.back(), axis))
      joined.push_back({{}, isParallel});
    joined.back().axes.push_back(axis);
  }
  return joined;
}

SmallVector<int64_t> extentsOf(KernelOp kernel, const JoinedAxis &axis) {
  SmallVector<int64_t> extents;
  for (int64_t a : axis.axes)
    extents.push_back(kernel.getSpace()[a]);
  return extents;
}

int64_t staticExtent(KernelOp kernel, const JoinedAxis &axis) {
  int64_t product = 1;
  for (int64_t extent : extentsOf(kernel, axis)) {
    if (extent < 0)
      return -1;
    product *= extent;
  }
  return product;
}

bool varies(RankedTensorType type, const JoinedAxis &axis) { return type.getDimSize(axis.axes.front()) != 1; }

} // namespace normc::kernel
