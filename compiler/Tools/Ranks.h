//===- Ranks.h - a function that several ranks share ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_RANKS_H
#define NORMC_COMPILER_TOOLS_RANKS_H

#include "compiler/Tools/Callable.h"

namespace normc {

/// The devices that share a call.
struct RankOptions {
  std::string group;             ///< local, mpi or nccl; "" for a single device
  int32_t ranks = 0;             ///< of this process; 0 where the launcher says
  std::vector<int64_t> split;    ///< the extents of the shares in rank order; empty for even ones
};

/// The function of this name in a module, on a group of devices. Inputs and results are whole: sharded inputs are split along their
/// sharded axis, sharded results joined again, shares of gradients added.
llvm::Expected<std::unique_ptr<Callable>> openRanks(const std::string &path, llvm::StringRef function, const RankOptions &options);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_RANKS_H
