//===- Target.h - GPUs that PTX is made for ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_TARGET_H
#define NORMC_COMPILER_BACKENDS_PTX_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace normc::ptx {

/// An architecture, and the version of PTX that it is written in: the first one that knows it, so that old drivers take it, too.
struct Target {
  llvm::StringRef name;    ///< "sm_80"
  llvm::StringRef version; ///< "+ptx70", as LLVM names it
  int capability;          ///< 10 * major + minor
  int64_t shared;          ///< bytes of shared memory that a block may ask for
};

inline constexpr Target targets[] = {
    {"sm_75", "+ptx63", 75, 64 << 10}, {"sm_80", "+ptx70", 80, 163 << 10}, {"sm_86", "+ptx71", 86, 99 << 10},
    {"sm_89", "+ptx78", 89, 99 << 10}, {"sm_90", "+ptx78", 90, 227 << 10}, {"sm_90a", "+ptx80", 90, 227 << 10}};

/// Null where no target has this name.
inline const Target *findTarget(llvm::StringRef name) {
  for (const Target &target : targets)
    if (target.name == name)
      return &target;
  return nullptr;
}

/// Shared memory that every target gives a block without being asked.
inline constexpr int64_t sharedPerBlock = 48 << 10;

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_TARGET_H
