//===- Monoids.h - sums in lanes, and what they come to ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of summation is that of dialects/Kernel/README.md: a chunk is summed in
// accumulators of the scalar's type, which fold by halves; chunks merge in f64, neighbours
// pairwise. Here are the accumulators of one thread, a chunk's end, and the merging.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_MONOIDS_H
#define NORMC_COMPILER_BACKENDS_PTX_MONOIDS_H

#include "compiler/Backends/Ptx/Code.h"
#include "dialects/Kernel/KernelDialect.h"

namespace normc::ptx {

/// What a monoid adds at a point: a term, or a product that a sum adds unrounded.
struct Term {
  mlir::Value value; ///< the term in the kernel, a factor of a product
  mlir::Value other; ///< the other factor, or null
};
/// Of a sum (or of what rides along): factor times factor where the term is a product that is computed in the sweep.
Term termOf(kernel::Monoid monoid, mlir::Value term);

/// a combined with b as lanes are; a comes before b.
mlir::Value combine(Code &code, kernel::Monoid monoid, mlir::Value a, mlir::Value b);
/// What accumulators start with: +0, or the infinity that any term replaces.
mlir::Value identityOf(Code &code, kernel::Monoid monoid, mlir::Type type);
/// s + x, fma(u, v, s), or the greater or lesser of both. `factor` may be null.
mlir::Value accumulateTerm(Code &code, kernel::Monoid monoid, mlir::Value sum, mlir::Value term, mlir::Value factor);
/// A shift that is not finite would make NaN of an infinite mean.
mlir::Value finiteOrZero(Code &code, mlir::Value shift);

inline bool isShifted(kernel::Monoid monoid) {
  return monoid == kernel::Monoid::mean || monoid == kernel::Monoid::moments;
}

/// The monoids of a sweep. What they come to, of a chunk or of many, is a list of f64: the number of points where a mean is among
/// them, then each monoid's: a sum, a maximum, a minimum, a mean, or a mean and the sum of squared deviations from it.
class Monoids {
public:
  explicit Monoids(kernel::SweepOp sweep);
  /// A single sum, of no sweep.
  static Monoids ofSum();
  /// These for each of `count` groups with as many points: the number of points, then group by group.
  Monoids repeated(unsigned count) const;

  struct Entry {
    kernel::Monoid monoid;
    mlir::Value term;   ///< in the kernel
    mlir::Value result; ///< the first
    unsigned place;     ///< of its first part
  };
  llvm::ArrayRef<Entry> entries() const { return list; }
  bool empty() const { return list.empty(); }
  bool hasShifts() const { return counts; }
  /// How many parts there are.
  unsigned size() const { return parts; }

  Values identity(Code &code) const;
  /// b after a, as Chan, Golub and LeVeque do it for means.
  Values merge(Code &code, mlir::ValueRange a, mlir::ValueRange b) const;
  /// The sweep's results, by the values that stand for them.
  void results(mlir::ValueRange parts, llvm::function_ref<void(mlir::Value, mlir::Value)> bind) const;
  /// Of a chunk of `points` (f64): sums (of squares, for moments), about shifts.
  Values finish(Code &code, mlir::Value points, mlir::ValueRange shifts, mlir::ValueRange sums,
                mlir::ValueRange squares) const;

private:
  Monoids() = default;
  llvm::SmallVector<Entry> list;
  bool counts = false;
  unsigned parts = 0;
};

/// Merges what follows one after the other: neighbours pairwise, level by level, an odd last one passing up. The levels are in a
/// thread's own memory, which its L1 has.
class MergeTree {
public:
  /// Levels for 2^39 entries.
  static constexpr unsigned mostLevels = 40;
  /// Its memory is taken at the start of `function`; fewer than 2^levels entries are pushed.
  MergeTree(Code &code, mlir::Block &function, const Monoids &monoids, unsigned levels = mostLevels);

  /// Adds entry `number` (an index, counted from 0).
  void push(mlir::Value number, mlir::ValueRange entry);
  /// What `count` entries come to.
  Values total(mlir::Value count);

private:
  Values load(mlir::Value level);
  mlir::Value address(mlir::Value level, unsigned part);

  Code &code;
  const Monoids &monoids;
  mlir::Value memory;
};

/// What some entries that are all known come to, as the tree would have it.
Values mergeAll(Code &code, const Monoids &monoids, llvm::SmallVector<Values> entries);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_MONOIDS_H
