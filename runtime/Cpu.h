//===- Cpu.h - the instruction sets of this CPU -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CPU_H
#define NORMC_RUNTIME_CPU_H

#include <string>
#include <string_view>

namespace normc::runtime {

enum class Support { present, absent, unknown };

/// Whether this CPU, and the operating system on it, has the instruction set that GCC calls `name`.
Support instructionSetSupport(std::string_view name);

/// Checks a list of names separated by spaces. Returns "" when all are there, otherwise a clause about those that are
/// not: "was compiled for avx512f, which this CPU does not have".
std::string missingInstructionSets(std::string_view names);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_CPU_H
