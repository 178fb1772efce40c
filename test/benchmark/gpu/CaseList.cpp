//===- CaseList.cpp - what was prepared to be checked -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/benchmark/gpu/CaseList.h"

#include <fstream>
#include <sstream>

namespace normc::check {

bool readCases(const std::string &folder, std::vector<Case> &cases, std::string &error) {
  const std::string path = folder + "/cases.txt";
  std::ifstream file(path);
  if (!file) {
    error = path + ": cannot be read; write the folder with prepare.py";
    return false;
  }
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::istringstream words(line);
    std::string kind, rest;
    if (!(words >> kind))
      continue;
    double tolerance = 0;
    const bool isRead = kind != "expected" || words >> tolerance;
    std::getline(words >> std::ws, rest);
    if (kind == "case")
      cases.push_back({rest, "", "", {}, {}});
    const bool fits = isRead && !rest.empty() && !cases.empty();
    if (fits && kind == "module")
      cases.back().module = folder + "/" + rest;
    else if (fits && kind == "function")
      cases.back().function = rest;
    else if (fits && kind == "input")
      cases.back().inputs.push_back(folder + "/" + rest);
    else if (fits && kind == "expected")
      cases.back().expected.push_back({folder + "/" + rest, tolerance});
    else if (!fits || kind != "case") {
      error = path + ":" + std::to_string(number) + ": not understood: " + line;
      return false;
    }
  }
  if (cases.empty())
    error = path + ": has no case";
  return !cases.empty();
}

} // namespace normc::check
