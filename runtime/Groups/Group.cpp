//===- Group.cpp - the devices that share a graph ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/Group.h"

#include "runtime/Groups/LocalGroup.h"
#include "runtime/Groups/MpiGroup.h"
#include "runtime/Groups/NcclGroup.h"
#include "runtime/Types.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace normc::runtime {

Checking Checking::fromEnvironment() {
  Checking checking;
  const char *text = std::getenv("NORMC_CHECK_COLLECTIVES");
  const double value = text ? std::strtod(text, nullptr) : 0.0;
  checking.isOn = value > 0.0;
  if (value > 1.0)
    checking.seconds = value;
  return checking;
}

int64_t Part::bytes() const {
  return count * elementBytes(type);
}

/// What entries call: nothing escapes into them.
template <bool isOnDevice>
static int32_t gather(void *state, const char *operation, int32_t type, int64_t count, const void *mine, void *all,
                      char *message, size_t messageSize) {
  std::string reason;
  try {
    Status status = static_cast<Group *>(state)->allGather({operation, type, count, mine, all, isOnDevice});
    if (!status)
      return 0;
    reason = status.getMessage();
  } catch (const std::exception &exception) {
    reason = std::string("'") + operation + "': " + exception.what();
  }
  if (message && messageSize > 0)
    std::snprintf(message, messageSize, "%s", reason.c_str());
  return 1;
}

Group::Group(int32_t rank, int32_t size, Checking checking)
    : checking(checking), table{NORMC_MODULE_VERSION, rank, size, 0, this, gather<false>, nullptr} {}

void Group::offerDevice() {
  table.all_gather_device = gather<true>;
}

Status Group::allGather(const Part &part) {
  if (broken)
    return broken;
  if (!part.operation || part.count < 0 || elementBytes(part.type) == 0 || (part.count > 0 && (!part.mine || !part.all)))
    return badArgument("a collective needs a name, an element type, a count that is not negative, and memory");
  Status status = run(Fingerprint(sequence++, part.operation, part.type, part.count), part);
  if (status)
    broken = status;
  return status;
}

Status Group::agree(const Fingerprint &print) {
  if (broken)
    return broken;
  Status status = run(print, {print.operation, print.type, 0, nullptr, nullptr, false});
  if (status)
    broken = status;
  return status;
}

void Group::abandon(const std::string &reason) {
  if (!broken)
    broken = badCollective("rank " + std::to_string(getRank()) + " failed: " + reason);
}

Status openGroups(const std::string &kind, int32_t ranks, Checking checking, std::vector<std::unique_ptr<Group>> &groups) {
  if (ranks < 1 || ranks > NORMRT_MAX_RANKS)
    return badArgument("a process has 1 to " + std::to_string(NORMRT_MAX_RANKS) + " ranks, not " + std::to_string(ranks));
  if (kind == "local") {
    groups = openLocalGroup(ranks, checking);
    return {};
  }
  if (kind == "mpi") {
    if (ranks != 1)
      return badArgument("a process is one rank of a group 'mpi', not " + std::to_string(ranks) + "; start more processes");
    groups.resize(1);
    return openMpiGroup(checking, groups[0]);
  }
  if (kind == "nccl")
    return openNcclGroup(ranks, checking, groups);
  return badArgument("there is no group '" + kind + "'; there are: local, mpi, nccl");
}

} // namespace normc::runtime
