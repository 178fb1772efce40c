//===- Schedule.cpp - whose turn it is --------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks that need not be resident together run one after another, as a GPU may run them: whatever relies on more does not
// come through. Within what is resident, a warp runs until all its lanes wait, then the next one. Lanes that poll memory,
// by atomics and volatile loads, let all others run before they look again.
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace normc::runtime::simt {

/// Rounds in which nothing happens but polling, until it is called a deadlock.
static constexpr int patience = 10000;

static constexpr size_t redzone = 256;

Launch::Launch(World &world, const Settings &settings, const normc_simt_kernel &kernel, const Shape &shape,
               const void *const *parameters)
    : kernel(kernel), parameters(parameters), world(world), settings(settings), shape(shape), began(++world.time),
      resident(shape.cooperative ? shape.grid : shape.cluster), warpsPerBlock((shape.block + warpSize - 1) / warpSize),
      counts(size_t(kernel.access_count)), lastRegion(size_t(kernel.access_count)),
      lastShared(size_t(kernel.access_count)), randomState(settings.seed) {
  world.readers.clear();
}

Launch::~Launch() {
  for (char *arena : arenas)
    std::free(arena);
}

/// SplitMix64, by Steele, Lea and Flood.
uint64_t Launch::random() {
  uint64_t z = randomState += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Ascending items, in the order of the settings.
template <typename T>
void Launch::arrange(std::vector<T> &items) {
  if (settings.order == Order::descending)
    for (size_t i = 0; i < items.size() / 2; ++i)
      std::swap(items[i], items[items.size() - 1 - i]);
  if (settings.order == Order::shuffled)
    for (size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[random() % i]);
}

bool Launch::prepare() {
  for (int32_t array = 0; array < kernel.shared_count; ++array) {
    const normc_simt_shared &shared = kernel.shared[array];
    const size_t bytes = shared.bytes < 0 ? size_t(shape.shared) : size_t(shared.bytes);
    arenaBytes = std::max(arenaBytes, size_t(shared.offset) + bytes);
  }
  arenaBytes = (arenaBytes + 2 * redzone - 1) / redzone * redzone;
  const size_t count = size_t(resident) * size_t(shape.block);
  if (!world.stacks.reserve(count))
    return false;
  threads.resize(count);
  blocks.resize(size_t(resident));
  clusters.resize(size_t(resident / shape.cluster));
  for (size_t index = 0; index < blocks.size(); ++index) {
    auto *arena = static_cast<char *>(std::aligned_alloc(redzone, arenaBytes));
    if (!arena)
      return false;
    arenas.push_back(arena);
    Block &block = blocks[index];
    block.arena = arena;
    block.size = shape.block;
    block.threads = threads.data() + index * size_t(shape.block);
    block.cluster = &clusters[index / size_t(shape.cluster)];
    block.warps.resize(size_t(warpsPerBlock));
    block.shared.resize(size_t(kernel.shared_count));
  }
  return true;
}

/// Puts a block where an earlier one may have been.
void Launch::start(Block &block, int64_t index) {
  block.index = index;
  block.first = uint32_t(index * shape.block);
  block.exited = 0;
  block.anyOthers = false;
  block.known = ++world.time;
  for (Barrier &barrier : block.barriers)
    barrier = Barrier();
  for (int32_t array = 0; array < kernel.shared_count; ++array) {
    const normc_simt_shared &shared = kernel.shared[array];
    block.shared[size_t(array)].reset(block.arena + shared.offset,
                                      shared.bytes < 0 ? size_t(shape.shared) : size_t(shared.bytes), false, block.known);
  }
  block.cluster->live += block.size;
  for (int32_t tid = 0; tid < block.size; ++tid) {
    Thread &thread = block.threads[tid];
    thread.hooks = &engineHooks();
    thread.shared = block.arena;
    thread.tid = tid;
    thread.ntid = shape.block;
    thread.ctaid = int32_t(index);
    thread.nctaid = int32_t(shape.grid);
    thread.laneid = tid % warpSize;
    thread.cluster_ctarank = int32_t(index % shape.cluster);
    thread.cluster_nctarank = shape.cluster;
    thread.clusterid = int32_t(index / shape.cluster);
    thread.nclusterid = int32_t(shape.grid / shape.cluster);
    thread.launch = this;
    thread.block = &block;
    thread.number = block.first + uint32_t(tid);
    thread.state = State::ready;
    thread.now = thread.warpKnown = block.known;
    thread.others.reset();
    thread.acquiring.reset();
    thread.releasing.reset();
    thread.clusterPhase = 0;
    thread.clusterArrived = false;
    thread.clusterArrivals[0] = thread.clusterArrivals[1] = 0;
    const auto stack = size_t(&thread - threads.data());
    thread.fiber.start(world.stacks.low(stack), world.stacks.bytes(stack), &Launch::enter, &thread);
  }
  for (int32_t number = 0; number < warpsPerBlock; ++number) {
    const int32_t lanes = std::min(warpSize, block.size - number * warpSize);
    const uint32_t all = lanes == warpSize ? ~uint32_t(0) : (uint32_t(1) << lanes) - 1;
    block.warps[size_t(number)] = {block.threads + number * warpSize, all, all, 0, 0, 0};
  }
  ++startedBlocks;
}

Status Launch::run() {
  if (!prepare())
    return {NORMRT_OUT_OF_MEMORY, "there is no memory for the threads of kernel '" + std::string(kernel.name) + "'"};
  std::vector<int64_t> groups(size_t(shape.grid / resident));
  std::iota(groups.begin(), groups.end(), int64_t(0));
  arrange(groups);
  for (int64_t group : groups)
    if (!runResident(group * resident, resident))
      break;
  return failed;
}

bool Launch::runResident(int64_t first, int64_t count) {
  for (Cluster &cluster : clusters)
    cluster = Cluster();
  for (int64_t index = 0; index < count; ++index)
    start(blocks[size_t(index)], first + index);
  std::vector<Warp *> warps;
  for (Block &block : blocks)
    for (Warp &warp : block.warps)
      warps.push_back(&warp);
  arrange(warps);
  for (int idle = 0;;) {
    const uint64_t before = progress;
    bool again = false;
    for (Warp *warp : warps)
      if (warp->ready && !runWarp(*warp))
        return false;
    for (Warp *warp : warps) {
      for (uint32_t lanes = warp->polling; lanes; lanes &= lanes - 1)
        warp->threads[__builtin_ctz(lanes)].state = State::ready;
      warp->ready |= warp->polling;
      warp->polling = 0;
      again |= warp->ready != 0;
    }
    if (!again)
      break;
    idle = progress == before ? idle + 1 : 0;
    if (idle > patience)
      return diagnose();
    if (settings.order == Order::shuffled)
      arrange(warps);
  }
  for (const Block &block : blocks)
    if (block.exited < block.size)
      return diagnose();
  return true;
}

/// Until all its lanes wait.
bool Launch::runWarp(Warp &warp) {
  while (warp.ready) {
    int32_t lane = 0;
    switch (settings.order) {
    case Order::ascending:
      lane = __builtin_ctz(warp.ready);
      break;
    case Order::descending:
      lane = warpSize - 1 - __builtin_clz(warp.ready);
      break;
    case Order::shuffled: {
      uint32_t lanes = warp.ready;
      for (auto skip = random() % uint64_t(__builtin_popcount(lanes)); skip; --skip)
        lanes &= lanes - 1;
      lane = __builtin_ctz(lanes);
    }
    }
    warp.ready &= ~(uint32_t(1) << lane);
    Thread &thread = warp.threads[lane];
    thread.state = State::running;
    thread.fiber.resume();
    if (failed)
      return false;
  }
  return true;
}

void Launch::enter(void *argument) {
  Thread &thread = *static_cast<Thread *>(argument);
  Launch &launch = *thread.launch;
  launch.kernel.run(&thread, launch.parameters);
  launch.exit(thread);
  thread.fiber.leave();
}

bool Launch::exit(Thread &thread) {
  thread.state = State::exited;
  Block &block = *thread.block;
  Warp &warp = block.warps[size_t(thread.tid / warpSize)];
  ++block.exited;
  warp.exited |= uint32_t(1) << thread.laneid;
  --block.cluster->live;
  ++progress;
  for (const Barrier &barrier : block.barriers)
    if (barrier.arrived > 0 && barrier.expected > block.size - block.exited)
      return report(*barrier.first, "divergent barrier: it waits at " + placeName(barrier.place) + ", but " +
                                        threadName(thread.number) + " has exited");
  if (thread.clusterArrived)
    --block.cluster->arrived;
  passCluster(thread);
  return true;
}

void Launch::wait(Thread &thread, State state) {
  thread.state = state;
  if (state == State::polling)
    thread.block->warps[size_t(thread.tid / warpSize)].polling |= uint32_t(1) << thread.laneid;
  thread.fiber.suspend();
  thread.state = State::running;
}

void Launch::makeReady(Thread &thread) {
  thread.state = State::ready;
  thread.block->warps[size_t(thread.tid / warpSize)].ready |= uint32_t(1) << thread.laneid;
}

void Launch::abandon(Thread &thread) {
  thread.fiber.leave();
  std::abort(); // nobody resumes it
}

} // namespace normc::runtime::simt
