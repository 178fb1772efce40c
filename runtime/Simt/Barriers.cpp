//===- Barriers.cpp - barriers of blocks and clusters -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

namespace normc::runtime::simt {

bool Launch::arriveAtBarrier(Thread &thread, int32_t place, int32_t id, int32_t count) {
  Block &block = *thread.block;
  if (id < 0 || id >= Block::barrierCount)
    return report(thread, "divergent barrier: " + placeName(place) + " waits at barrier " + std::to_string(id) +
                              ", but a block has those from 0 to " + std::to_string(Block::barrierCount - 1));
  if (count < 0 || count > block.size || (count != block.size && count % warpSize != 0))
    return report(thread, "divergent barrier: " + placeName(place) + " is for " + std::to_string(count) +
                              " threads, which must be a multiple of 32, in a block of " + std::to_string(block.size));
  Barrier &barrier = block.barriers[id];
  const int32_t expected = count == 0 ? block.size : count;
  if (expected > block.size - block.exited)
    return report(thread, "divergent barrier: it waits at " + placeName(place) + ", but " +
                              std::to_string(block.exited) + " threads of its block have exited");
  if (barrier.arrived > 0 && (barrier.place != place || barrier.expected != expected))
    return report(thread, "divergent barrier: it waits at " + placeName(place) + ", but " +
                              threadName(barrier.first->number) + " waits at " + placeName(barrier.place));
  if (barrier.arrived++ == 0)
    barrier.first = &thread;
  barrier.expected = expected;
  barrier.place = place;
  thread.place = place;
  thread.barrier = id;
  thread.state = State::atBarrier;
  if (barrier.arrived < expected) {
    wait(thread, State::atBarrier);
    return true;
  }
  completeBarrier(thread, id);
  return true;
}

/// What the threads there did is known to all of them.
void Launch::completeBarrier(Thread &last, int32_t id) {
  Block &block = *last.block;
  Barrier &barrier = block.barriers[id];
  const bool all = barrier.expected == block.size;
  std::vector<Thread *> members;
  if (!all || block.anyOthers)
    for (int32_t index = 0; index < block.size; ++index)
      if (Thread &member = block.threads[index]; member.state == State::atBarrier && member.barrier == id)
        members.push_back(&member);
  if (!all) {
    // Some of the block only: their deeds become part of what they know of others.
    block.anyOthers = true;
    for (Thread *member : members)
      member->others = deedsOf(*member);
  }
  if (block.anyOthers)
    joinOthers(members.data(), members.size());
  const Time now = ++world.time;
  if (all)
    block.known = now;
  for (int32_t index = 0; index < block.size; ++index)
    if (Thread &member = block.threads[index]; member.state == State::atBarrier && member.barrier == id) {
      member.now = now;
      if (&member != &last)
        makeReady(member);
    }
  last.state = State::running;
  barrier = Barrier();
  ++progress;
}

bool Launch::arriveAtCluster(Thread &thread, int32_t place, bool relaxed) {
  Cluster &cluster = *thread.block->cluster;
  if (thread.clusterArrived)
    return report(thread, "divergent barrier: it arrives at " + placeName(place) +
                              " twice without waiting for the cluster between");
  thread.clusterArrived = true;
  thread.place = place;
  Time &arrival = thread.clusterArrivals[cluster.phase & 1];
  SharedOthers &learnt = cluster.learnt[cluster.phase & 1];
  if (cluster.arrived == 0)
    learnt.reset();
  if (relaxed) {
    arrival = thread.clusterArrivals[(cluster.phase + 1) & 1];
  } else {
    learnt = join(learnt, thread.others);
    arrival = thread.now = ++world.time;
  }
  ++cluster.arrived;
  passCluster(thread);
  return true;
}

/// Lets the cluster go on where all of its threads that have not exited are there.
void Launch::passCluster(Thread &thread) {
  Cluster &cluster = *thread.block->cluster;
  if (cluster.live == 0 || cluster.arrived < cluster.live)
    return;
  cluster.arrived = 0;
  ++cluster.phase;
  ++progress;
  for (Block &block : blocks)
    if (block.cluster == &cluster)
      for (int32_t index = 0; index < block.size; ++index)
        if (block.threads[index].state == State::atCluster)
          makeReady(block.threads[index]);
}

bool Launch::waitForCluster(Thread &thread, int32_t place) {
  Cluster &cluster = *thread.block->cluster;
  if (!thread.clusterArrived)
    return report(thread, "divergent barrier: it waits at " + placeName(place) + " without having arrived");
  thread.place = place;
  // Nobody can be further than one barrier ahead, as it would need this thread's arrival.
  if (cluster.phase == thread.clusterPhase)
    wait(thread, State::atCluster);
  thread.clusterArrived = false;
  ++thread.clusterPhase;
  if (const SharedOthers &learnt = cluster.learnt[(thread.clusterPhase - 1) & 1]) {
    thread.others = join(thread.others, learnt);
    thread.block->anyOthers = true;
  }
  return true;
}

char *Launch::mapShared(Thread &thread, int32_t place, void *address, int32_t rank) {
  Block &own = *thread.block;
  auto *byte = static_cast<char *>(address);
  if (byte < own.arena || byte > own.arena + arenaBytes) {
    report(thread, "wrong address space: " + placeName(place) + " maps an address that is not in its shared memory");
    return nullptr;
  }
  if (rank < 0 || rank >= shape.cluster) {
    report(thread, "out of bounds: " + placeName(place) + " maps shared memory of block " + std::to_string(rank) +
                       " of a cluster of " + std::to_string(shape.cluster));
    return nullptr;
  }
  return residentBlock(own.index - thread.cluster_ctarank + rank)->arena + (byte - own.arena);
}

} // namespace normc::runtime::simt
