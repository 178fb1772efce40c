//===- RunsCode.h - groups whose points are runs -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_RUNSCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_RUNSCODE_H

#include "compiler/Backends/Ptx/SweepCode.h"

#include <map>

namespace normc::ptx {

/// The last axis is swept. A team of up to 32 lanes takes a chunk, with the accumulators in its lanes' registers; a crew of one
/// team, or of all teams of a block, takes a group.
class RunsCode : public SweepCode {
public:
  using SweepCode::SweepCode;

  void emitWhole() override;
  void emitStage(unsigned sweep) override;

private:
  //===--- one point in each slot ----------------------------------------===//

  /// A point of a lane.
  struct Slot {
    Scope scope;
    mlir::Value position; ///< in its run
    mlir::Value isInside; ///< of the run
  };
  /// A point for each slot: the lanes' part of a run.
  struct Round {
    llvm::SmallVector<Slot> slots;
    mlir::Value run;               ///< of the group
    mlir::Value place;             ///< among the rounds of the team, where they are held in shared memory
    mlir::Value isUpper;           ///< adds to the upper half of 256 accumulators; null where that is not asked
    std::optional<int64_t> number; ///< in its chunk, where that is known now
    Values at;                     ///< where it lies along the joined axes
  };
  /// The points of one chunk.
  struct Chunk {
    mlir::Value firstRun, runs, begin, length; ///< runs is 0 where the team has no chunk
    mlir::Value roundsPerRun, rounds;
  };

  void emitFrame(llvm::function_ref<void()> body);
  void emitGroups();
  void emitGroup(mlir::Value number);
  mlir::Value isAligned();

  void findOrder();
  Chunk chunkAt(mlir::Value number, mlir::Value exists);

  /// Reads what `roots` need at the points of a round.
  /// `uniform` holds what does not vary along a run, from one round to the next.
  Round readRound(kernel::SweepOp sweep, const Chunk &chunk, mlir::Value number, bool mayExceed, const Scope &group,
                  Values &uniform);
  Values startUniform(kernel::SweepOp sweep);
  Values readBank(kernel::SweepOp sweep, llvm::ArrayRef<mlir::Value> tensors, const Round &round, unsigned bank,
                  mlir::Value position, mlir::Value isInside);
  /// What does not vary along a run.
  Values readUniform(kernel::SweepOp sweep, mlir::Value tensor, const Round &round);
  /// Stores, and what is kept or rides along, at the points of a round.
  void runEffects(kernel::SweepOp sweep, Round &round);
  void runRider(kernel::AccumulateOp rider, Round &round);
  mlir::Value valueAt(mlir::Value value, Round &round, Slot &slot);

  //===--- held in shared memory -------------------------------------------===//

  /// The place of an area's element that the lane has in a bank of a round; of a run's, in its first round.
  Operand heldAt(const HeldArea &area, const Round &round);
  Operand heldOfRun(const HeldArea &area, const Round &round);
  mlir::Value heldPosition(unsigned bank);
  Values readHeldBank(kernel::SweepOp sweep, llvm::ArrayRef<mlir::Value> tensors, const Round &round, unsigned bank,
                      mlir::Value position, mlir::Value isInside);
  /// What earlier sweeps kept for the lane's part of a bank.
  Values recall(const HeldArea &area, const Round &round, unsigned bank, mlir::Value isInside);
  void keep(const HeldArea &area, const Round &round, unsigned bank, mlir::ValueRange values, mlir::Value isInside);

  //===--- sums ------------------------------------------------------------===//

  enum class Which { all, shifted, plain };
  unsigned laneSlots() const { return schedule.length < 0 ? 2 * lanes.slots() : lanes.slots(); }
  Values startLanes(const Monoids &monoids);
  unsigned lanePlace(const Monoids &monoids, unsigned entry, bool isSquare) const;
  void accumulate(const Monoids &monoids, Values &state, Round &round, mlir::ValueRange shifts, Which which);
  void addTo(Values &state, unsigned place, const Round &round, unsigned slot,
             llvm::function_ref<mlir::Value(mlir::Value)> next);
  mlir::Value fold(Values slots, kernel::Monoid monoid);

  Values sumChunk(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, const Chunk &chunk);
  /// The head of a chunk gives the shifts; what it reads is held until they are known.
  struct Progress {
    Values state, uniform; ///< of the lanes; of the run
    Values shifts;
    mlir::Value next;      ///< round
  };
  void sumHead(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, const Chunk &chunk, Progress &progress);
  void sumSavedHead(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, const Chunk &chunk,
                    Progress &progress);
  /// What the parts of range `number` come to: the chunks of one team.
  Values sumRange(kernel::SweepOp sweep, const Monoids &monoids, const Scope &group, mlir::Value number);
  void visit(kernel::SweepOp sweep, const Monoids &monoids, Round &round, Progress &progress, Which which);
  /// fma(x, 1 / k, s) over the k points of the head.
  void addToHead(const Monoids &monoids, Round &round, mlir::Value points, llvm::MutableArrayRef<Values> sums);

  //===--- crews ------------------------------------------------------------===//

  bool isBlockCrew() const { return schedule.teams > 1; }
  mlir::Value isLeader();    ///< the first thread of the crew
  mlir::Value isSetLeader(); ///< that of its set's first block
  /// What the teams of a block come to, in its first thread.
  Values gather(const Monoids &monoids, Values parts);
  /// What the blocks of a set come to, in the first thread of the first.
  Values gatherSet(const Monoids &monoids, Values parts);
  Values broadcast(mlir::ValueRange values);
  Values broadcastInBlock(mlir::ValueRange values);
  Values broadcastInCluster(mlir::ValueRange values);
  Values broadcastInGrid(mlir::ValueRange values);
  void gridBarrier();

  //===--- sums that ride along ----------------------------------------------===//

  void emitRows();
  /// The place of a rider's sums in a bank of a round, where the thread has them to itself.
  unsigned riderPlace(unsigned rider, int64_t round, unsigned bank) const;
  Operand riderMemory(unsigned rider);
  /// Leaves them in global memory.
  void storeRiders();

  Lanes lanes;
  std::optional<unsigned> inner;        ///< the joined axis of the runs
  llvm::SmallVector<unsigned> outer;    ///< the other reduced ones, which count runs
  mlir::Value lane, team, crew, crews;  ///< lane as i32
  mlir::Value members;                  ///< lanes of the warp that are of the crew
  mlir::Value runCount, length, whole, pieces, chunks;
  Values riderSums;                     ///< in registers
  mlir::Value rowInChunk, rowLanes, rowChunk; ///< of rows, where sums ride along
  mlir::Value set, blockOfSet, blocksOfSet; ///< blocks that share a group; null where there is one
  mlir::Value currentGroup;
  mlir::Value roundsBefore;             ///< of the team's chunks before the current one
  unsigned partsTaken = 0, valuesTaken = 0; ///< of a group, in global memory
  /// By load or slot of what is kept, and round: what is held in registers.
  std::map<std::pair<const void *, int64_t>, Values> held;
  std::map<std::pair<int64_t, int64_t>, Values> kept;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_RUNSCODE_H
