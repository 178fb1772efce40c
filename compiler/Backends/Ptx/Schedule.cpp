//===- Schedule.cpp - how a kernel runs on a GPU -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Schedule.h"
#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/KernelCode.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::ptx {

/// Rounds of a chunk, at most, that are emitted one by one, so that each has registers of its own.
static constexpr int64_t mostNamed = 16;
/// Registers that a lane may hold elements in beside sums that ride along.
static constexpr int64_t heldBesideRiders = 96;
/// Threads of a block whose warps have groups of their own, and of one that shares a group.
static constexpr int64_t crewThreads = 128, blockThreads = 256;

int64_t Schedule::wholeThreads() const {
  if (layout == Layout::points)
    return pointThreads;
  return teams > 1 || layout == Layout::columns ? int64_t(teams) * lanes.lanes : int64_t(crews) * lanes.lanes;
}

int64_t Schedule::stageThreads() const { return wholeThreads(); }

int64_t Schedule::roundsOfChunk() const {
  const int64_t width = lanes.width();
  if (length < 0 || length > kernel::chunkElements)
    return kernel::chunkElements / width;
  int64_t whole = std::min(kernel::chunkRuns, kernel::chunkElements / std::max<int64_t>(length, 1));
  if (runs >= 0)
    whole = std::min(whole, runs);
  return std::max<int64_t>(whole, 1) * std::max<int64_t>((length + width - 1) / width, 1);
}

int64_t productOf(kernel::KernelOp kernel, ArrayRef<kernel::JoinedAxis> axes) {
  int64_t product = 1;
  for (const kernel::JoinedAxis &axis : axes) {
    const int64_t extent = staticExtent(kernel, axis);
    if (extent < 0)
      return -1;
    product = std::min<int64_t>(llvm::SaturatingMultiply<uint64_t>(product, extent), INT64_MAX);
  }
  return product;
}

int64_t chunksOfRuns(int64_t runs, int64_t length) {
  if (runs < 0 || length < 0)
    return -1;
  const int64_t whole = std::max<int64_t>(1, std::min(kernel::chunkRuns, kernel::chunkElements / std::max<int64_t>(length, 1)));
  const int64_t pieces = (length + kernel::chunkElements - 1) / kernel::chunkElements;
  return pieces * ((runs + whole - 1) / whole);
}

/// Lanes for runs of `length`: one accumulator a point where there are no more than 256, else 128 of them.
static Lanes lanesFor(int64_t length, unsigned vector) {
  int64_t width = kernel::chunkLanes;
  if (length >= 0 && length <= 2 * kernel::chunkLanes)
    width = llvm::PowerOf2Ceil(std::max<int64_t>(length, 1));
  Lanes lanes;
  lanes.vector = std::min<int64_t>(vector, width);
  lanes.lanes = std::min<int64_t>(32, width / lanes.vector);
  // Of 256 accumulators, those of the first 128 points are a bank.
  if (width > kernel::chunkLanes)
    lanes.lanes = std::min<int64_t>(lanes.lanes, kernel::chunkLanes / lanes.vector);
  lanes.banks = width / (lanes.vector * lanes.lanes);
  return lanes;
}

/// Adjacent points that a lane reads at once: 16 bytes of the narrowest operand that varies along the runs, 4 or 8 of them.
static unsigned vectorFor(kernel::KernelOp kernel, const kernel::JoinedAxis &inner, int64_t length) {
  int64_t narrowest = 8, widest = 1;
  auto add = [&](Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!varies(type, inner))
      return;
    narrowest = std::min(narrowest, storageBytes(type.getElementType()));
    widest = std::max(widest, storageBytes(type.getElementType()));
  };
  kernel.walk([&](kernel::LoadOp load) { add(load.getTensor()); });
  llvm::for_each(kernel.getTensors(), add);
  for (unsigned vector : {8u, 4u, 2u}) {
    // Eight where all are small, two where all are large.
    const bool isWanted = vector == 8 ? widest <= 2 : vector == 4 ? narrowest <= 4 : true;
    if (isWanted && length > 0 && length % vector == 0 && length >= 2 * vector)
      return vector;
  }
  return 1;
}

