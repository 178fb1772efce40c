//===- Runner.h - where entries run -----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call is the same on every device: check, make room for what is saved, run an
// entry or a pair of them. What differs is a runner's.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_RUNNER_H
#define NORMC_RUNTIME_RUNNER_H

#include "runtime/Binding.h"

namespace normc::runtime {

/// The CPU or a GPU, for the time of one call. Addresses are the device's.
class Runner {
public:
  virtual ~Runner() = default;

  /// Finds what would stop `run` for the extents of a call. Called for all entries before the first one runs; of the
  /// frame's arrays only the extents are known yet.
  virtual Status prepare(const normc_entry &entry, const Frame &frame) = 0;
  virtual Status run(const normc_entry &entry, const Frame &frame) = 0;

  /// Memory that lives as long as the runner; `what` is for the message where there is none.
  virtual Status allocate(int64_t bytes, const std::string &what, void *&data) = 0;
  /// Copies within the device's memory, in the order of the entries.
  virtual Status copy(void *to, const void *from, int64_t bytes) = 0;
};

/// Runs an entry, or a gradient's pair, on arrays that are bound.
Status runFunction(const Function &function, const Frame &frame, Runner &runner);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_RUNNER_H
