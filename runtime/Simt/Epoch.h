//===- Epoch.h - who did something when -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Time is one counter of the machine. It advances where threads meet, and a thread's time is that of its last meeting: what
// it did before has an earlier time, what it does after has this one. So "t knows what u did before T" is one number.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_EPOCH_H
#define NORMC_RUNTIME_SIMT_EPOCH_H

#include <cstdint>

namespace normc::runtime::simt {

using Time = uint64_t;

/// A thread at a time, in one word. The word 0 is nobody, ever.
class Epoch {
public:
  static constexpr int threadBits = 28, timeBits = 34;

  Epoch() = default;
  Epoch(uint32_t thread, Time time, bool atomic)
      : word(uint64_t(thread) | (time << threadBits) | (uint64_t(atomic) << 62)) {}

  explicit operator bool() const { return word != 0; }
  uint32_t thread() const { return uint32_t(word & ((uint64_t(1) << threadBits) - 1)); }
  Time time() const { return (word >> threadBits) & ((uint64_t(1) << timeBits) - 1); }
  bool atomic() const { return (word >> 62) & 1; }

  // A word of readers may stand for several: a number of a set instead of a thread, with the time of its making.
  static Epoch ofSet(uint32_t set, Time time) {
    Epoch epoch(set, time, false);
    epoch.word |= uint64_t(1) << 63;
    return epoch;
  }
  bool isSet() const { return word >> 63; }

private:
  uint64_t word = 0;
};

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_EPOCH_H
