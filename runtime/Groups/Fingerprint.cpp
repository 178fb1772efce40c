//===- Fingerprint.cpp - what a rank is about to do -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/Fingerprint.h"

#include "runtime/Types.h"

#include <cstdio>
#include <cstring>

namespace normc::runtime {

Fingerprint::Fingerprint(int64_t sequence, const char *name, int32_t type, int64_t count)
    : sequence(sequence), count(count), type(type) {
  std::strncpy(operation, name, sizeof operation - 1);
}

std::string secondsText(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g s", seconds);
  return text;
}

static bool isSame(const Fingerprint &a, const Fingerprint &b) {
  return a.sequence == b.sequence && a.count == b.count && a.type == b.type &&
         std::strncmp(a.operation, b.operation, sizeof a.operation) == 0;
}

/// "collective 3, 'batch_norm: mu', of 128 f64"
static std::string describe(const Fingerprint &print) {
  return "collective " + std::to_string(print.sequence) + ", '" + print.operation + "', of " + std::to_string(print.count) + " " +
         typeName(print.type);
}

Status compareFingerprints(const std::vector<Fingerprint> &prints, const std::vector<Attendance> &attendance,
                           const Fingerprint &mine, double seconds) {
  const size_t ranks = prints.size();
  // Where one has left the others need not have come yet.
  for (size_t rank = 0; rank < ranks; ++rank)
    if (attendance[rank] == Attendance::left)
      return badCollective("rank " + std::to_string(rank) + " left the group before " + describe(mine));
  for (size_t rank = 0; rank < ranks; ++rank)
    if (attendance[rank] == Attendance::missing)
      return badCollective("rank " + std::to_string(rank) + " did not come to " + describe(mine) + ", within " +
                           secondsText(seconds) + ": it is lost, or has skipped it");
  auto agreeing = [&](size_t rank) {
    size_t count = 0;
    for (const Fingerprint &other : prints)
      count += isSame(prints[rank], other);
    return count;
  };
  size_t most = 0, least = 0;
  for (size_t rank = 1; rank < ranks; ++rank) {
    if (agreeing(rank) > agreeing(most))
      most = rank;
    if (agreeing(rank) <= agreeing(least))
      least = rank;
  }
  if (agreeing(most) == ranks)
    return {};
  return badCollective("rank " + std::to_string(least) + " calls " + describe(prints[least]) + ", where rank " +
                       std::to_string(most) + " calls " + describe(prints[most]) + "; all ranks must call the same");
}

} // namespace normc::runtime
