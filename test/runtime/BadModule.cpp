//===- BadModule.cpp - modules with one defect each -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Built once for each value of NORMC_DEFECT. Defects inside the table are tested without files, in TableTest.cpp.
//
//===----------------------------------------------------------------------===//
#include "runtime/module_format.h"

namespace defect {
enum Defect { no_symbol, null_table, version, old_version, unknown_set, missing_set, rank };
constexpr Defect chosen = NORMC_DEFECT;
} // namespace defect

namespace {
const int64_t extents[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
const normc_value results[] = {
    {"y", NORMC_F32, NORMC_RESULT, 0, 0, -1, defect::chosen == defect::rank ? 9 : 1, extents}};

int32_t run(void *const *, const int64_t *, const normc_context *) {
  return NORMC_ENTRY_DONE;
}
void traffic(const int64_t *, normc_traffic *) {
}
const normc_entry entries[] = {{"f", 0, 1, 0, 0, nullptr, results, run, traffic, nullptr}};
const normc_module module = {defect::chosen == defect::version       ? 7u
                             : defect::chosen == defect::old_version ? 1u
                                                                     : NORMC_MODULE_VERSION,
                             1,
                             0,
                             0,
                             defect::chosen == defect::unknown_set   ? "no-such-set"
                             : defect::chosen == defect::missing_set ? "xop fma4"
                                                                     : "",
                             entries,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr};
} // namespace

extern "C" __attribute__((visibility("default"))) const normc_module *
#if NORMC_HIDE_SYMBOL
another_function(void)
#else
normc_module_v1(void)
#endif
{
  return defect::chosen == defect::null_table ? nullptr : &module;
}