int64_t heldBytes(kernel::KernelOp kernel) {
  llvm::DenseMap<Value, llvm::SmallPtrSet<Operation *, 4>> places;
  kernel.walk([&](kernel::LoadOp load) { places[load.getTensor()].insert(load->getParentOp()); });
  int64_t bytes = 0;
  for (auto &[tensor, sweeps] : places)
    if (sweeps.size() > 1)
      bytes += storageBytes(cast<RankedTensorType>(tensor.getType()).getElementType());
  kernel.walk([&](kernel::KeepOp keep) { bytes += storageBytes(keep.getValue().getType()); });
  return bytes;
}

/// Elements that a lane holds between sweeps, as 32-bit registers: of what several sweeps of a group read, and of what is kept.
static int64_t registersHeld(kernel::KernelOp kernel, const Schedule &schedule) {
  llvm::DenseMap<Value, llvm::SmallPtrSet<Operation *, 4>> places;
  kernel.walk([&](kernel::LoadOp load) { places[load.getTensor()].insert(load->getParentOp()); });
  int64_t bytes = 0;
  auto add = [&](Type type) {
    // Beside sums that ride along, 16 bits and what they are widened to take more than a register.
    const int64_t stored = storageBytes(type);
    bytes += schedule.hasRiders && stored < 4 ? 6 : stored;
  };
  for (auto &[tensor, sweeps] : places)
    if (sweeps.size() > 1 && isOfOneGroup(kernel, tensor))
      add(cast<RankedTensorType>(tensor.getType()).getElementType());
  kernel.walk([&](kernel::KeepOp keep) { add(keep.getValue().getType()); });
  return schedule.roundsOfChunk() * schedule.lanes.slots() * bytes / 4;
}

/// Whether a column has one accumulator for a sum that rides along.
static bool hasOneRow(const Schedule &schedule) {
  return schedule.runs == 1 && 2 * schedule.length > kernel::chunkLanes;
}

/// Where a thread has a run's points to itself, row after row, it has their sums, too: in registers beside what is held there, or in
/// its part of shared memory.
static void chooseRiders(kernel::KernelOp kernel, const Target &target, Schedule &schedule) {
  if (!schedule.hasRiders || !hasOneRow(schedule) || schedule.hasTree)
    return;
  // Where many rounds are read again, what is read ahead takes the registers.
  if (!schedule.isResident && schedule.roundsOfChunk() > 4)
    return;
  kernel.walk([&](kernel::AccumulateOp rider) {
    schedule.riderElement = std::max(schedule.riderElement, storageBytes(rider.getValue().getType()));
  });
  const int64_t sums = schedule.riders * schedule.roundsOfChunk() * schedule.lanes.slots() * schedule.riderElement / 4;
  const int64_t registers = sums + (schedule.isResident ? registersHeld(kernel, schedule) : 0);
  if (registers <= heldRegisters && schedule.wholeThreads() * (registers + otherRegisters) <= allRegisters)
    schedule.ridersIn = RiderSums::registers;
  else if (schedule.riderBytes() <= target.shared - otherShared)
    schedule.ridersIn = RiderSums::shared;
}

