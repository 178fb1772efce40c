//===- SharedObject.h - C++ source as a shared object --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_SHAREDOBJECT_H
#define NORMC_COMPILER_TOOLS_SHAREDOBJECT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace normc {

/// Compiles C++ source with the system's compiler ($CXX, or the first of c++, g++ and clang++ on the path) for this machine's
/// CPU, and links it with the contents of object files, as the host twins of GPU kernels come. `path` is written as a whole or not
/// at all.
llvm::Error compileSharedObject(llvm::StringRef source, llvm::StringRef path, llvm::ArrayRef<std::string> objects = {});

/// The same, in the user's cache directory, where what was compiled before is found again by its content. Yields the path.
llvm::Expected<std::string> compileCached(llvm::StringRef source, llvm::ArrayRef<std::string> objects = {});

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_SHAREDOBJECT_H
