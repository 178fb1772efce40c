//===- Group.h - the devices that share a graph -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_GROUP_H
#define NORMC_RUNTIME_GROUPS_GROUP_H

#include "runtime/Groups/Fingerprint.h"

#include <memory>

namespace normc::runtime {

/// Checked mode: before each collective the ranks compare what they are about to do, under a deadline.
struct Checking {
  bool isOn = false;
  double seconds = 4.0;

  /// What NORMC_CHECK_COLLECTIVES says: nothing or 0 is off, 1 is on, a larger number is on with a deadline of so many seconds.
  static Checking fromEnvironment();
};

/// One rank's part of a collective.
struct Part {
  const char *operation;
  int32_t type;
  int64_t count;
  const void *mine;
  void *all;
  bool isOnDevice;

  int64_t bytes() const;
};

/// One rank of a group. A rank is used by one thread at a time.
class Group {
public:
  Group(int32_t rank, int32_t size, Checking checking);
  virtual ~Group() = default;
  Group(const Group &) = delete;
  Group &operator=(const Group &) = delete;

  int32_t getRank() const { return table.rank; }
  int32_t getSize() const { return table.size; }
  /// What entries are given.
  const normc_group *getTable() const { return &table; }

  /// `count` elements of each rank, in rank order. After a failure the group is of no more use: every later collective fails likewise.
  Status allGather(const Part &part);

  /// Whether all ranks are about to do the same, as `print` tells it, which is another group's.
  Status agree(const Fingerprint &print);

  /// This rank goes no further, for a reason that concerns it alone.
  virtual void abandon(const std::string &reason);

protected:
  /// The collective, after the check where one is asked for. `print` tells this rank's part.
  virtual Status run(const Fingerprint &print, const Part &part) = 0;

  /// Also buffers of GPUs.
  void offerDevice();

  const Checking checking;

private:
  normc_group table;
  int64_t sequence = 0;
  Status broken;
};

/// Opens a group of `ranks` ranks in this process: "local", whose ranks are threads, or "nccl", one GPU each; or the one rank that this
/// process is of "mpi".
Status openGroups(const std::string &kind, int32_t ranks, Checking checking, std::vector<std::unique_ptr<Group>> &groups);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_GROUP_H
