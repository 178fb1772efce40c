//===- ModuleFile.cpp - modules on a command line ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/ModuleFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc {

Error toError(const normrt_error &error) {
  return createStringError(error.message);
}

bool isModule(StringRef path) {
  if (path == "-")
    return false;
  auto start = MemoryBuffer::getFileSlice(path, 4, 0);
  return start && (*start)->getBuffer().starts_with("\x7f"
                                                    "ELF");
}

Expected<OpenModule> openModuleFile(const std::string &path) {
  SmallString<128> absolute(path); // a bare name would be looked for among the system's libraries
  if (std::error_code code = sys::fs::make_absolute(absolute))
    return createStringError(fmt::format("{}: {}", path, code.message()));
  normrt_module *opened = nullptr;
  normrt_error error;
  if (normrt_open(absolute.c_str(), &opened, &error) != NORMRT_OK)
    return toError(error);
  return OpenModule(opened);
}

Expected<const normrt_function *> findFunction(const normrt_module *module, const std::string &name) {
  const normrt_function *function = nullptr;
  normrt_error error;
  if (normrt_find(module, name.c_str(), &function, &error) != NORMRT_OK)
    return toError(error);
  return function;
}

} // namespace normc
