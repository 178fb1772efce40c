//===- Fingerprint.h - what a rank is about to do ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_FINGERPRINT_H
#define NORMC_RUNTIME_GROUPS_FINGERPRINT_H

#include "runtime/Status.h"

#include <cstdint>
#include <vector>

namespace normc::runtime {

/// A collective, as ranks tell one another before they take part in it. Plain bytes.
struct Fingerprint {
  int64_t sequence = 0; ///< collectives of the group before this one
  int64_t count = 0;    ///< elements of a rank
  int32_t type = 0;     ///< enum normc_type
  int32_t reserved = 0;
  char operation[104] = {}; ///< its name, cut off where it would not fit

  Fingerprint() = default;
  Fingerprint(int64_t sequence, const char *operation, int32_t type, int64_t count);
};

/// What a rank has said by a deadline.
enum class Attendance : unsigned char { missing, here, left };

inline Status badCollective(std::string message) {
  return {NORMRT_COLLECTIVE, std::move(message)};
}

/// Whether all ranks are at the same collective. The error, which is the same on every rank that has heard the same, names the
/// rank at fault, the one with which the fewest agree, and the operation. `mine` is what this rank waited for.
Status compareFingerprints(const std::vector<Fingerprint> &prints, const std::vector<Attendance> &attendance,
                           const Fingerprint &mine, double seconds);

/// "4 s"
std::string secondsText(double seconds);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_FINGERPRINT_H
