//===- SweepWriter.h - kernels with sweeps -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_SWEEPWRITER_H
#define NORMC_COMPILER_BACKENDS_CPP_SWEEPWRITER_H

#include "compiler/Backends/Cpp/Chunks.h"
#include "compiler/Backends/Cpp/KernelWriter.h"

#include "llvm/ADT/SmallPtrSet.h"
#include <optional>

namespace normc::cpp {

/// What kernels with sweeps share, whether they go through one group at a time or through many.
class SweepWriter : public KernelWriter {
public:
  SweepWriter(kernel::KernelOp kernel, const llvm::DenseMap<mlir::Value, std::string> &tensors);

protected:
  /// One monoid of a sweep and the variables that it is summed in.
  struct Accumulator {
    kernel::Monoid monoid;
    mlir::Value term;
    mlir::Value result;     ///< the first
    std::string type;       ///< of lanes: float or double
    std::string kind;       ///< Sum, Max, Min or Moments
    std::string base;       ///< the name of what it comes to
    std::string lane;       ///< sums in lanes
    std::string second;     ///< of moments: sums of squares
    std::string shift;      ///< of means: what terms are compared with
    bool isShifted() const { return monoid == kernel::Monoid::mean || monoid == kernel::Monoid::moments; }
  };
  std::vector<Accumulator> accumulatorsOf(kernel::SweepOp sweep);

  /// What a sweep sums, as one variable: a monoid, or a struct of several.
  struct Sums {
    std::vector<Accumulator> accumulators;
    std::string type;
    std::string name;  ///< of what a group comes to
    std::string parts; ///< the array of what threads leave for each other, if they do
    std::string first; ///< `i1 % 2 * 32 + `, of the parts of the current group, where its number does not tell
    /// One of them, in a variable of the type.
    std::string member(const Accumulator &accumulator, const std::string &variable) const {
      return accumulators.size() == 1 ? variable : variable + "." + accumulator.base;
    }
  };
  /// Names them. Of a tile, kinds are templates, of the groups that it has at most.
  Sums sumsOf(kernel::SweepOp sweep, int64_t tileWidth = 0);
  /// Says what a struct of several is.
  void declareSums(const Sums &sums);
  /// Memory for what threads that share a group leave for each other: on the heap, unless it is little.
  void declareParts(Sums &sums, int64_t bytes);
  /// Opens what is done for each chunk, into `here`; closes what all come to. One chunk is `sums.name` itself.
  void openSums(const Sums &sums);
  void closeSums(const Sums &sums);
  /// Where chunk c lies, and its head where there are means to be compared with.
  void declarePlaces(const Sums &sums);
  std::string hereOf(const Sums &sums) const { return chunks->isSingle() ? sums.name : "here"; }

  /// ((i0 n1 + i1) n2 + i2) .., over the joined axes along which the tensor varies, `stop` and those after it at 0. The last
  /// one before `stop` may be at another index than its own, `before`.
  std::string positionOf(mlir::RankedTensorType type, unsigned stop = ~0u, llvm::StringRef before = "");
  std::string extentText(const kernel::JoinedAxis &axis) { return code.product(extentsOf(kernel, axis)); }
  std::string productText(llvm::ArrayRef<unsigned> axes);
  static std::string indexName(const kernel::JoinedAxis &axis);
  /// const int64_t i0 = .., i2 = ..: where `number`, which counts the points of some joined axes, lies along each of them.
  void declareIndices(const std::string &number, llvm::ArrayRef<unsigned> axes);

  /// Names the scalars of a block that `roots` need and that deserve it.
  void defineNeeded(mlir::Block &block, llvm::ArrayRef<mlir::Value> roots);
  llvm::SmallVector<mlir::Value> rootsOf(kernel::SweepOp sweep);

