//===- ColumnsSchedule.cpp - how columns run on a GPU --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/KernelCode.h"
#include "compiler/Backends/Ptx/Schedule.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace normc::ptx {

/// Threads of a block that goes through columns.
static constexpr int64_t columnThreads = 256;
/// Registers of 32 bits for what a lane has of its columns all along, and for the rows that it reads together.
/// 128 bytes in flight of each of 512 threads or more cover the latency of memory.
static constexpr int64_t stateRegisters = 96, flightRegisters = 32;
/// Of what a lane has all along, with 8 columns: their elements of 16 bits are unpacked beside it.
static constexpr int64_t stateOfEight = 64;
/// Those for both where elements are held, of the 255 that a lane may have.
static constexpr int64_t heldAndState = 160;
/// Scalars of all rows that are read together, and of all that are held: beyond that, code is long, and computing covers latency.
static constexpr int64_t mostScalars = 1024, mostHeldScalars = 2048;
/// What an elementary function, and a 16-bit float, come to.
static constexpr int64_t functionScalars = 32, conversionScalars = 8;

static int64_t registersOf(Type type) { return std::max<int64_t>(1, storageBytes(type) / 4); }

/// The tensors that sweeps load and store along the columns.
static llvm::SetVector<Value> streamedTensors(kernel::KernelOp kernel, const kernel::JoinedAxis &columns) {
  llvm::SetVector<Value> tensors;
  auto add = [&](Operation *op, Value tensor) {
    if (isa<kernel::SweepOp>(op->getParentOp()) && varies(cast<RankedTensorType>(tensor.getType()), columns))
      tensors.insert(tensor);
  };
  kernel.walk([&](kernel::LoadOp load) { add(load, load.getTensor()); });
  kernel.walk([&](kernel::StoreOp store) { add(store, kernel.getResult(store.getResult())); });
  return tensors;
}

/// What a lane has of one column, at most: accumulators, shifts, and scalars that the sweep reads.
static int64_t registersOfColumn(kernel::SweepOp sweep) {
  int64_t registers = 0;
  const Monoids monoids(sweep);
  for (const auto &entry : monoids.entries())
    registers += registersOf(entry.term.getType()) * (entry.monoid == kernel::Monoid::moments ? 3
                                                      : isShifted(entry.monoid)               ? 2
                                                                                              : 1);
  llvm::SetVector<Value> outer;
  sweep.walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (Operation *made = operand.getDefiningOp(); made && made->getBlock() == sweep->getBlock())
        outer.insert(operand);
  });
  for (Value value : outer)
    registers += isa<RankedTensorType>(value.getType()) ? 0 : registersOf(value.getType());
  return registers;
}

/// Operations on a point, roughly.
static int64_t scalarsOf(kernel::SweepOp sweep) {
  int64_t scalars = 0;
  for (Operation &op : sweep.getBody().front()) {
    const bool isConversion = isa<arith::ExtFOp, arith::TruncFOp>(op) &&
                              std::min(op.getOperand(0).getType().getIntOrFloatBitWidth(),
                                       op.getResult(0).getType().getIntOrFloatBitWidth()) == 16;
    scalars += kernel::functionOf(&op) ? functionScalars : isConversion ? conversionScalars : 1;
  }
  return scalars;
}

/// A lane's part of a tile: 16 bytes of adjacent columns of the narrowest operand, where they divide the columns; one column of
/// each of four banks elsewhere; fewer where their scalars would not leave room for rows.
static Lanes lanesForColumns(kernel::KernelOp kernel, ArrayRef<Value> tensors, int64_t columns) {
  int64_t narrowest = 8, widest = 1, each = 1;
  for (Value tensor : tensors) {
    const int64_t bytes = storageBytes(cast<RankedTensorType>(tensor.getType()).getElementType());
    narrowest = std::min(narrowest, bytes);
    widest = std::max(widest, bytes);
  }
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>())
    each = std::max(each, registersOfColumn(sweep));
  Lanes lanes;
  lanes.vector = 1;
  for (unsigned vector : {8u, 4u, 2u}) {
    const bool isWanted = vector == 8 ? widest <= 2 : vector == 4 ? narrowest <= 4 : true;
    if (isWanted && columns > 0 && columns % vector == 0 && vector * each <= (vector == 8 ? stateOfEight : stateRegisters)) {
      lanes.vector = vector;
      break;
    }
  }
  int64_t slots = std::max(4u, lanes.vector);
  while (slots > lanes.vector && slots * each > stateRegisters)
    slots /= 2;
  lanes.lanes = kernel::chunkLanes / slots;
  lanes.banks = slots / lanes.vector;
  return lanes;
}

