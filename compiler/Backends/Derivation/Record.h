//===- Record.h - the steps, by value -----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_DERIVATION_RECORD_H
#define NORMC_COMPILER_BACKENDS_DERIVATION_RECORD_H

#include "compiler/Transforms/Algebra/Steps.h"

#include "llvm/ADT/DenseMap.h"

namespace normc::derivation {

struct Step {
  algebra::Rule rule;
  algebra::Expression before, after;
};

/// Keeps the steps of each value, up to a number.
class Record : public algebra::Steps {
public:
  struct Entry {
    std::vector<Step> steps;
    size_t left = 0; ///< how many more there were
  };

  void begin(mlir::Value value) override { current = &entries[value]; }
  void rewrite(algebra::Rule rule, algebra::Expression before, algebra::Expression after) override {
    if (current->steps.size() < maxSteps)
      current->steps.push_back({rule, std::move(before), std::move(after)});
    else
      ++current->left;
  }
  const Entry &of(mlir::Value value) { return entries[value]; }

private:
  static constexpr size_t maxSteps = 16;

  std::map<mlir::Value, Entry, bool (*)(mlir::Value, mlir::Value)> entries{
      [](mlir::Value a, mlir::Value b) { return a.getAsOpaquePointer() < b.getAsOpaquePointer(); }};
  Entry *current = nullptr;
};

} // namespace normc::derivation

#endif // NORMC_COMPILER_BACKENDS_DERIVATION_RECORD_H