  /// lane[l] = lane[l] + term, or what the monoid says.
  void accumulate(const Accumulator &accumulator, const std::string &lane);
  /// The squared deviations of moments.
  static mlir::Value secondResult(const Accumulator &a) {
    return a.result.getDefiningOp()->getResult(mlir::cast<mlir::OpResult>(a.result).getResultNumber() + 1);
  }
  /// The functor that folds lanes, as a last argument, where they are not added.
  static std::string combineArgument(kernel::Monoid monoid);
  /// float x_lane[128] = {}; with what terms are compared with in each lane before it, if that is wanted.
  void declareLanes(const Accumulator &accumulator, const std::string &lanes, bool withShift = false);
  /// sum = fma(term, 1 / n, sum), of the n points of a chunk's head.
  std::string headTerm(mlir::Value term, const std::string &sum);

  /// Tensors of which a sweep reads elements that `roots` need.
  llvm::SmallVector<mlir::Value> tensorsLoadedIn(kernel::SweepOp sweep, llvm::ArrayRef<mlir::Value> roots);
  bool variesAlong(mlir::Value tensor, unsigned axis) const { return varies(typeOf(tensor), joined[axis]); }
  static llvm::SmallVector<kernel::StoreOp> storesOf(kernel::SweepOp sweep);

  // The frame: threads, groups, chunks.
  /// Each thread has groups of its own; all share each of few; or one or the other, as they find when they run.
  enum class Threading { none, groups, tasks, shared };

  Count countOf(llvm::ArrayRef<unsigned> axes);
  /// Says what a group's chunks are, and how threads go through `groups` of them.
  void chooseThreading(Count groups, Chunks chunks);
  /// Opens the block that all threads run. `groupBytes` are read for a group.
  void openThreads(const std::string &groupBytes);
  /// As many threads as there are, or one where there is little to do: clauses of a pragma.
  std::string threadsClause();
  void closeThreads();
  /// for (int64_t group = ..)
  void openGroups();
  void closeGroups();
  bool sharesGroups() const { return threading == Threading::shared || threading == Threading::tasks; }
  /// Around what one thread does for a group that all share; nothing where none is shared.
  void openLeader();
  void closeLeader();
  /// Bytes of cache that those have who share a group.
  std::string cacheOfGroup();
  /// Whether there is a group after the current one, for this thread.
  std::string hasNextGroup() const;
  /// for (int64_t c = ..), and where chunk c lies; nothing where there is one chunk.
  /// With `pointsOfChunk` in spans from the last, which is near where a sweep has just ended, to the first.
  void openChunks(int64_t pointsOfChunk = 0);
  /// Chunks that are gone through onwards before those that lie before them are.
  static int64_t spanOf(int64_t pointsOfChunk);
  void closeChunks();
  /// Stores past the caches where the output exceeds them: const bool stream = ..
  void declareStream();
  /// Whether a tensor has an element for each point of the space.
  bool isLarge(mlir::Value tensor) const;
  /// Bytes that are read for each point of the space, of tensors as large as it: what a tile keeps on chip.
  int64_t bytesPerPoint();
  /// Of the space, or -1 where that is not known now; numbers that do not fit stay large.
  int64_t staticPoints(int64_t bytes);

  /// Points between what is read and what is fetched meanwhile: 4 KiB of f32.
  static constexpr int64_t pointsAhead = 1024;
  /// Whether what a sweep reads comes from memory, so that it is worth fetching ahead.
  bool readsMemory(bool isFirst) { return threading != Threading::none && (isFirst || !isResident(kernel)); }

  Threading threading = Threading::none;
  bool hasTasks = false;  ///< declared
  int openLoops = 0;      ///< over chunks
  int64_t stackBytes = 0; ///< of what threads leave for each other
  Count groups;
  std::optional<Chunks> chunks;
  std::string groupName = "0"; ///< as text, the number of the current group
  std::string stream = "false";
  llvm::SmallVector<kernel::JoinedAxis> joined;
  llvm::SmallVector<unsigned> parallel, reduced; ///< numbers of joined axes
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_SWEEPWRITER_H
