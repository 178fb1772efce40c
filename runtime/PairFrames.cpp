//===- PairFrames.cpp - both entries of a gradient in one call --*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/PairFrames.h"

namespace normc::runtime {

PairFrames::PairFrames(const Function &function, const Frame &joint)
    : joint(joint), forward(function.forward->signature), backward(function.backward->signature),
      argumentCount(countRole(joint.signature.arguments, joint.signature.argumentCount, NORMC_ARGUMENT)),
      resultCount(countRole(joint.signature.results, joint.signature.resultCount, NORMC_RESULT)),
      saved(countRole(forward.signature.results, forward.signature.resultCount, NORMC_SAVED)) {}

/// An array that a frame hands over as it is has the extents that it has elsewhere.
static Status checkExtents(const Frame &frame, int32_t result, const Array &joint) {
  const Array &array = frame.results[result];
  if (Shape(array.extents) == Shape(joint.extents))
    return {};
  return badModule(describeResult(frame.signature, result) + " of '" + frame.signature.name + "' is " +
                   toText(array.extents) + ", but the gradient that runs it has " + toText(joint.extents) +
                   " there; compile it again");
}

Status PairFrames::bind() {
  const Signature &first = forward.signature, &second = backward.signature;
  for (int32_t i = 0; i < first.argumentCount; ++i)
    if (Status failed = forward.symbols.bind(i, joint.arguments[first.arguments[i].position].extents))
      return failed;
  if (Status failed = forward.resolve())
    return failed;
  for (int32_t i = 0; i < first.resultCount; ++i) {
    const normc_value &value = first.results[i];
    if (value.role == NORMC_SAVED)
      saved[value.position] = forward.results[i];
    else if (Status failed = checkExtents(forward, i, joint.results[value.position]))
      return failed;
  }
  for (int32_t i = 0; i < second.argumentCount; ++i)
    if (Status failed = backward.symbols.bind(i, sourceOf(second.arguments[i]).extents))
      return failed;
  if (Status failed = backward.resolve())
    return failed;
  for (int32_t i = 0; i < second.resultCount; ++i)
    if (Status failed = checkExtents(backward, i, joint.results[resultCount + second.results[i].position]))
      return failed;
  return {};
}

const Array &PairFrames::sourceOf(const normc_value &value) const {
  switch (value.role) {
  case NORMC_RESULT:
    return joint.results[value.position];
  case NORMC_SAVED:
    return saved[value.position];
  case NORMC_COTANGENT:
    return joint.arguments[argumentCount + value.position];
  }
  return joint.arguments[value.position];
}

} // namespace normc::runtime