/// As many of 4, 2 and 1 as registers and the length of the code allow.
static unsigned rowsFor(kernel::KernelOp kernel, ArrayRef<Value> tensors, const Lanes &lanes) {
  int64_t ofRow = 0, scalars = 0;
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
    int64_t registers = 0;
    llvm::SetVector<Value> loaded;
    for (kernel::LoadOp load : loadsFor(sweep, rootsOf(sweep)))
      if (llvm::is_contained(tensors, load.getTensor()) && loaded.insert(load.getTensor())) {
        const int64_t bytes = storageBytes(cast<RankedTensorType>(load.getTensor().getType()).getElementType());
        registers += lanes.banks * std::max<int64_t>(1, bytes * lanes.vector / 4);
      }
    ofRow = std::max(ofRow, registers);
    scalars = std::max(scalars, scalarsOf(sweep));
  }
  unsigned rows = 4;
  while (rows > 1 && (rows * ofRow > flightRegisters || rows * lanes.slots() * scalars > mostScalars))
    rows /= 2;
  return rows;
}

void chooseColumns(kernel::KernelOp kernel, ArrayRef<kernel::JoinedAxis> joined, Schedule &schedule) {
  schedule.layout = Layout::columns;
  SmallVector<kernel::JoinedAxis> reduced;
  for (const kernel::JoinedAxis &axis : joined)
    if (!axis.isParallel)
      reduced.push_back(axis);
  schedule.runs = productOf(kernel, reduced);
  schedule.length = staticExtent(kernel, joined.back());
  const llvm::SetVector<Value> tensors = streamedTensors(kernel, joined.back());
  schedule.lanes = schedule.vectorLanes = lanesForColumns(kernel, tensors.getArrayRef(), schedule.length);
  schedule.rowsInFlight = rowsFor(kernel, tensors.getArrayRef(), schedule.lanes);

  // What half of the teams come to meets in shared memory, as does what all of them fold.
  int64_t parts = 1;
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>())
    parts = std::max<int64_t>(parts, Monoids(sweep).repeated(schedule.lanes.slots()).size());
  schedule.teams = std::max<int64_t>(1, columnThreads / schedule.lanes.lanes);
  // A thread for each column of a tile there must be.
  while (schedule.wholeThreads() > kernel::chunkLanes &&
         schedule.wholeThreads() / 2 * parts * 8 > sharedPerBlock)
    schedule.teams /= 2;

  if (schedule.runs >= 0 && schedule.length >= 0) {
    int64_t rowLanes = 1;
    while (2 * rowLanes * schedule.length <= kernel::chunkLanes && rowLanes < kernel::chunkLanes)
      rowLanes *= 2;
    const int64_t chunkRows = kernel::chunkRuns * rowLanes;
    schedule.chunks = schedule.runs / chunkRows + (schedule.runs % chunkRows != 0);
    schedule.laneRows = std::min<int64_t>(kernel::chunkRuns, (std::min(schedule.runs, chunkRows) + rowLanes - 1) / rowLanes);
  }
  if (schedule.chunks < 0 || schedule.chunks > int64_t(schedule.teams)) {
    schedule.hasTree = true;
    schedule.hasStages = true;
    return;
  }
  // Held in registers: a team has one chunk.
  const int64_t points = int64_t(schedule.laneRows) * schedule.lanes.slots(), held = points * heldBytes(kernel) / 4;
  int64_t scalars = 0, state = 0;
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
    scalars += points * scalarsOf(sweep);
    state = std::max(state, schedule.lanes.slots() * registersOfColumn(sweep));
  }
  schedule.isResident = held > 0 && held <= heldRegisters && held + state <= heldAndState && scalars <= mostHeldScalars &&
                        schedule.wholeThreads() * (held + otherRegisters) <= allRegisters;
}

} // namespace normc::ptx
