//===- Nonzero.cpp - arguments that must not be 0 ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Gpu/Nonzero.h"

#include <cstring>

namespace normc::runtime::gpu {

/// Elements are floating-point numbers: all bits but the sign are 0 in a 0.
static bool isZero(const char *element, size_t bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, element, bytes);
  return (bits & ~(uint64_t(1) << (8 * bytes - 1))) == 0;
}

static std::string placeOf(int64_t position, const Array &array, int32_t rank) {
  std::string place;
  for (int32_t axis = rank; axis-- > 0;) {
    const int64_t extent = array.extents.values[axis];
    place = std::to_string(position % extent) + (place.empty() ? "" : ", ") + place;
    position /= extent;
  }
  return place;
}

Status checkNonzero(const Frame &frame, Device &device) {
  for (int32_t i = 0; i < frame.signature.argumentCount; ++i) {
    const normc_value &value = frame.signature.arguments[i];
    const Array &array = frame.arguments[i];
    if ((value.flags & NORMC_NONZERO) == 0 || array.bytes == 0)
      continue;
    std::vector<char> elements(size_t(array.bytes));
    if (Status failed = device.copyOut(elements.data(), array.data, array.bytes))
      return failed;
    if (Status failed = device.synchronize())
      return failed;
    const size_t bytes = value.type == NORMC_F64 ? 8 : value.type == NORMC_F32 ? 4 : 2;
    for (size_t at = 0; at < elements.size(); at += bytes)
      if (isZero(&elements[at], bytes))
        return badArgument("argument '" + std::string(value.name) + "' is 0 at element [" +
                           placeOf(int64_t(at / bytes), array, value.rank) +
                           "]; it must not be 0 anywhere, as what a result has been written over is recovered by dividing by it");
  }
  return {};
}

} // namespace normc::runtime::gpu
