//===- Tensor.cpp - checks of a DLPack tensor -------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Tensor.h"

#include "runtime/Types.h"

namespace normc::runtime {

// Newer than some of the DLPack headers that this is built against.
static constexpr uint8_t dlBool = 6;

static bool holds(DLDataType dtype, int32_t type) {
  if (dtype.lanes != 1 || dtype.bits != 8 * elementBytes(type))
    return false;
  switch (type) {
  case NORMC_F16:
  case NORMC_F32:
  case NORMC_F64:
    return dtype.code == kDLFloat;
  case NORMC_BF16:
    return dtype.code == kDLBfloat;
  case NORMC_I32:
  case NORMC_I64:
    return dtype.code == kDLInt;
  case NORMC_I1:
    return dtype.code == kDLUInt || dtype.code == dlBool;
  }
  return false;
}

static std::string toText(DLDataType dtype) {
  std::string bits = std::to_string(dtype.bits);
  std::string text = "dtype code " + std::to_string(dtype.code) + " of " + bits + " bits";
  switch (dtype.code) {
  case kDLInt:
    text = "i" + bits;
    break;
  case kDLUInt:
    text = "u" + bits;
    break;
  case kDLFloat:
    text = "f" + bits;
    break;
  case kDLBfloat:
    text = "bf" + bits;
    break;
  case kDLComplex:
    text = "complex" + bits;
    break;
  case dlBool:
    text = "bool" + bits;
    break;
  }
  return dtype.lanes == 1 ? text : text + " in vectors of " + std::to_string(dtype.lanes);
}

static std::string listText(const int64_t *numbers, int32_t count) {
  std::string text;
  for (int32_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  return "(" + text + ")";
}

Status readShape(const DLTensor &tensor, const std::string &what, Shape &shape) {
  if (tensor.ndim < 0 || (tensor.ndim > 0 && !tensor.shape))
    return badArgument(what + " has an array of rank " + std::to_string(tensor.ndim) + " without a shape");
  shape = {tensor.shape, tensor.ndim};
  for (int64_t extent : shape)
    if (extent < 0)
      return badArgument(what + " has an array of shape " + listText(tensor.shape, tensor.ndim) +
                         "; extents must not be negative");
  return {};
}

/// Row-major order without gaps. The stride of an axis with one element means nothing.
static bool isDense(const DLTensor &tensor) {
  if (!tensor.strides)
    return true;
  for (int32_t axis = 0; axis < tensor.ndim; ++axis)
    if (tensor.shape[axis] == 0)
      return true;
  int64_t expected = 1;
  for (int32_t axis = tensor.ndim - 1; axis >= 0; --axis) {
    if (tensor.shape[axis] == 1)
      continue;
    if (tensor.strides[axis] != expected)
      return false;
    expected *= tensor.shape[axis];
  }
  return true;
}

static Status checkPlace(DLDevice device, const std::string &what, const Place &place) {
  const std::string kind = std::to_string(device.device_type);
  if (!place.onGpu)
    return device.device_type == kDLCPU ? Status()
                                        : badArgument(what + " has an array on device type " + kind +
                                                      "; copy it to the CPU's memory (device type 1)");
  if (device.device_type == kDLCUDA && device.device_id == place.index)
    return {};
  return badArgument(what + " has an array on device " + std::to_string(device.device_id) + " of type " + kind +
                     ", but the call runs on GPU " + std::to_string(place.index) +
                     " with arrays in its memory; pass all of them there (device type 2) or all in the CPU's");
}

Status readData(const DLTensor &tensor, const std::string &what, int32_t type, bool mayBeNull, const Place &place,
                void *&data) {
  if (Status failed = checkPlace(tensor.device, what, place))
    return failed;
  if (!holds(tensor.dtype, type))
    return badArgument(what + " is " + typeName(type) + ", but the array holds " + toText(tensor.dtype));
  if (!isDense(tensor))
    return badArgument(what + " has an array of shape " + listText(tensor.shape, tensor.ndim) + " with strides " +
                       listText(tensor.strides, tensor.ndim) +
                       ", which is not dense in row-major order; pass a contiguous copy");
  int64_t bytes = 0;
  if (!countBytes({tensor.shape, tensor.ndim}, elementBytes(type), bytes))
    return badArgument(what + " has an array of shape " + listText(tensor.shape, tensor.ndim) +
                       ", which is more bytes than can be counted");
  if (!tensor.data) {
    if (bytes != 0 && !mayBeNull)
      return badArgument(what + " has an array whose data is null");
    data = nullptr;
    return {};
  }
  auto address = reinterpret_cast<uintptr_t>(tensor.data) + tensor.byte_offset;
  if (bytes != 0 && address % static_cast<uintptr_t>(elementBytes(type)) != 0)
    return badArgument(what + " has an array at an address that is not a multiple of " +
                       std::to_string(elementBytes(type)) + " bytes; pass an aligned copy");
  data = static_cast<char *>(tensor.data) + tensor.byte_offset;
  return {};
}

} // namespace normc::runtime
