//===- Held.cpp - what is held on chip between sweeps --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Held.h"
#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/KernelCode.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace normc::ptx {

bool isOfOneGroup(kernel::KernelOp kernel, Value tensor) {
  return llvm::all_of(joinedAxes(kernel), [&](const kernel::JoinedAxis &axis) {
    return !axis.isParallel || varies(cast<RankedTensorType>(tensor.getType()), axis);
  });
}

HeldElements::HeldElements(kernel::KernelOp kernel) {
  const SmallVector<kernel::JoinedAxis> joined = joinedAxes(kernel);
  auto isAlong = [&](Value tensor) {
    return !joined.empty() && !joined.back().isParallel && varies(cast<RankedTensorType>(tensor.getType()), joined.back());
  };
  auto bytesOf = [](Value tensor) { return storageBytes(cast<RankedTensorType>(tensor.getType()).getElementType()); };
  // When each is read, and until when what is kept is needed.
  llvm::MapVector<Value, HeldArea> read;
  llvm::MapVector<int64_t, HeldArea> keeps;
  unsigned number = 0;
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
    llvm::DenseSet<Value> here;
    for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep))) {
      if (isAlong(load.getTensor()) && here.insert(load.getTensor()).second)
        movedAgain += bytesOf(load.getTensor());
      auto [place, isNew] = read.insert({load.getTensor(), HeldArea()});
      if (isNew)
        place->second.first = number;
      place->second.last = number;
    }
    for (auto keep : sweep.getBody().front().getOps<kernel::KeepOp>())
      keeps[keep.getSlot()] = {number, number, deviceType(keep.getValue().getType())};
    for (auto recalled : sweep.getBody().front().getOps<kernel::KeptOp>())
      keeps[recalled.getSlot()].last = number;
    ++number;
  }

  for (auto &[tensor, area] : read)
    moved += isAlong(tensor) ? bytesOf(tensor) : 0;
  for (Value tensor : kernel.getTensors())
    if (isAlong(tensor)) {
      moved += bytesOf(tensor);
      movedAgain += bytesOf(tensor);
    }

  SmallVector<HeldArea *> ofPoints;
  auto isHeld = [&](Value tensor, const HeldArea &area) { return area.first != area.last && isOfOneGroup(kernel, tensor); };
  for (auto &[tensor, area] : read) {
    if (!isHeld(tensor, area))
      continue;
    area.element = cast<RankedTensorType>(tensor.getType()).getElementType();
    int64_t &bytes = isAlong(tensor) ? pointBytes : runBytes;
    area.before = bytes;
    bytes += storageBytes(area.element);
    if (isAlong(tensor))
      ofPoints.push_back(&area);
  }
  // What is kept may lie where something lay that no later sweep reads: a thread reads a point before it keeps one.
  for (auto &[slot, area] : keeps) {
    if (area.first == area.last)
      continue;
    auto isFree = [&, &area = area](HeldArea *other) {
      return other->last <= area.first && storageBytes(other->element) == storageBytes(area.element);
    };
    auto found = llvm::find_if(ofPoints, isFree);
    if (found == ofPoints.end()) {
      area.before = pointBytes;
      pointBytes += storageBytes(area.element);
    } else {
      area.before = (*found)->before;
      ofPoints.erase(found);
    }
    kept[slot] = area;
  }
  for (auto &[tensor, area] : read)
    if (isHeld(tensor, area))
      tensors[tensor] = area;
}

} // namespace normc::ptx
