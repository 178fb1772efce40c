//===- Report.h - a file and all that it comes to, as one page -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_REPORT_H
#define NORMC_COMPILER_TOOLS_REPORT_H

#include "compiler/Tools/Compilation.h"

#include <string>

namespace normc {

/// Takes a parsed file to every stage, and writes a page about them. With a GPU as `target` the page has the PTX, too.
/// Fails after an error.
mlir::FailureOr<std::string> makeReport(Compilation &compilation, llvm::StringRef title, llvm::StringRef target);
} // namespace normc

#endif // NORMC_COMPILER_TOOLS_REPORT_H
