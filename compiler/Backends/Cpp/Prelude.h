//===- Prelude.h - what an emitted file begins with ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H
#define NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H

#include <string>

namespace normc::cpp {

/// A whole file: includes, the context of a call, the helpers that the rest uses, elementary functions, then kernels and entries.
std::string withPrelude(const std::string &functions, const std::string &kernels);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_PRELUDE_H
