//===- MinimumCut.cpp - a minimum cut by maximum flow --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/MinimumCut.h"

#include <algorithm>

using namespace llvm;

namespace normc {

void FlowGraph::addEdge(unsigned from, unsigned to, int64_t capacity) {
  edges[from].push_back({to, unsigned(edges[to].size()), capacity});
  edges[to].push_back({from, unsigned(edges[from].size() - 1), 0});
}

/// Breadth first: distances from the source over edges that have something left.
bool FlowGraph::findLevels(unsigned source, unsigned sink) {
  level.assign(edges.size(), -1);
  level[source] = 0;
  SmallVector<unsigned> queue{source};
  for (size_t head = 0; head < queue.size(); ++head)
    for (const Edge &edge : edges[queue[head]])
      if (edge.capacity > 0 && level[edge.to] < 0) {
        level[edge.to] = level[queue[head]] + 1;
        queue.push_back(edge.to);
      }
  return level[sink] >= 0;
}

/// One path down the levels, depth first without recursion: graphs may be thousands of ops deep.
bool FlowGraph::augment(unsigned source, unsigned sink) {
  SmallVector<std::pair<unsigned, unsigned>> path; // node, edge taken
  unsigned node = source;
  while (node != sink) {
    unsigned &at = next[node];
    while (at < edges[node].size() &&
           !(edges[node][at].capacity > 0 && level[edges[node][at].to] == level[node] + 1))
      ++at;
    if (at < edges[node].size()) {
      path.emplace_back(node, at);
      node = edges[node][at].to;
      continue;
    }
    if (path.empty())
      return false;
    node = path.pop_back_val().first; // a dead end: the edge that led here leads nowhere
    ++next[node];
  }
  int64_t flow = unlimited;
  for (auto [from, edge] : path)
    flow = std::min(flow, edges[from][edge].capacity);
  for (auto [from, edge] : path) {
    Edge &taken = edges[from][edge];
    taken.capacity -= flow;
    edges[taken.to][taken.reverse].capacity += flow;
  }
  return true;
}

BitVector FlowGraph::sinkSide(unsigned source, unsigned sink) {
  while (findLevels(source, sink)) {
    next.assign(edges.size(), 0);
    while (augment(source, sink)) {
    }
  }
  // Backwards from the sink over edges that have something left.
  BitVector side(edges.size());
  side.set(sink);
  SmallVector<unsigned> queue{sink};
  for (size_t head = 0; head < queue.size(); ++head)
    for (const Edge &edge : edges[queue[head]])
      if (!side.test(edge.to) && edges[edge.to][edge.reverse].capacity > 0) {
        side.set(edge.to);
        queue.push_back(edge.to);
      }
  return side;
}

} // namespace normc
