//===- LocalGroup.h - ranks that are threads of one process -----*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_LOCALGROUP_H
#define NORMC_RUNTIME_GROUPS_LOCALGROUP_H

#include "runtime/Groups/Group.h"

namespace normc::runtime {

/// The ranks of a group of threads. What ranks are about to do is compared always, as it costs nothing here; the deadline is for checked
/// mode. A rank that is destroyed has left.
std::vector<std::unique_ptr<Group>> openLocalGroup(int32_t size, Checking checking);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_LOCALGROUP_H
