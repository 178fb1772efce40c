//===- ResultReport.h - what a call has come to, for a person --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_RESULTREPORT_H
#define NORMC_COMPILER_TOOLS_RESULTREPORT_H

#include "compiler/Tools/HostArray.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace normc {

/// How far a result may be from what is expected: absolute + relative |expected|.
struct Tolerance {
  double relative = 1e-5, absolute = 1e-8;
};

/// Prints the type, mean, minimum and maximum of each result.
void printSummary(llvm::ArrayRef<std::string> names, llvm::ArrayRef<HostArray> results, mlir::MLIRContext &context);

/// Holds results against files; false, after saying where, if one is too far away.
llvm::Expected<bool> checkResults(llvm::ArrayRef<std::string> names, llvm::ArrayRef<HostArray> results,
                                  llvm::ArrayRef<std::string> expected, const Tolerance &tolerance,
                                  mlir::MLIRContext &context);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_RESULTREPORT_H
