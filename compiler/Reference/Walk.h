//===- Walk.h - loops over arrays that repeat ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_REFERENCE_WALK_H
#define NORMC_COMPILER_REFERENCE_WALK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <cstdint>

namespace normc::reference {

/// Walks a dense array row by row, together with N dense arrays whose extents are its own or 1. Axes of extent 1
/// vanish, neighbours that every array steps through alike join. Along a row each array has stride 1, or 0 where it
/// repeats: what lies inside the last varying axis has extent 1.
template <size_t N>
class Walk {
public:
  Walk(llvm::ArrayRef<int64_t> extents, const std::array<llvm::ArrayRef<int64_t>, N> &others)
      : empty(llvm::is_contained(extents, 0)) {
    if (empty) // strides might overflow
      return;
    std::array<int64_t, N> size;
    size.fill(1);
    llvm::SmallVector<Axis, 8> reversed;
    for (size_t axis = extents.size(); axis-- > 0;) {
      if (extents[axis] == 1)
        continue;
      Axis next{extents[axis], {}};
      for (size_t i = 0; i < N; ++i) {
        next.strides[i] = others[i][axis] == 1 ? 0 : size[i];
        size[i] *= others[i][axis];
      }
      if (!reversed.empty() && joins(next, reversed.back()))
        reversed.back().extent *= next.extent;
      else
        reversed.push_back(next);
    }
    if (!reversed.empty())
      row = reversed.front();
    for (size_t axis = reversed.size(); axis-- > 1;)
      outer.push_back(reversed[axis]);
  }

  int64_t rowLength() const { return row.extent; }
  bool repeatsInRow(size_t i) const { return row.strides[i] == 0; }

  /// Calls body(position of the row, positions of the others) in order.
  template <typename Body>
  void forEachRow(Body body) const {
    if (empty)
      return;
    llvm::SmallVector<int64_t, 8> counters(outer.size(), 0);
    std::array<int64_t, N> positions;
    positions.fill(0);
    for (int64_t position = 0;; position += row.extent) {
      body(position, positions);
      size_t axis = outer.size();
      for (;; --axis) {
        if (axis == 0)
          return;
        const Axis &a = outer[axis - 1];
        if (++counters[axis - 1] < a.extent) {
          for (size_t i = 0; i < N; ++i)
            positions[i] += a.strides[i];
          break;
        }
        counters[axis - 1] = 0;
        for (size_t i = 0; i < N; ++i)
          positions[i] -= (a.extent - 1) * a.strides[i];
      }
    }
  }

private:
  struct Axis {
    int64_t extent = 1;
    std::array<int64_t, N> strides{};
  };

  static bool joins(const Axis &outside, const Axis &inside) {
    for (size_t i = 0; i < N; ++i)
      if (outside.strides[i] != inside.strides[i] * inside.extent)
        return false;
    return true;
  }

  bool empty;
  llvm::SmallVector<Axis, 8> outer;
  Axis row;
};

} // namespace normc::reference

#endif // NORMC_COMPILER_REFERENCE_WALK_H
