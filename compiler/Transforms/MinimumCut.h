//===- MinimumCut.h - a minimum cut by maximum flow ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_MINIMUMCUT_H
#define NORMC_COMPILER_TRANSFORMS_MINIMUMCUT_H

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace normc {

/// A directed graph with capacities, between one source and one sink. Dinic's algorithm: flow along shortest paths, level by level.
class FlowGraph {
public:
  static constexpr int64_t unlimited = INT64_MAX / 4;

  explicit FlowGraph(unsigned nodes) : edges(nodes) {}
  void addEdge(unsigned from, unsigned to, int64_t capacity);

  /// The nodes on the sink's side of the minimum cut that lies nearest to the sink.
  llvm::BitVector sinkSide(unsigned source, unsigned sink);

private:
  struct Edge {
    unsigned to, reverse; // `reverse`: its place among the edges of `to`
    int64_t capacity;     // what is left of it
  };
  bool findLevels(unsigned source, unsigned sink);
  bool augment(unsigned source, unsigned sink);

  llvm::SmallVector<llvm::SmallVector<Edge, 4>> edges; // by node
  llvm::SmallVector<int> level;
  llvm::SmallVector<unsigned> next; // by node: the first edge that may still lead on
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_MINIMUMCUT_H
