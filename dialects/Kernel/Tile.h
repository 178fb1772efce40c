//===- Tile.h - groups that are gone through side by side ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_TILE_H
#define NORMC_DIALECTS_KERNEL_TILE_H

#include "dialects/Kernel/Order.h"

#include <optional>

namespace normc::kernel {

/// A tile of adjacent groups: columns, where the last axis is kept, or short runs.
struct Tile {
  unsigned axis = 0;      ///< the joined axis that it covers a part of
  int64_t extent = -1;    ///< of that axis; -1 where it is not known now
  int64_t width = 0;      ///< groups that a tile has at most
  int64_t length = 0;     ///< of a short run; 0 for columns
  int64_t rows = 1;       ///< of columns: rows that are summed side by side
  int64_t storeRows = 1;  ///< of columns: rows that are stored at once
  int64_t storeWidth = 0; ///< of columns: those of a row that are stored at once
  int64_t storeGroups = 1; ///< of short runs: those that are stored at once, in whole cache lines
  int64_t lanes = 0;      ///< elements that an array of lanes has
  int64_t sumLanes = 0;   ///< the same of one that is summed in
  bool isFlat = true;     ///< all tensors of the sweeps vary as the space does, so that lanes need not be told apart
  bool isPlain = false;   ///< flat, and rows are so long that each is a loop of its own where nothing is summed
  bool isRuns() const { return length > 0; }
};

/// The second-level cache that a core has for itself, in bytes, as schedules assume it.
inline constexpr int64_t privateCache = 2 << 20;

/// Whether what sweeps of a kernel read again stays in a core's private cache meanwhile: the part of the operands that belongs to a
/// tile, or to a group where groups are gone through one at a time. False where extents of the sweeps are not
/// known now.
bool isResident(KernelOp kernel);

/// How the groups of a kernel are gone through side by side; nothing where one at a time is right.
std::optional<Tile> chooseTile(KernelOp kernel);

} // namespace normc::kernel

#endif // NORMC_DIALECTS_KERNEL_TILE_H
