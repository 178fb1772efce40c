//===- Usage.h - command lines of our tools ------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_USAGE_H
#define NORMC_COMPILER_TOOLS_USAGE_H

#include "llvm/Support/CommandLine.h"
#include <optional>

namespace normc {

/// Parses a command line. Yields the exit status where the tool is done already: 0 after --help and --version, 2 where the
/// usage is wrong.
std::optional<int> parseUsage(int argc, char **argv, const char *help, llvm::cl::OptionCategory &category);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_USAGE_H
