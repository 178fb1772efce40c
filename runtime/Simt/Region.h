//===- Region.h - memory and what is known of it ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_REGION_H
#define NORMC_RUNTIME_SIMT_REGION_H

#include "runtime/Simt/Epoch.h"

#include <cstddef>
#include <vector>

namespace normc::runtime::simt {

/// Of a few neighbouring bytes: who wrote them last, and who has read them since.
struct Cell {
  Epoch write, read;
};

/// Which threads read a cell at once: lanes of warps, each warp at most once, in ascending order.
struct Readers {
  struct Warp {
    uint32_t warp = 0;
    uint32_t lanes = 0;
    Time time = 0; ///< of the latest of them
  };
  std::vector<Warp> warps;
};

/// Bytes that belong together, a buffer or an array in shared memory, with cells over them. A cell is as wide as the narrowest
/// access so far: 16 bytes at first, so that vectors cost one cell, and split where something narrower comes.
class Region {
public:
  /// The cells stay, where there are as many bytes as before: what happened before `newSince` no longer counts.
  void reset(char *newBase, size_t newBytes, bool newWritten, Time newSince) {
    if (newBytes != bytes) {
      shift = widest;
      cells.clear();
    }
    base = newBase;
    bytes = newBytes;
    written = newWritten;
    since = newSince;
  }
  /// The host has written all of it.
  void forget() { cells.clear(); }
  /// What was written was written by the host, for all that is known.
  void forgetTimes() {
    for (Cell &cell : cells)
      cell = {cell.write ? hostWrote() : Epoch(), Epoch()};
  }
  /// Before all that kernels do.
  static Epoch hostWrote() { return Epoch(0, 1, false); }

  bool holds(const char *address, size_t count) const {
    return address >= base && count <= bytes && size_t(address - base) <= bytes - count;
  }

  /// The cells of [offset, offset + count).
  Cell *find(size_t offset, size_t count, size_t &number, std::vector<Readers> &readers) {
    if (((offset | count) & ((size_t(1) << shift) - 1)) != 0 || cells.empty())
      divide(offset | count, readers);
    number = count >> shift;
    return cells.data() + (offset >> shift);
  }
  size_t cellBytes() const { return size_t(1) << shift; }

  char *base = nullptr;
  size_t bytes = 0;
  bool written = false; ///< where no cell says who wrote it, the host did
  Time since = 0;       ///< when it came into being

private:
  static constexpr unsigned widest = 4;
  void divide(size_t granule, std::vector<Readers> &readers);

  unsigned shift = widest;
  std::vector<Cell> cells; ///< none before the first access
};

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_REGION_H
