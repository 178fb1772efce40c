//===- Output.h - writing what a tool made -------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_OUTPUT_H
#define NORMC_COMPILER_TOOLS_OUTPUT_H

#include "llvm/ADT/StringRef.h"

namespace normc {

/// Writes text to a file, `-` for standard output: all of it, or nothing and an error on standard error.
bool writeOutput(llvm::StringRef path, llvm::StringRef text);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_OUTPUT_H
