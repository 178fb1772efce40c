//===- Limits.cpp - what a GPU can hold -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Limits.h"

#include <algorithm>

namespace normc::runtime::simt {

/// Fibers at once: each stack is two mappings, of which Linux allows 65,530 to a process.
static constexpr int64_t residentThreads = 16384;
static constexpr int32_t threadsPerBlock = 1024, staticShared = 48 * 1024;

Limits limitsOf(int32_t capability) {
  constexpr int32_t KiB = 1024;
  if (capability >= 90)
    return {2048, 32, 228 * KiB, 227 * KiB, 8};
  if (capability == 89)
    return {1536, 24, 100 * KiB, 99 * KiB, 1};
  if (capability == 86)
    return {1536, 16, 100 * KiB, 99 * KiB, 1};
  if (capability >= 80)
    return {2048, 32, 164 * KiB, 163 * KiB, 1};
  return {1024, 16, 64 * KiB, 64 * KiB, 1};
}

int64_t residentBlocks(const Settings &settings, int32_t block, int32_t shared) {
  const Limits limits = limitsOf(settings.capability);
  if (block < 1 || shared < 0)
    return 0;
  // A multiprocessor hands out threads by warps; above 7.5 each block costs a KiB of shared memory more.
  const int32_t threads = (block + warpSize - 1) / warpSize * warpSize;
  const int32_t bytes = shared + (settings.capability >= 80 ? 1024 : 0);
  int64_t each = std::min(limits.threadsPerMultiprocessor / threads, limits.blocksPerMultiprocessor);
  if (bytes > 0)
    each = std::min<int64_t>(each, limits.sharedPerMultiprocessor / bytes);
  return std::min(each * settings.multiprocessors, residentThreads / block);
}

Status checkLimits(const Settings &settings, const normc_simt_kernel &kernel, const Shape &shape) {
  const Limits limits = limitsOf(settings.capability);
  const std::string name = "kernel '" + std::string(kernel.name) + "': ";
  auto number = [](int64_t value) { return std::to_string(value); };
  if (shape.block < 1 || shape.block > threadsPerBlock)
    return badArgument(name + "a block has " + number(shape.block) + " threads, but 1 to " + number(threadsPerBlock) +
                       " are allowed");
  if (shape.grid < 1 || shape.grid > INT32_MAX)
    return badArgument(name + "a grid has " + number(shape.grid) + " blocks, but 1 to " + number(INT32_MAX) +
                       " are allowed");
  if (shape.grid * shape.block > (int64_t(1) << Epoch::threadBits))
    return badArgument(name + "a launch has " + number(shape.grid * shape.block) + " threads, but on the host at most " +
                       number(int64_t(1) << Epoch::threadBits) + " are run");
  if (shape.shared < 0 || kernel.static_shared > staticShared)
    return badArgument(name + "a block has " + number(kernel.static_shared) + " bytes of static shared memory and " +
                       number(shape.shared) + " of dynamic, but static memory is at most " + number(staticShared));
  if (int64_t(shape.shared) + kernel.static_shared > limits.sharedPerBlock)
    return badArgument(name + "a block has " + number(int64_t(shape.shared) + kernel.static_shared) +
                       " bytes of shared memory, but a GPU of compute capability " + number(settings.capability / 10) +
                       "." + number(settings.capability % 10) + " allows " + number(limits.sharedPerBlock));
  if (shape.cluster < 1 || shape.cluster > limits.cluster)
    return badArgument(name + "a cluster has " + number(shape.cluster) + " blocks, but a GPU of compute capability " +
                       number(settings.capability / 10) + "." + number(settings.capability % 10) + " allows " +
                       number(limits.cluster));
  if (shape.grid % shape.cluster != 0)
    return badArgument(name + "a grid of " + number(shape.grid) + " blocks is no multiple of a cluster of " +
                       number(shape.cluster));
  if (shape.cooperative) {
    const int64_t most = residentBlocks(settings, shape.block, shape.shared + kernel.static_shared);
    if (shape.grid > most)
      return badArgument(name + "a cooperative launch has " + number(shape.grid) + " blocks, but only " + number(most) +
                         " of so many threads and so much shared memory are resident at once");
  }
  return {};
}

} // namespace normc::runtime::simt
