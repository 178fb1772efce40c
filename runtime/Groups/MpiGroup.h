//===- MpiGroup.h - ranks that are processes of MPI -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_MPIGROUP_H
#define NORMC_RUNTIME_GROUPS_MPIGROUP_H

#include "runtime/Groups/Group.h"

namespace normc::runtime {

/// The rank that this process is, by the plugin: the file that NORMC_MPI_PLUGIN names, or the one that lies beside the runtime or in
/// the lib folder beside its own. There is one such group in a process.
Status openMpiGroup(Checking checking, std::unique_ptr<Group> &group);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_MPIGROUP_H
