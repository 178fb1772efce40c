//===- Extents.cpp - types of values and how they are inferred -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/Extents.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/TypeUtilities.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::norm {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool isFloatElement(Type element) { return element.isF16() || element.isBF16() || element.isF32() || element.isF64(); }
bool isNumberElement(Type element) {
  return isFloatElement(element) || element.isSignlessInteger(32) || element.isSignlessInteger(64);
}
bool isElement(Type element) { return isNumberElement(element) || element.isSignlessInteger(1); }

/// A tensor without encoding whose rank is in range and whose element type fulfils `predicate`.
template <typename Predicate>
static bool isValueOf(Type type, Predicate predicate) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() >= 1 && tensor.getRank() <= maxRank && !tensor.getEncoding() &&
         predicate(tensor.getElementType());
}

bool isFloatValue(Type type) { return isValueOf(type, isFloatElement); }
bool isNumberValue(Type type) { return isValueOf(type, isNumberElement); }
bool isMaskValue(Type type) {
  return isValueOf(type, [](Type element) { return element.isSignlessInteger(1); });
}
bool isValue(Type type) { return isValueOf(type, isElement); }

SmallVector<int64_t> axesVaryingOnlyIn(RankedTensorType type, RankedTensorType other) {
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (varies(type, axis) && !varies(other, axis))
      axes.push_back(axis);
  return axes;
}

//===----------------------------------------------------------------------===//
// Inference
//===----------------------------------------------------------------------===//

static std::nullptr_t fail(std::optional<Location> location, const std::string &message) {
  if (location)
    emitError(*location) << message;
  return nullptr;
}

/// The operand's type where it is a value of the dialect.
static RankedTensorType valueType(std::optional<Location> location, Value value, unsigned number) {
  if (isValue(value.getType()))
    return cast<RankedTensorType>(value.getType());
  std::string text;
  llvm::raw_string_ostream(text) << value.getType();
  return fail(location, fmt::format("operand {} must be a tensor of rank 1 to {} of f16, bf16, f32, f64, i32, i64 or i1, "
                                    "but it is {}",
                                    number, maxRank, text));
}

/// Extents that agree up to 1s, joined; the element type is the first operand's.
static RankedTensorType joinExtents(std::optional<Location> location, ValueRange operands) {
  RankedTensorType first = valueType(location, operands[0], 0);
  if (!first)
    return nullptr;
  SmallVector<int64_t> extents(first.getShape());
  for (unsigned number = 1; number < operands.size(); ++number) {
    RankedTensorType type = valueType(location, operands[number], number);
    if (!type)
      return nullptr;
    if (type.getRank() != first.getRank())
      return fail(location, fmt::format("operands must have one rank, but operand {} has rank {} and operand 0 has rank {}",
                                        number, type.getRank(), first.getRank()));
    for (int64_t axis = 0; axis < first.getRank(); ++axis) {
      int64_t &joined = extents[axis], extent = type.getDimSize(axis);
      if (extent == 1 || extent == joined || (ShapedType::isDynamic(extent) && joined != 1))
        continue;
      if (joined == 1 || ShapedType::isDynamic(joined))
        joined = extent;
      else
        return fail(location, fmt::format("extents must agree or be 1, but along axis {} operand {} has extent {} where "
                                          "the operands before it have {}",
                                          axis, number, extent, joined));
    }
  }
  return RankedTensorType::get(extents, first.getElementType());
}

/// One element type for all operands from `begin` on.
static bool haveOneElementType(std::optional<Location> location, ValueRange operands, unsigned begin = 0) {
  Type first = getElementTypeOrSelf(operands[begin]);
  for (unsigned number = begin + 1; number < operands.size(); ++number) {
    Type element = getElementTypeOrSelf(operands[number]);
    if (element == first)
      continue;
    if (location) {
      InFlightDiagnostic error = emitError(*location)
                                 << "operands must have one element type, but operand " << number << " has " << element
                                 << " and operand " << begin << " has " << first;
      error.attachNote() << "write norm.cast to convert one of them";
    }
    return false;
  }
  return true;
}

/// Axes in range, none repeated, at least one.
static bool areAxes(std::optional<Location> location, DenseI64ArrayAttr axes, int64_t rank) {
  if (!axes || axes.empty())
    return fail(location, "axes must name at least one axis"), false;
  llvm::SmallBitVector seen(rank);
  for (int64_t axis : axes.asArrayRef()) {
    if (axis < 0)
      return fail(location, fmt::format("axis {} must be at least 0", axis)), false;
    if (axis >= rank)
      return fail(location, fmt::format("axis {} must be less than the rank {}", axis, rank)), false;
    if (seen.test(axis))
      return fail(location, fmt::format("axis {} must not be repeated", axis)), false;
    seen.set(axis);
  }
  return true;
}

Type inferElementwise(std::optional<Location> location, ValueRange operands) {
  RankedTensorType type = joinExtents(location, operands);
  return type && haveOneElementType(location, operands) ? type : nullptr;
}

Type inferCompare(std::optional<Location> location, ValueRange operands) {
  auto type = cast_or_null<RankedTensorType>(inferElementwise(location, operands));
  return type ? type.clone(IntegerType::get(type.getContext(), 1)) : nullptr;
}

