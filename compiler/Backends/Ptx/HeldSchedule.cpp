//===- HeldSchedule.cpp - groups held in shared memory -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block has T teams, a power of two, with 2^r chunks each. T is chosen here, so that a
// chunk for each team fits the target; r and the number of blocks follow from the extents of
// a call (`normc_hold` in compiler/Backends/Manifest/EmitGpuPlan.cpp).
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Schedule.h"
#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/LaunchPlan.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc::ptx {

/// Teams of a block are at most so many; a block alone on its multiprocessor needs as many threads to keep the memory busy.
static constexpr int64_t mostTeams = 16;

int64_t Schedule::roundBytes() const {
  const int64_t points = int64_t(lanes.slots()) * wholeThreads() * held.bytesOfPoint();
  return points + llvm::alignTo(held.bytesOfRun() * int64_t(teams), 16);
}

/// Of the space, as far as they are known.
static int64_t pointsOf(kernel::KernelOp kernel) {
  uint64_t points = 1;
  for (int64_t extent : kernel.getSpace())
    points = llvm::SaturatingMultiply<uint64_t>(points, std::max<int64_t>(extent, 1));
  return std::min<uint64_t>(points, INT64_MAX);
}

llvm::SmallVector<Schedule> chooseHeld(kernel::KernelOp kernel, const Schedule &chosen, const Target &target) {
  if (chosen.layout != Layout::runs || chosen.isResident || chosen.teams == 1 || pointsOf(kernel) > narrowPoints)
    return {};
  Schedule held = chosen;
  held.held = HeldElements(kernel);
  held.hasTree = true;
  held.hasStages = false;
  held.ridersIn = RiderSums::global;
  if (held.held.bytesOfPoint() == 0)
    return {};
  const int64_t room = target.shared - otherShared, rounds = held.roundsOfChunk();
  held.teams = mostTeams;
  if (held.chunks >= 0)
    held.teams = std::min<int64_t>(mostTeams, llvm::PowerOf2Ceil(std::max<int64_t>(held.chunks, 2)));
  while (held.teams > 1 && rounds * held.roundBytes() > room)
    held.teams /= 2;
  if (held.teams == 1)
    return {};

  // Which forms the extents leave open.
  int64_t blocks = -1;
  if (held.chunks >= 0) {
    int64_t each = 1;
    while (each * held.teams < held.chunks && 2 * each * rounds * held.roundBytes() <= room)
      each *= 2;
    blocks = std::max<int64_t>(1, llvm::divideCeil(held.chunks, each * int64_t(held.teams)));
  }
  const bool hasClusters = target.capability >= 90;
  llvm::SmallVector<Schedule> forms;
  auto add = [&](Sharing sharing) {
    held.sharing = sharing;
    forms.push_back(held);
  };
  if (hasClusters && blocks <= clusterBlocks)
    add(Sharing::cluster);
  // Sums that ride along are a block's.
  if (!hasClusters || (!held.hasRiders && (blocks < 0 || blocks > clusterBlocks)))
    add(Sharing::grid);
  return forms;
}

} // namespace normc::ptx
