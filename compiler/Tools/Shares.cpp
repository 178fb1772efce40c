//===- Shares.cpp - arrays in parts, one for each rank -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Shares.h"
#include "runtime/Extents.h"
#include "runtime/Types.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>
#include <fmt/format.h>

using namespace llvm;

namespace normc {

std::vector<int64_t> evenShares(int64_t extent, int32_t ranks) {
  std::vector<int64_t> shares;
  for (int32_t rank = 0; rank < ranks; ++rank)
    shares.push_back(extent / ranks + (rank < extent % ranks));
  return shares;
}

Expected<SmallVector<int64_t>> graphExtents(const HostArray &array, const normrt_value &value) {
  SmallVector<int64_t> own(array.extents.begin(), array.extents.end()), stated(value.extents, value.extents + value.rank);
  stated[value.shard] = value.joined;
  const bool isStatic = all_of(stated, [](int64_t extent) { return extent >= 0; });
  if (isStatic && runtime::haveSameElements({own.data(), int32_t(own.size())}, {stated.data(), value.rank}))
    return stated;
  bool fits = !isStatic && own.size() == stated.size();
  for (size_t axis = 0; fits && axis < own.size(); ++axis)
    fits = stated[axis] < 0 || stated[axis] == own[axis];
  if (fits)
    return own;
  return createStringError(fmt::format("argument '{}' is {}, but the array is {}", value.name,
                                       runtime::toText({stated.data(), value.rank}), describe(array)));
}

/// How often an axis begins anew, and the bytes of one step along it.
static std::pair<int64_t, int64_t> stepsOf(ArrayRef<int64_t> extents, int64_t axis, int32_t type) {
  int64_t outer = 1, step = runtime::elementBytes(type);
  for (auto [index, extent] : enumerate(extents))
    (int64_t(index) < axis ? outer : step) *= int64_t(index) == axis ? 1 : extent;
  return {outer, step};
}

Expected<HostArray> slice(const HostArray &array, ArrayRef<int64_t> extents, int64_t axis, int64_t start, int64_t length) {
  SmallVector<int64_t> own(extents);
  own[axis] = length;
  Expected<HostArray> part = allocateArray(array.type, own);
  if (!part)
    return part.takeError();
  auto [outer, step] = stepsOf(extents, axis, array.type);
  if (length * step > 0)
    for (int64_t i = 0; i < outer; ++i)
      std::memcpy(static_cast<char *>(part->data.data()) + i * length * step,
                  static_cast<const char *>(array.data.data()) + (i * extents[axis] + start) * step, length * step);
  return part;
}

Expected<HostArray> join(ArrayRef<const HostArray *> parts, int64_t axis) {
  SmallVector<int64_t> extents(parts.front()->extents.begin(), parts.front()->extents.end());
  extents[axis] = 0;
  for (const HostArray *part : parts)
    extents[axis] += part->extents[axis];
  Expected<HostArray> whole = allocateArray(parts.front()->type, extents);
  if (!whole)
    return whole.takeError();
  auto [outer, step] = stepsOf(extents, axis, whole->type);
  int64_t start = 0;
  for (const HostArray *part : parts) {
    const int64_t length = part->extents[axis];
    if (length * step > 0)
      for (int64_t i = 0; i < outer; ++i)
        std::memcpy(static_cast<char *>(whole->data.data()) + (i * extents[axis] + start) * step,
                    static_cast<const char *>(part->data.data()) + i * length * step, length * step);
    start += length;
  }
  return whole;
}

Expected<HostArray> addUp(ArrayRef<const HostArray *> parts, mlir::MLIRContext &context) {
  std::vector<double> sums(toDoubles(*parts.front(), context));
  for (const HostArray *part : drop_begin(parts))
    for (auto [sum, value] : zip(sums, toDoubles(*part, context)))
      sum += value;
  Expected<HostArray> total = allocateArray(parts.front()->type, parts.front()->extents);
  if (!total)
    return total.takeError();
  auto element = mlir::cast<mlir::FloatType>(elementType(total->type, context));
  const int64_t bytes = runtime::elementBytes(total->type);
  for (auto [index, sum] : enumerate(sums)) {
    APFloat value(sum);
    bool losesInfo;
    value.convert(element.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    const uint64_t bits = value.bitcastToAPInt().getZExtValue();
    std::memcpy(static_cast<char *>(total->data.data()) + index * bytes, &bits, bytes);
  }
  return total;
}

} // namespace normc