Type inferSelect(std::optional<Location> location, ValueRange operands) {
  RankedTensorType type = joinExtents(location, operands);
  if (!type || !haveOneElementType(location, operands, 1))
    return nullptr;
  if (!isMaskValue(operands[0].getType()))
    return fail(location, "the condition must be a mask, a tensor of i1");
  return type.clone(getElementTypeOrSelf(operands[1]));
}

Type inferReduction(std::optional<Location> location, Value operand, DenseI64ArrayAttr axes) {
  RankedTensorType type = valueType(location, operand, 0);
  if (!type || !areAxes(location, axes, type.getRank()))
    return nullptr;
  SmallVector<int64_t> extents(type.getShape());
  for (int64_t axis : axes.asArrayRef())
    extents[axis] = 1;
  return RankedTensorType::get(extents, type.getElementType());
}

Type inferLike(std::optional<Location> location, Value operand, DenseI64ArrayAttr axes) {
  RankedTensorType type = valueType(location, operand, 0);
  return type && areAxes(location, axes, type.getRank()) ? type : nullptr;
}

Type inferNormalization(std::optional<Location> location, ValueRange operands, DenseI64ArrayAttr axes) {
  RankedTensorType type = cast_or_null<RankedTensorType>(inferElementwise(location, operands));
  if (!type || !areAxes(location, axes, type.getRank()))
    return nullptr;
  auto input = cast<RankedTensorType>(operands[0].getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (!varies(input, axis) && varies(type, axis))
      return fail(location, fmt::format("scale and shift must not repeat the input, but along axis {} the input's extent "
                                        "is 1 and theirs is not",
                                        axis));
  return type;
}

Type inferIndex(std::optional<Location> location, Value like, IntegerAttr axis, TypeAttr element) {
  RankedTensorType type = valueType(location, like, 0);
  if (!type || !axis || !element)
    return nullptr;
  auto axes = DenseI64ArrayAttr::get(like.getContext(), {axis.getInt()});
  if (!areAxes(location, axes, type.getRank()))
    return nullptr;
  if (!isNumberElement(element.getValue()))
    return fail(location, "the element type must be i32, i64, f16, bf16, f32 or f64");
  SmallVector<int64_t> extents(type.getRank(), 1);
  extents[axis.getInt()] = type.getDimSize(axis.getInt());
  return RankedTensorType::get(extents, element.getValue());
}

Type inferCount(std::optional<Location> location, Value like, DenseI64ArrayAttr axes, TypeAttr element) {
  RankedTensorType type = valueType(location, like, 0);
  if (!type || !element || !areAxes(location, axes, type.getRank()))
    return nullptr;
  if (!isNumberElement(element.getValue()))
    return fail(location, "the element type must be i32, i64, f16, bf16, f32 or f64");
  return RankedTensorType::get(SmallVector<int64_t>(type.getRank(), 1), element.getValue());
}

Type inferBroadcast(std::optional<Location> location, Value operand, Value like) {
  RankedTensorType type = valueType(location, operand, 0), target = valueType(location, like, 1);
  if (!type || !target)
    return nullptr;
  if (type.getRank() != target.getRank())
    return fail(location, fmt::format("operands must have one rank, but operand 1 has rank {} and operand 0 has rank {}",
                                      target.getRank(), type.getRank()));
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    int64_t extent = type.getDimSize(axis), wanted = target.getDimSize(axis);
    if (extent == 1 || extent == wanted || (ShapedType::isDynamic(extent) && wanted != 1) ||
        (ShapedType::isDynamic(wanted) && extent != 1))
      continue;
    auto show = [](int64_t e) { return ShapedType::isDynamic(e) ? std::string("?") : fmt::format("{}", e); };
    return fail(location, fmt::format("extents must agree with those of the value that is broadcast to, or be 1, but along "
                                      "axis {} they are {} and {}",
                                      axis, show(extent), show(wanted)));
  }
  return target.clone(type.getElementType());
}

Type inferMerge(std::optional<Location> location, Value partial, Value like, DenseI64ArrayAttr axes) {
  RankedTensorType type = valueType(location, partial, 0), share = valueType(location, like, 1);
  if (!type || !share || !areAxes(location, axes, share.getRank()))
    return nullptr;
  if (type.getRank() != share.getRank())
    return fail(location, fmt::format("operands must have one rank, but operand 1 has rank {} and operand 0 has rank {}",
                                      share.getRank(), type.getRank()));
  for (int64_t axis : axes.asArrayRef())
    if (varies(type, axis))
      return fail(location, fmt::format("a partial result must not vary along the axes, but along axis {} it does", axis));
  return type;
}

Type inferRank(std::optional<Location> location, Value like) {
  RankedTensorType type = valueType(location, like, 0);
  return type ? RankedTensorType::get(SmallVector<int64_t>(type.getRank(), 1), IntegerType::get(like.getContext(), 64))
              : nullptr;
}

Type inferCast(std::optional<Location> location, Value operand, TypeAttr element) {
  RankedTensorType type = valueType(location, operand, 0);
  if (!type || !element)
    return nullptr;
  if (!isElement(element.getValue()))
    return fail(location, "the element type must be f16, bf16, f32, f64, i32, i64 or i1");
  return type.clone(element.getValue());
}

} // namespace normc::norm
