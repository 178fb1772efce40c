//===- Function.h - entries and gradients alike -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_FUNCTION_H
#define NORMC_RUNTIME_FUNCTION_H

#include "runtime/Extents.h"
#include "runtime/module_format.h"

#include <algorithm>
#include <string>

namespace normc::runtime::gpu {
class Devices;
}

namespace normc::runtime {

/// What entries and gradients have in common. The memory belongs to the module.
struct Signature {
  const char *name = nullptr;
  int32_t argumentCount = 0;
  int32_t resultCount = 0;
  int32_t symbolCount = 0;
  const normc_value *arguments = nullptr;
  const normc_value *results = nullptr;

  explicit Signature(const normc_entry &entry)
      : name(entry.name), argumentCount(entry.argument_count), resultCount(entry.result_count),
        symbolCount(entry.symbol_count), arguments(entry.arguments), results(entry.results) {}
  explicit Signature(const normc_gradient &gradient)
      : name(gradient.name), argumentCount(gradient.argument_count), resultCount(gradient.result_count),
        symbolCount(gradient.symbol_count), arguments(gradient.arguments), results(gradient.results) {}
};

/// A function that can be called: an entry, or a gradient, which is a pair of entries.
struct Function {
  explicit Function(const normc_entry &entry) : signature(entry), entry(&entry) {}
  Function(const normc_gradient &gradient, const Function &forward, const Function &backward)
      : signature(gradient), forward(&forward), backward(&backward) {}

  Signature signature;
  const normc_entry *entry = nullptr; ///< null for a gradient
  const Function *forward = nullptr;  ///< null for an entry
  const Function *backward = nullptr; ///< null for an entry
  gpu::Devices *devices = nullptr;    ///< where its module runs, other than the CPU
};

inline Shape shapeOf(const normc_value &value) {
  return {value.extents, value.rank};
}

inline bool hasSymbols(const normc_value &value) {
  Shape shape = shapeOf(value);
  return std::any_of(shape.begin(), shape.end(), [](int64_t extent) { return extent < 0; });
}

/// How many values have `role`.
inline int32_t countRole(const normc_value *values, int32_t count, int32_t role) {
  return static_cast<int32_t>(
      std::count_if(values, values + count, [role](const normc_value &value) { return value.role == role; }));
}

/// "argument 'x'", or "argument 2" where it has no name.
inline std::string describe(const char *kind, const normc_value &value, int32_t index) {
  bool named = value.name && *value.name;
  return std::string(kind) + (named ? " '" + std::string(value.name) + "'" : " " + std::to_string(index));
}
inline std::string describeArgument(const Signature &signature, int32_t index) {
  return describe("argument", signature.arguments[index], index);
}
inline std::string describeResult(const Signature &signature, int32_t index) {
  return describe("result", signature.results[index], index);
}

} // namespace normc::runtime

#endif // NORMC_RUNTIME_FUNCTION_H
