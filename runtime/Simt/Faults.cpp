//===- Faults.cpp - what a kernel did wrong, in words -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names of faults, each the beginning of what follows the kernel, the block and the thread:
//
//   out of bounds, misaligned access, wrong address space, unwritten memory, unwritten shared memory, data race,
//   missing lane, divergent barrier, deadlock, trap
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <cstdio>

namespace normc::runtime::simt {

bool Launch::report(const Thread &thread, const std::string &fault) {
  if (!failed)
    failed = {NORMRT_INTERNAL, "kernel '" + std::string(kernel.name) + "', " + threadName(thread.number) + ": " + fault};
  return false;
}

bool Launch::reportOutOfMemory(const Thread &thread) {
  if (!failed)
    failed = {NORMRT_OUT_OF_MEMORY, "kernel '" + std::string(kernel.name) + "', " + threadName(thread.number) +
                                        ": there is no memory for what is known of its accesses"};
  return false;
}

bool Launch::reportAccess(const Thread &thread, int32_t index, const char *fault, const std::string &detail) {
  const normc_simt_access &access = kernel.accesses[index];
  const char *verb = "reads ";
  if (access.kind == NORMC_SIMT_STORE || access.kind == NORMC_SIMT_VOLATILE_STORE)
    verb = "writes ";
  if (access.kind == NORMC_SIMT_ATOMIC)
    verb = "updates ";
  std::string text = std::string(fault) + ": it " + verb + std::to_string(access.bytes) + " bytes";
  if (access.operand >= 0)
    text += " of '" + std::string(kernel.operands[access.operand]) + "' in sweep " + std::to_string(access.sweep);
  return report(thread, text + " " + detail + " (access " + std::to_string(index) + ")");
}

std::string Launch::placeName(int32_t place) const {
  const bool named = place >= 0 && place < kernel.place_count && kernel.places && kernel.places[place];
  return (named ? std::string(kernel.places[place]) : "place") + " " + std::to_string(place);
}

std::string Launch::threadName(uint32_t number) const {
  return "block " + std::to_string(number / uint32_t(shape.block)) + ", thread " +
         std::to_string(number % uint32_t(shape.block));
}

/// Nobody can go on. A warp that waits for a lane says most, then a barrier, then whoever polls.
bool Launch::diagnose() {
  for (const Block &block : blocks)
    for (int32_t index = 0; index < block.size; ++index) {
      const Thread &thread = block.threads[index];
      if (thread.state != State::atWarp)
        continue;
      const Warp &warp = block.warps[size_t(index / warpSize)];
      for (uint32_t lanes = thread.mask; lanes; lanes &= lanes - 1) {
        const Thread &other = warp.threads[__builtin_ctz(lanes)];
        if (other.state == State::atWarp && other.mask == thread.mask && other.place == thread.place)
          continue;
        char mask[16];
        std::snprintf(mask, sizeof mask, "0x%08x", thread.mask);
        const char *what = other.state == State::exited ? " has exited" : " waits at ";
        return report(thread, "missing lane: " + placeName(thread.place) + " with the mask " + mask + ", but lane " +
                                  std::to_string(other.laneid) + what +
                                  (other.state == State::exited ? "" : placeName(other.place)));
      }
    }
  for (const Block &block : blocks)
    for (int32_t index = 0; index < block.size; ++index) {
      const Thread &thread = block.threads[index];
      if (thread.state != State::atBarrier)
        continue;
      for (int32_t at = 0; at < block.size; ++at) {
        const Thread &other = block.threads[at];
        if (other.state != State::exited && (other.state != State::atBarrier || other.barrier != thread.barrier))
          return report(thread, "divergent barrier: it waits at " + placeName(thread.place) + ", but " +
                                    threadName(other.number) +
                                    (other.state == State::atBarrier || other.state == State::atCluster
                                         ? " waits at " + placeName(other.place)
                                         : std::string(" polls memory")));
      }
      return report(thread, "deadlock: it waits at " + placeName(thread.place) + " for threads that never come");
    }
  for (const Block &block : blocks)
    for (int32_t index = 0; index < block.size; ++index) {
      const Thread &thread = block.threads[index];
      if (thread.state == State::atCluster)
        return report(thread, "deadlock: it waits at " + placeName(thread.place) + " for its cluster");
      if (thread.state != State::exited)
        return report(thread, shape.cooperative
                                  ? std::string("deadlock: it polls memory that nobody changes any more")
                                  : "deadlock: it polls memory that nobody changes any more; blocks of a launch that is "
                                    "not cooperative do not run at once");
    }
  return true;
}

} // namespace normc::runtime::simt
