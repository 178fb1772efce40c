//===- HostArray.cpp - arrays on a command line --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/HostArray.h"
#include "compiler/Reference/Array.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <fmt/format.h>

using namespace llvm;

namespace normc {

static constexpr std::pair<int32_t, const char *> typeNames[] = {
    {NORMC_F16, "f16"}, {NORMC_BF16, "bf16"}, {NORMC_F32, "f32"}, {NORMC_F64, "f64"},
    {NORMC_I32, "i32"}, {NORMC_I64, "i64"},   {NORMC_I1, "i1"}};

mlir::Type elementType(int32_t type, mlir::MLIRContext &context) {
  switch (type) {
  case NORMC_F16:
    return mlir::Float16Type::get(&context);
  case NORMC_BF16:
    return mlir::BFloat16Type::get(&context);
  case NORMC_F32:
    return mlir::Float32Type::get(&context);
  case NORMC_F64:
    return mlir::Float64Type::get(&context);
  case NORMC_I32:
    return mlir::IntegerType::get(&context, 32);
  case NORMC_I64:
    return mlir::IntegerType::get(&context, 64);
  default:
    return mlir::IntegerType::get(&context, 1);
  }
}

StringRef typeName(int32_t type) {
  for (auto [number, name] : typeNames)
    if (number == type)
      return name;
  return "?";
}

std::string describe(const HostArray &array) {
  return fmt::format("{} {}", typeName(array.type).str(), reference::toString(array.extents));
}

Expected<HostArray> allocateArray(int32_t type, ArrayRef<int64_t> extents) {
  HostArray array;
  array.type = type;
  array.extents.assign(extents.begin(), extents.end());
  std::optional<int64_t> elements = reference::elementCount(extents);
  if (!elements || *elements > INT64_MAX / 8 || !array.data.allocate(*elements * (type == NORMC_I1 ? 1
                                                                      : type <= NORMC_BF16         ? 2
                                                                      : type == NORMC_F32 || type == NORMC_I32 ? 4
                                                                                                               : 8)))
    return createStringError(fmt::format("no memory for an array of {} elements", reference::toString(extents)));
  return array;
}

static DLDataType dataType(int32_t type) {
  switch (type) {
  case NORMC_F16:
    return {kDLFloat, 16, 1};
  case NORMC_BF16:
    return {kDLBfloat, 16, 1};
  case NORMC_F32:
    return {kDLFloat, 32, 1};
  case NORMC_F64:
    return {kDLFloat, 64, 1};
  case NORMC_I32:
    return {kDLInt, 32, 1};
  case NORMC_I64:
    return {kDLInt, 64, 1};
  default:
    return {kDLUInt, 8, 1};
  }
}

DLTensor view(const HostArray &array) {
  DLTensor tensor = {};
  tensor.data = const_cast<void *>(static_cast<const void *>(array.data.data()));
  tensor.device = {kDLCPU, 0};
  tensor.ndim = array.extents.size();
  tensor.dtype = dataType(array.type);
  tensor.shape = const_cast<int64_t *>(array.extents.data());
  return tensor;
}

Expected<ArrayType> readArrayType(StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  ArrayType result;
  for (auto [known, name] : typeNames)
    if (parts.back() == name)
      result.type = known;
  if (!result.type)
    return createStringError(fmt::format("'{}' does not end with a type", text.str()));
  for (StringRef part : ArrayRef(parts).drop_back()) {
    int64_t extent;
    if (part.getAsInteger(10, extent) || extent < 0)
      return createStringError(fmt::format("'{}' is not an extent", part.str()));
    result.extents.push_back(extent);
  }
  if (result.extents.empty() || result.extents.size() > 8)
    return createStringError(fmt::format("the rank must be 1 to 8, but it is {}", result.extents.size()));
  return result;
}

/// `4x8xf32=0.5`
static Expected<HostArray> readSplat(StringRef text, mlir::MLIRContext &context) {
  auto [shape, number] = text.split('=');
  auto fail = [&](const std::string &why) {
    return createStringError(
        fmt::format("--input={}: {}; write @FILE.npy, or extents, a type and a number like 4x8xf32=0.5", text.str(), why));
  };
  if (!text.contains('='))
    return fail("it is neither a file nor a splat");
  Expected<ArrayType> written = readArrayType(shape);
  if (!written)
    return fail(toString(written.takeError()));
  const int32_t type = written->type;
  mlir::Type element = elementType(type, context);
  reference::Array<double> one;
  one.extents = {1};
  if (isa<mlir::FloatType>(element)) {
    double value;
    if (number.getAsDouble(value))
      return fail(fmt::format("'{}' is not a number", number.str()));
    if (std::isinf(reference::roundTo(element, value)) && !number.contains_insensitive("inf"))
      return fail(fmt::format("'{}' is beyond the largest {}", number.str(), typeName(type).str()));
    one.reals = {value};
  } else {
    int64_t value;
    if (number.getAsInteger(10, value) || (type == NORMC_I1 && value != 0 && value != 1) ||
        (type == NORMC_I32 && value != int32_t(value)))
      return fail(fmt::format("'{}' is not an integer of {}", number.str(), typeName(type).str()));
    one.integers = {value};
  }
  Expected<HostArray> array = allocateArray(type, written->extents);
  if (!array)
    return array.takeError();
  mlir::FailureOr<std::vector<char>> bytes = reference::toBytes(element, one);
  if (failed(bytes))
    return fail("the number cannot be stored");
  auto *data = static_cast<char *>(array->data.data());
  for (size_t at = 0; at < array->data.size(); at += bytes->size())
    std::copy(bytes->begin(), bytes->end(), data + at);
  return array;
}

Expected<HostArray> readInput(StringRef text, mlir::MLIRContext &context) {
  if (text != "-" && !text.starts_with("@"))
    return readSplat(text, context);
  HostArray array;
  std::string error;
  if (!runtime::readNpy(text == "-" ? "-" : text.drop_front().str(), array, error))
    return createStringError(error);
  return array;
}

std::vector<double> toDoubles(const HostArray &array, mlir::MLIRContext &context) {
  auto values = reference::fromBytes<double>(
      elementType(array.type, context), array.extents,
      ArrayRef(static_cast<const char *>(static_cast<const void *>(array.data.data())), array.data.size()));
  if (failed(values))
    return {};
  if (!values->reals.empty())
    return std::move(values->reals);
  return std::vector<double>(values->integers.begin(), values->integers.end());
}

Comparison compare(const HostArray &got, const HostArray &want, double relative, double absolute,
                   mlir::MLIRContext &context) {
  Comparison result;
  auto varying = [](const HostArray &array) {
    return to_vector(make_filter_range(array.extents, [](int64_t extent) { return extent != 1; }));
  };
  result.sameShape = varying(got) == varying(want);
  if (!result.sameShape)
    return result;
  std::vector<double> a = toDoubles(got, context), b = toDoubles(want, context);
  result.elements = a.size();
  double largest = 0.0, worstExcess = -1.0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::isfinite(b[i]))
      largest = std::max(largest, std::fabs(b[i]));
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))
      continue;
    double error = std::fabs(a[i] - b[i]);
    if (std::isnan(error))
      error = std::numeric_limits<double>::infinity();
    result.largestError = std::max(result.largestError, error);
    const double bound = absolute + relative * std::fabs(b[i]);
    const bool fails = !(error <= bound);
    result.failures += fails;
    const double excess = fails ? error / std::max(bound, 1e-300) : 0.0;
    if (result.worst < 0 || excess > worstExcess) {
      worstExcess = excess;
      result.worst = i;
      result.got = a[i];
      result.want = b[i];
    }
  }
  result.largestRelativeError = result.largestError == 0.0 ? 0.0 : result.largestError / std::max(largest, 1e-300);
  return result;
}

} // namespace normc
