//===- Call.cpp - calls of entries and gradients ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Call.h"

#include "runtime/Binding.h"
#include "runtime/Buffer.h"

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
  std::string reason = *message                              ? message
                       : status == NORMC_ENTRY_OUT_OF_MEMORY ? "out of memory"
                                                             : "it returned status " + std::to_string(status);
  return {status == NORMC_ENTRY_OUT_OF_MEMORY ? NORMRT_OUT_OF_MEMORY : NORMRT_INTERNAL,
          "function '" + std::string(entry.name) + "' failed: " + reason};
}

namespace {
/// One call of a gradient: runs its forward and then its backward, each in a frame of its own, whose arrays are the
/// caller's except for the saved values. The table has been checked, so every position is there.
class GradientCall {
public:
  GradientCall(const Function &function, const Frame &joint)
      : function(function), joint(joint), forward(function.forward->signature), backward(function.backward->signature),
        argumentCount(countRole(joint.signature.arguments, joint.signature.argumentCount, NORMC_ARGUMENT)),
        resultCount(countRole(joint.signature.results, joint.signature.resultCount, NORMC_RESULT)),
        saved(countRole(forward.signature.results, forward.signature.resultCount, NORMC_SAVED)),
        replaced(argumentCount) {}

  Status run(int32_t threads) {
    // Everything that can fail for its extents or for lack of memory comes before anything is written.
    if (Status failed = prepareForward())
      return failed;
    if (Status failed = prepareBackward())
      return failed;
    if (Status failed = runEntry(*function.forward->entry, forward, threads))
      return failed;
    return runEntry(*function.backward->entry, backward, threads);
  }

private:
  /// An array of `frame` that is handed over as it is must have the extents that it has elsewhere.
  static Status handOver(const Array &from, Array &array, const Frame &frame, const std::string &what) {
    if (Shape(array.extents) != Shape(from.extents))
      return badModule(what + " of '" + frame.signature.name + "' is " + toText(array.extents) +
                       ", but the gradient that runs it has " + toText(from.extents) + " there; compile it again");
    array.data = from.data;
    return {};
  }

  Status prepareForward() {
    const Signature &signature = forward.signature;
    for (int32_t i = 0; i < signature.argumentCount; ++i)
      if (Status failed = forward.symbols.bind(i, joint.arguments[signature.arguments[i].position].extents))
        return failed;
    if (Status failed = forward.resolve())
      return failed;
    for (int32_t i = 0; i < signature.argumentCount; ++i)
      forward.arguments[i].data = joint.arguments[signature.arguments[i].position].data;
    for (int32_t i = 0; i < signature.resultCount; ++i) {
      const normc_value &value = signature.results[i];
      Array &array = forward.results[i];
      if (value.role == NORMC_RESULT) {
        if (Status failed = handOver(joint.results[value.position], array, forward, describeResult(signature, i)))
          return failed;
        continue;
      }
      Status failed = allocate(savedBuffers, array.bytes, describeResult(signature, i), array.data);
      if (failed)
        return failed;
      saved[value.position] = array;
    }
    return {};
  }

  Status prepareBackward() {
    const Signature &signature = backward.signature;
    for (int32_t i = 0; i < signature.argumentCount; ++i) {
      const normc_value &value = signature.arguments[i];
      const Array *source = nullptr;
      if (Status failed = findSource(value, source))
        return failed;
      if (Status failed = backward.symbols.bind(i, source->extents))
        return failed;
      backward.arguments[i].data = source->data;
    }
    if (Status failed = backward.resolve())
      return failed;
    for (int32_t i = 0; i < signature.resultCount; ++i) {
      const Array &from = joint.results[resultCount + signature.results[i].position];
      if (Status failed = handOver(from, backward.results[i], backward, describeResult(signature, i)))
        return failed;
    }
    return {};
  }

  /// Where the backward finds an argument.
  Status findSource(const normc_value &value, const Array *&source) {
    switch (value.role) {
    case NORMC_RESULT:
      source = &joint.results[value.position];
      return {};
    case NORMC_SAVED:
      source = &saved[value.position];
      return {};
    case NORMC_COTANGENT:
      source = &joint.arguments[argumentCount + value.position];
      return {};
    }
    source = &joint.arguments[value.position];
    if ((value.flags & NORMC_EXTENTS_ONLY) != 0 || !isReplaced(value.position))
      return {};
    // The forward writes its result over this argument, of which the backward reads the old value.
    Array &old = replaced[value.position];
    if (!old.data) {
      Status failed =
          allocate(savedBuffers, source->bytes, describeArgument(joint.signature, value.position), old.data);
      if (failed)
        return failed;
      old.bytes = source->bytes;
      old.extents = source->extents;
      std::memcpy(old.data, source->data, size_t(source->bytes));
    }
    source = &old;
    return {};
  }

  bool isReplaced(int32_t argument) const {
    const Array &array = joint.arguments[argument];
    for (int32_t i = 0; i < resultCount; ++i)
      if (joint.signature.results[i].updates == argument && joint.results[i].data == array.data && array.bytes > 0)
        return true;
    return false;
  }

  static Status allocate(std::vector<Buffer> &buffers, int64_t bytes, const std::string &what, void *&data) {
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
  Frame forward, backward;
  int32_t argumentCount, resultCount; ///< of the function that was differentiated
  std::vector<Array> saved;           ///< by position
  std::vector<Array> replaced;        ///< copies of arguments, by position
  std::vector<Buffer> savedBuffers;
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