static void chooseRuns(kernel::KernelOp kernel, ArrayRef<kernel::JoinedAxis> joined, Schedule &schedule) {
  schedule.layout = Layout::runs;
  SmallVector<kernel::JoinedAxis> reduced;
  for (const kernel::JoinedAxis &axis : joined)
    if (!axis.isParallel)
      reduced.push_back(axis);
  schedule.length = reduced.empty() ? 1 : staticExtent(kernel, reduced.back());
  schedule.runs = reduced.empty() ? 1 : productOf(kernel, ArrayRef(reduced).drop_back());
  schedule.chunks = chunksOfRuns(schedule.runs, schedule.length);
  schedule.lanes = schedule.vectorLanes = lanesFor(schedule.length, 1);
  if (!reduced.empty())
    if (unsigned vector = vectorFor(kernel, reduced.back(), schedule.length); vector > 1)
      schedule.vectorLanes = lanesFor(schedule.length, vector);
  // One layout of threads serves both: what a lane reads at once does not change who is in a team.
  const int64_t team = schedule.lanes.lanes;
  auto keepLanes = [&] {
    if (schedule.vectorLanes.lanes != team)
      schedule.vectorLanes = lanesFor(schedule.length, schedule.vectorLanes.vector / 2);
    if (schedule.vectorLanes.lanes != team)
      schedule.vectorLanes = schedule.lanes;
  };
  if (schedule.chunks >= 0 && schedule.chunks <= 1) {
    schedule.crews = crewThreads / team;
    // Where a column has one accumulator, a chunk of rows is one crew's, and a block has no other.
    if (schedule.hasRiders && hasOneRow(schedule)) {
      schedule.crews = 1;
      keepLanes();
    }
  } else {
    schedule.crews = 1;
    const int64_t most = blockThreads / team;
    schedule.teams = schedule.chunks > 0 && schedule.chunks <= 2 * most && team == 32
                         ? schedule.chunks
                         : int64_t(most);
    // A team has as many lanes either way.
    keepLanes();
    if (schedule.chunks < 0 || schedule.chunks > int64_t(schedule.teams)) {
      schedule.hasTree = true;
      schedule.hasStages = !schedule.hasRiders;
    }
  }
  // Held in registers: where a team has one chunk.
  if (schedule.runs > 0 && schedule.length > 0 && !schedule.hasTree && schedule.roundsOfChunk() <= mostNamed) {
    const int64_t held = registersHeld(kernel, schedule);
    schedule.isResident = held > 0 && held <= (schedule.hasRiders ? heldBesideRiders : heldRegisters) &&
                          schedule.wholeThreads() * (held + otherRegisters) <= allRegisters;
  }
}

Schedule chooseSchedule(kernel::KernelOp kernel, const Target &target) {
  Schedule schedule;
  if (kernel.getBody().getOps<kernel::SweepOp>().empty())
    return schedule;
  kernel.walk([&](kernel::AccumulateOp) { ++schedule.riders; });
  schedule.hasRiders = schedule.riders > 0;
  SmallVector<kernel::JoinedAxis> joined = joinedAxes(kernel);
  if (joined.empty() || !joined.back().isParallel) {
    chooseRuns(kernel, joined, schedule);
    chooseRiders(kernel, target, schedule);
    return schedule;
  }
  chooseColumns(kernel, joined, schedule);
  return schedule;
}

std::string Schedule::describe() const {
  if (layout == Layout::points)
    return "a thread for each point";
  if (layout == Layout::columns) {
    std::string text = fmt::format("columns: {} teams of {} lanes for a tile of columns", teams, vectorLanes.lanes);
    if (vectorLanes.vector > 1)
      text += fmt::format(", {} columns at once where aligned", vectorLanes.vector);
    if (isResident)
      return text + ", held in registers";
    text += fmt::format(", {} rows in flight", rowsInFlight);
    return text + (hasStages ? ", or a launch for each sweep" : "");
  }
  std::string text = teams == 1 ? fmt::format("runs: {} lanes for a group, {} groups a block", lanes.lanes, crews)
                                : fmt::format("runs: {} teams of {} lanes for a group{}", teams, lanes.lanes,
                                              hasStages ? ", or a launch for each sweep" : "");
  if (vectorLanes.vector > 1)
    text += fmt::format(", {} elements at once where aligned", vectorLanes.vector);
  if (isResident)
    text += ", held in registers";
  if (sharing == Sharing::cluster)
    text += ", held in the shared memory of a cluster of blocks";
  if (sharing == Sharing::grid)
    text += ", held in the shared memory of one block or several of a resident grid";
  if (hasRiders)
    text += ridersIn == RiderSums::registers ? ", sums over the groups ride along in registers"
            : ridersIn == RiderSums::shared  ? ", sums over the groups ride along in shared memory"
                                             : ", sums over the groups ride along";
  return text;
}

} // namespace normc::ptx
