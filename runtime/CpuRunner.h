//===- CpuRunner.h - entries on the CPU -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CPURUNNER_H
#define NORMC_RUNTIME_CPURUNNER_H

#include "runtime/Buffer.h"
#include "runtime/Runner.h"

namespace normc::runtime {

class Group;

/// Calls the entries' own functions.
class CpuRunner : public Runner {
public:
  /// `group` is the rank that the call is, or null.
  explicit CpuRunner(int32_t threads, Group *group = nullptr) : threads(threads), group(group) {}

  Status prepare(const normc_entry &, const Frame &) override { return {}; }
  Status run(const normc_entry &entry, const Frame &frame) override;
  Status allocate(int64_t bytes, const std::string &what, void *&data) override;
  Status copy(void *to, const void *from, int64_t bytes) override;

private:
  int32_t threads;
  Group *group;
  std::vector<Buffer> buffers;
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_CPURUNNER_H
