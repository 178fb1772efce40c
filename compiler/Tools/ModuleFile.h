//===- ModuleFile.h - modules on a command line --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_MODULEFILE_H
#define NORMC_COMPILER_TOOLS_MODULEFILE_H

#include "runtime/normrt.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace normc {

struct CloseModule {
  void operator()(normrt_module *module) const { normrt_close(module); }
};
using OpenModule = std::unique_ptr<normrt_module, CloseModule>;

/// Whether a file is a module, and not text; `-` is text.
bool isModule(llvm::StringRef path);

/// Opens the module at a path, relative to the working directory.
llvm::Expected<OpenModule> openModuleFile(const std::string &path);

/// The function of this name; the error lists those there are.
llvm::Expected<const normrt_function *> findFunction(const normrt_module *module, const std::string &name);

/// What the runtime says, as an error.
llvm::Error toError(const normrt_error &error);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_MODULEFILE_H
