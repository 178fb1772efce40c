//===- Symbols.cpp - the extents that a call determines ---------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Symbols.h"

namespace normc::runtime {

Status Symbols::bind(int32_t index, Shape shape) {
  const normc_value &value = signature.arguments[index];
  bool fits = shape.rank == value.rank;
  for (int32_t axis = 0; fits && axis < value.rank; ++axis)
    fits = value.extents[axis] < 0 || value.extents[axis] == shape.extents[axis];
  if (!fits)
    return badArgument(describeArgument(signature, index) + " is " + toText(shapeOf(value)) + ", but the array is " +
                       toText(shape) + "; pass an array of rank " + std::to_string(value.rank) +
                       " that agrees with it wherever it is not '?'");
  for (int32_t axis = 0; axis < value.rank; ++axis) {
    if (value.extents[axis] >= 0)
      continue;
    Binding &binding = bindings[-1 - value.extents[axis]];
    int64_t extent = shape.extents[axis];
    if (binding.value < 0)
      binding = {extent, index, axis};
    else if (binding.value != extent)
      return badArgument(describeArgument(signature, index) + " has extent " + std::to_string(extent) + " along axis " +
                         std::to_string(axis) + ", but " + describeArgument(signature, binding.argument) + " has " +
                         std::to_string(binding.value) + " along axis " + std::to_string(binding.axis) +
                         "; they must agree");
  }
  return {};
}

Extents Symbols::resolve(const normc_value &value) const {
  Extents extents;
  extents.rank = value.rank;
  for (int32_t axis = 0; axis < value.rank; ++axis) {
    int64_t extent = value.extents[axis];
    extents.values[axis] = extent < 0 ? bindings[-1 - extent].value : extent;
  }
  return extents;
}

std::vector<int64_t> Symbols::getValues() const {
  std::vector<int64_t> values;
  for (const Binding &binding : bindings)
    values.push_back(binding.value);
  return values;
}

} // namespace normc::runtime
