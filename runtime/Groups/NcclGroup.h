//===- NcclGroup.h - ranks that are GPUs ------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_NCCLGROUP_H
#define NORMC_RUNTIME_GROUPS_NCCLGROUP_H

#include "runtime/Groups/Group.h"

namespace normc::runtime {

/// `ranks` ranks that are threads of this process, one GPU each; or, for 1 under a launcher of MPI, the rank that this process is. Data goes
/// by NCCL, host buffers by way of the GPU; what NCCL cannot tell, who is where, goes between the threads, or by MPI.
Status openNcclGroup(int32_t ranks, Checking checking, std::vector<std::unique_ptr<Group>> &groups);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_GROUPS_NCCLGROUP_H
