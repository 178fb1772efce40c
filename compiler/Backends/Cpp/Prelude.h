//===- Prelude.h - what an emitted file begins with ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H
#define NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H

#include "compiler/Backends/Cpp/Expression.h"

namespace normc::cpp {

/// Includes, the context of a call, and the helpers that the file uses.
std::string prelude(const std::set<Helper> &helpers);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H
