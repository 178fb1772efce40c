//===- Table.h - checks of a module's table ---------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_TABLE_H
#define NORMC_RUNTIME_TABLE_H

#include "runtime/Status.h"

namespace normc::runtime {

/// Checks all that calls rely on: names, counts, types, ranks, extents, symbols, roles, and that the pair of entries
/// of each gradient fits the gradient and each other. The message says which value is wrong and how.
Status checkTable(const normc_module &module);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_TABLE_H
