//===- Ptxas.h - machine code of PTX -------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_PTXAS_H
#define NORMC_COMPILER_TOOLS_PTXAS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace normc {

/// Runs `ptxas` of the CUDA Toolkit, from the path or from where the Toolkit usually is. Yields the cubin.
llvm::Expected<std::string> assemble(llvm::StringRef ptx, llvm::StringRef target);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_PTXAS_H
