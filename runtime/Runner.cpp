//===- Runner.cpp - entries and gradients on any device ---------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Runner.h"

#include "runtime/PairFrames.h"

namespace normc::runtime {

namespace {
/// One call of a gradient: runs its forward and then its backward, each in a frame of its own, whose arrays are the
/// caller's except for the saved values. The table has been checked, so every position is there.
class GradientCall {
public:
  GradientCall(const Function &function, const Frame &joint, Runner &runner)
      : function(function), joint(joint), runner(runner), frames(function, joint), replaced(frames.argumentCount) {}

  Status run() {
    // Everything that can fail for its extents or for lack of memory comes before anything is written.
    if (Status failed = frames.bind())
      return failed;
    if (Status failed = runner.prepare(*function.forward->entry, frames.forward))
      return failed;
    if (Status failed = runner.prepare(*function.backward->entry, frames.backward))
      return failed;
    if (Status failed = placeForward())
      return failed;
    if (Status failed = placeBackward())
      return failed;
    if (Status failed = runner.run(*function.forward->entry, frames.forward))
      return failed;
    return runner.run(*function.backward->entry, frames.backward);
  }

private:
  Status placeForward() {
    Frame &forward = frames.forward;
    const Signature &signature = forward.signature;
    for (int32_t i = 0; i < signature.argumentCount; ++i)
      forward.arguments[i].data = joint.arguments[signature.arguments[i].position].data;
    for (int32_t i = 0; i < signature.resultCount; ++i) {
      const normc_value &value = signature.results[i];
      Array &array = forward.results[i];
      if (value.role == NORMC_RESULT) {
        array.data = joint.results[value.position].data;
        continue;
      }
      if (Status failed = allocate(array.bytes, describeResult(signature, i), array.data))
        return failed;
      frames.saved[value.position].data = array.data;
    }
    return {};
  }

  Status placeBackward() {
    Frame &backward = frames.backward;
    const Signature &signature = backward.signature;
    for (int32_t i = 0; i < signature.argumentCount; ++i) {
      const normc_value &value = signature.arguments[i];
      const bool isOld =
          value.role == NORMC_ARGUMENT && (value.flags & NORMC_EXTENTS_ONLY) == 0 && isReplaced(value.position);
      if (isOld)
        if (Status failed = keep(value.position))
          return failed;
      backward.arguments[i].data = isOld ? replaced[value.position].data : frames.sourceOf(value).data;
    }
    for (int32_t i = 0; i < signature.resultCount; ++i)
      backward.results[i].data = joint.results[frames.resultCount + signature.results[i].position].data;
    return {};
  }

  /// The forward writes its result over this argument, of which the backward reads the old value.
  bool isReplaced(int32_t argument) const {
    const Array &array = joint.arguments[argument];
    for (int32_t i = 0; i < frames.resultCount; ++i)
      if (joint.signature.results[i].updates == argument && joint.results[i].data == array.data && array.bytes > 0)
        return true;
    return false;
  }

  Status keep(int32_t argument) {
    Array &old = replaced[argument];
    if (old.data)
      return {};
    const Array &source = joint.arguments[argument];
    if (Status failed = allocate(source.bytes, describeArgument(joint.signature, argument), old.data))
      return failed;
    return runner.copy(old.data, source.data, source.bytes);
  }

  Status allocate(int64_t bytes, const std::string &what, void *&data) {
    return runner.allocate(bytes, what + " that are kept from the forward to the backward", data);
  }

  const Function &function;
  const Frame &joint;
  Runner &runner;
  PairFrames frames;
  std::vector<Array> replaced; ///< copies of arguments, by position
};
} // namespace

Status runFunction(const Function &function, const Frame &frame, Runner &runner) {
  if (!function.entry)
    return GradientCall(function, frame, runner).run();
  if (Status failed = runner.prepare(*function.entry, frame))
    return failed;
  return runner.run(*function.entry, frame);
}

} // namespace normc::runtime
