//===- Launch.cpp - checks of launches --------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/Launch.h"

#include <cstddef>

namespace normc::runtime::gpu {

// Limits of all GPUs since sm_75; clusters, since sm_90, are this large at most where portable.
static constexpr int64_t mostBlocks = INT32_MAX;
static constexpr int32_t mostThreads = 1024, mostBlocksOfCluster = 8, firstWithClusters = 90;

static constexpr int32_t mostScalars = sizeof(normc_launch::scalars) / sizeof(int64_t);

/// "kernel 'k' has 9 scalars"
static std::string has(const normc_launch &launch, int64_t number, const char *what) {
  return "kernel '" + std::string(launch.kernel) + "' has " + std::to_string(number) + " " + what;
}

static Status checkPlan(const normc_launch &launch, int32_t bufferCount) {
  if (!launch.kernel || !*launch.kernel)
    return badModule("a kernel has no name");
  if (launch.grid < 0)
    return badModule(has(launch, launch.grid, "blocks"));
  if (launch.block < 1)
    return badModule(has(launch, launch.block, "threads in a block"));
  if (launch.shared < 0)
    return badModule(has(launch, launch.shared, "bytes of shared memory"));
  if (launch.cluster < 1 || launch.grid % launch.cluster != 0)
    return badModule(has(launch, launch.cluster, "blocks in a cluster, which does not divide its ") +
                     std::to_string(launch.grid) + " blocks");
  if (launch.buffer_count < 0 || (launch.buffer_count > 0 && !launch.buffers))
    return badModule(has(launch, launch.buffer_count, "buffers, which are not described"));
  if (launch.scalar_count < 0 || launch.scalar_count > mostScalars)
    return badModule(has(launch, launch.scalar_count, "scalars"));
  for (int32_t i = 0; i < launch.buffer_count; ++i)
    if (launch.buffers[i] < 0 || launch.buffers[i] >= bufferCount)
      return badModule("kernel '" + std::string(launch.kernel) + "' uses buffer " + std::to_string(launch.buffers[i]) +
                       ", but there are " + std::to_string(bufferCount));
  return {};
}

Status checkLaunch(const normc_launch &launch, int32_t bufferCount, const normc_gpu &gpu) {
  if (Status failed = checkPlan(launch, bufferCount))
    return failed;
  auto exceeds = [&](int64_t number, const char *what, int64_t most) {
    return badArgument(has(launch, number, what) + " for arrays of these extents, but this GPU takes " +
                       std::to_string(most) + " at most");
  };
  if (launch.grid > mostBlocks)
    return exceeds(launch.grid, "blocks", mostBlocks);
  if (launch.block > mostThreads)
    return exceeds(launch.block, "threads in a block", mostThreads);
  if (launch.shared > gpu.shared_per_block)
    return exceeds(launch.shared, "bytes of shared memory in a block", gpu.shared_per_block);
  if (launch.cluster > 1 && gpu.capability < firstWithClusters)
    return exceeds(launch.cluster, "blocks in a cluster", 1);
  if (launch.cluster > mostBlocksOfCluster)
    return exceeds(launch.cluster, "blocks in a cluster", mostBlocksOfCluster);
  return {};
}

} // namespace normc::runtime::gpu
