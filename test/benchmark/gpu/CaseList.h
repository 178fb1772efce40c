//===- CaseList.h - what was prepared to be checked -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_BENCHMARK_GPU_CASELIST_H
#define NORMC_TEST_BENCHMARK_GPU_CASELIST_H

#include <string>
#include <vector>

namespace normc::check {

/// A result that is known.
struct Expected {
  std::string file;     ///< .npy
  double tolerance = 0; ///< of each element, relative to the largest
};

struct Case {
  std::string name, module, function;
  std::vector<std::string> inputs; ///< .npy, in the order of the arguments
  std::vector<Expected> expected;  ///< of the first results, in their order
};

/// Reads FOLDER/cases.txt. A line is a word and what it says:
///   case NAME, module FILE, function NAME, input FILE, expected TOLERANCE FILE
/// Files are relative to the folder. On failure false, and `error` says where and why.
bool readCases(const std::string &folder, std::vector<Case> &cases, std::string &error);

} // namespace normc::check

#endif // NORMC_TEST_BENCHMARK_GPU_CASELIST_H
