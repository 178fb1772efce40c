//===- Elf.h - whether a file is a whole shared object ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_ELF_H
#define NORMC_RUNTIME_ELF_H

#include <string>

namespace normc::runtime {

/// Looks at the file at `path` before it is loaded: a loader that maps a shared object of which the end is missing
/// does not fail, it ends the process. Returns "" when the file is whole as far as its headers tell, otherwise a clause
/// such as "is not a shared object".
std::string findElfFault(const std::string &path);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_ELF_H
