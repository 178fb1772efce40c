//===- Symbols.h - the extents that a call determines -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SYMBOLS_H
#define NORMC_RUNTIME_SYMBOLS_H

#include "runtime/Function.h"
#include "runtime/Status.h"

#include <vector>

namespace normc::runtime {

/// The values of a signature's extent symbols in one call, and where each was read.
class Symbols {
public:
  explicit Symbols(const Signature &signature) : signature(signature), bindings(signature.symbolCount) {}

  /// Reads symbols off the extents that argument `index` has. Its rank and its static extents must be as stated, and a
  /// symbol that has a value already must have the same one.
  Status bind(int32_t index, Shape shape);

  /// The extents of an argument or result, once all its symbols are bound.
  Extents resolve(const normc_value &value) const;

  std::vector<int64_t> getValues() const;

private:
  struct Binding {
    int64_t value = -1;
    int32_t argument = 0;
    int32_t axis = 0;
  };

  Signature signature;
  std::vector<Binding> bindings;
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_SYMBOLS_H
