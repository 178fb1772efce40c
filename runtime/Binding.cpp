//===- Binding.cpp - a signature met by a caller's arrays -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Binding.h"

#include "runtime/Types.h"

namespace normc::runtime {

static Status resolveArray(const Symbols &symbols, const normc_value &value, const std::string &what, Array &array) {
  array.extents = symbols.resolve(value);
  if (!countBytes(array.extents, elementBytes(value.type), array.bytes))
    return badArgument(what + " would be " + toText(array.extents) + ", which is more bytes than can be counted");
  return {};
}

Status Frame::resolve() {
  for (int32_t i = 0; i < signature.argumentCount; ++i)
    if (Status failed = resolveArray(symbols, signature.arguments[i], describeArgument(signature, i), arguments[i]))
      return failed;
  for (int32_t i = 0; i < signature.resultCount; ++i)
    if (Status failed = resolveArray(symbols, signature.results[i], describeResult(signature, i), results[i]))
      return failed;
  return {};
}

std::vector<void *> Frame::getData() const {
  std::vector<void *> data;
  data.reserve(arguments.size() + results.size());
  for (const Array &array : arguments)
    data.push_back(array.data);
  for (const Array &array : results)
    data.push_back(array.data);
  return data;
}

/// "3 arguments (x, gamma, beta)"
static std::string listText(const char *kind, const normc_value *values, int32_t count) {
  std::string text = std::to_string(count) + " " + kind + (count == 1 ? "" : "s");
  for (int32_t i = 0; i < count; ++i)
    text += (i == 0 ? " (" : ", ") + (*values[i].name ? std::string(values[i].name) : std::to_string(i));
  return count == 0 ? text : text + ")";
}

static std::string wereGiven(int32_t count) {
  return ", but " + std::to_string(count) + (count == 1 ? " was given" : " were given");
}

/// A tensor of `shape` stands for an array of `value`, which has `extents` in this call.
static Status checkResultShape(const normc_value &value, Shape extents, Shape shape, const std::string &what) {
  if (hasSymbols(value) ? shape == extents : haveSameElements(shape, extents))
    return {};
  return badArgument(what + " is " + toText(extents) + ", but the array given for it is " + toText(shape) +
                     "; allocate it as normrt_result_extents says");
}

Status bindExtents(Frame &frame, const DLTensor *inputs, int32_t inputCount) {
  const Signature &signature = frame.signature;
  if (inputCount != signature.argumentCount)
    return badArgument("function '" + std::string(signature.name) + "' takes " +
                       listText("argument", signature.arguments, signature.argumentCount) + wereGiven(inputCount));
  if (inputCount > 0 && !inputs)
    return badArgument("the inputs are null");
  for (int32_t i = 0; i < inputCount; ++i) {
    const normc_value &value = signature.arguments[i];
    std::string what = describeArgument(signature, i);
    Shape shape;
    if (Status failed = readShape(inputs[i], what, shape))
      return failed;
    if (hasSymbols(value)) {
      if (Status failed = frame.symbols.bind(i, shape))
        return failed;
    } else if (!haveSameElements(shape, shapeOf(value))) {
      return badArgument(what + " is " + toText(shapeOf(value)) + ", but the array is " + toText(shape) +
                         "; pass the same elements in row-major order, with 1s dropped or adjacent axes merged or "
                         "split at most");
    }
  }
  return frame.resolve();
}

static bool overlap(const Array &a, const Array &b) {
  auto begin = [](const Array &array) { return reinterpret_cast<uintptr_t>(array.data); };
  return a.data && b.data && a.bytes > 0 && b.bytes > 0 && begin(a) < begin(b) + uintptr_t(b.bytes) &&
         begin(b) < begin(a) + uintptr_t(a.bytes);
}

static Status checkOverlaps(const Frame &frame) {
  const Signature &signature = frame.signature;
  for (int32_t i = 0; i < signature.resultCount; ++i) {
    const Array &result = frame.results[i];
    int32_t updates = signature.results[i].updates;
    for (int32_t j = 0; j < signature.argumentCount; ++j) {
      const Array &argument = frame.arguments[j];
      if ((signature.arguments[j].flags & NORMC_EXTENTS_ONLY) != 0 || !overlap(result, argument))
        continue;
      if (j == updates && result.data == argument.data && result.bytes == argument.bytes)
        continue;
      std::string message =
          describeResult(signature, i) + " overlaps " + describeArgument(signature, j) + " in memory; ";
      if (updates < 0)
        return badArgument(message + "give it memory of its own");
      return badArgument(message + "it may only lie exactly over " + describeArgument(signature, updates));
    }
    for (int32_t j = 0; j < i; ++j)
      if (overlap(result, frame.results[j]))
        return badArgument(describeResult(signature, i) + " overlaps " + describeResult(signature, j) +
                           " in memory; give it memory of its own");
  }
  return {};
}

Status bindArrays(Frame &frame, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
                  int32_t outputCount, const Place &place) {
  const Signature &signature = frame.signature;
  if (Status failed = bindExtents(frame, inputs, inputCount))
    return failed;
  if (outputCount != signature.resultCount)
    return badArgument("function '" + std::string(signature.name) + "' has " +
                       listText("result", signature.results, signature.resultCount) + wereGiven(outputCount));
  if (outputCount > 0 && !outputs)
    return badArgument("the outputs are null");
  for (int32_t i = 0; i < inputCount; ++i) {
    const normc_value &value = signature.arguments[i];
    bool mayBeNull = (value.flags & NORMC_EXTENTS_ONLY) != 0;
    if (Status failed =
            readData(inputs[i], describeArgument(signature, i), value.type, mayBeNull, place, frame.arguments[i].data))
      return failed;
  }
  for (int32_t i = 0; i < outputCount; ++i) {
    const normc_value &value = signature.results[i];
    std::string what = describeResult(signature, i);
    Shape shape;
    if (Status failed = readShape(outputs[i], what, shape))
      return failed;
    if (Status failed = checkResultShape(value, frame.results[i].extents, shape, what))
      return failed;
    if (Status failed = readData(outputs[i], what, value.type, /*mayBeNull=*/false, place, frame.results[i].data))
      return failed;
  }
  return checkOverlaps(frame);
}

} // namespace normc::runtime
