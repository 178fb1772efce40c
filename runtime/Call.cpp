//===- Call.cpp - calls of entries and gradients ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Call.h"

#include "runtime/Binding.h"
#include "runtime/Buffer.h"
#include "runtime/PairFrames.h"

#include <cstring>

namespace normc::runtime {

static Status runEntry(const normc_entry &entry, const Frame &frame, int32_t threads) {
  std::vector<void *> buffers;
  buffers.reserve(frame.arguments.size() + frame.results.size());
  for (const Array &array : frame.arguments)
    buffers.push_back(array.data);
  for (const Array &array : frame.results)
    buffers.push_back(array.data);
  std::vector<int64_t> symbols = frame.symbols.getValues();
  char message[NORMRT_MESSAGE_SIZE] = "";
  normc_context context = {NORMC_MODULE_VERSION, threads, message, sizeof message};

  int32_t status = entry.run(buffers.data(), symbols.data(), &context);
  if (status == NORMC_ENTRY_DONE)
    return {};
  message[sizeof message - 1] = '\0';
  const std::string reason = *message                              ? message
                       : status == NORMC_ENTRY_OUT_OF_MEMORY ? "out of memory"
                                                             : "it returned status " + std::to_string(status);
  const normrt_status kind = status == NORMC_ENTRY_OUT_OF_MEMORY  ? NORMRT_OUT_OF_MEMORY
                             : status == NORMC_ENTRY_BAD_ARGUMENT ? NORMRT_BAD_ARGUMENT
                                                                  : NORMRT_INTERNAL;
  return {kind,
          "function '" + std::string(entry.name) + "' failed: " + reason};
}

namespace {
/// One call of a gradient: runs its forward and then its backward, each in a frame of its own, whose arrays are the
/// caller's except for the saved values. The table has been checked, so every position is there.
class GradientCall {
public:
  GradientCall(const Function &function, const Frame &joint)
      : function(function), joint(joint), frames(function, joint), replaced(frames.argumentCount) {}

  Status run(int32_t threads) {
    // Everything that can fail for its extents or for lack of memory comes before anything is written.
    if (Status failed = frames.bind())
      return failed;
    if (Status failed = placeForward())
      return failed;
    if (Status failed = placeBackward())
      return failed;
    if (Status failed = runEntry(*function.forward->entry, frames.forward, threads))
      return failed;
    return runEntry(*function.backward->entry, frames.backward, threads);
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
    std::memcpy(old.data, source.data, size_t(source.bytes));
    return {};
  }

  Status allocate(int64_t bytes, const std::string &what, void *&data) {
    Buffer buffer;
    if (!buffer.allocate(size_t(bytes)))
      return {NORMRT_OUT_OF_MEMORY, "no memory for the " + std::to_string(bytes) + " bytes of " + what +
                                        " that are kept from the forward to the backward"};
    data = buffer.data();
    buffers.push_back(std::move(buffer));
    return {};
  }

  const Function &function;
  const Frame &joint;
  PairFrames frames;
  std::vector<Array> replaced; ///< copies of arguments, by position
  std::vector<Buffer> buffers;
};
} // namespace

Status call(const Function &function, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
            int32_t outputCount, int32_t threads) {
  Frame frame(function.signature);
  if (Status failed = bindArrays(frame, inputs, inputCount, outputs, outputCount))
    return failed;
  if (function.entry)
    return runEntry(*function.entry, frame, threads);
  return GradientCall(function, frame).run(threads);
}

} // namespace normc::runtime
