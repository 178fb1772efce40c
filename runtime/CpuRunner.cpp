//===- CpuRunner.cpp - entries on the CPU -----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/CpuRunner.h"

#include "runtime/Groups/Group.h"

#include <cstring>

namespace normc::runtime {

Status CpuRunner::run(const normc_entry &entry, const Frame &frame) {
  std::vector<void *> data = frame.getData();
  std::vector<int64_t> symbols = frame.symbols.getValues();
  char message[NORMRT_MESSAGE_SIZE] = "";
  normc_context context = {NORMC_MODULE_VERSION, threads, message, sizeof message,
                           group ? group->getTable() : nullptr};

  int32_t status = entry.run(data.data(), symbols.data(), &context);
  if (status == NORMC_ENTRY_DONE)
    return {};
  message[sizeof message - 1] = '\0';
  std::string reason = *message                              ? message
                       : status == NORMC_ENTRY_OUT_OF_MEMORY ? "out of memory"
                                                             : "it returned status " + std::to_string(status);
  return {status == NORMC_ENTRY_OUT_OF_MEMORY ? NORMRT_OUT_OF_MEMORY
          : status == NORMC_ENTRY_COLLECTIVE    ? NORMRT_COLLECTIVE
          : status == NORMC_ENTRY_BAD_ARGUMENT  ? NORMRT_BAD_ARGUMENT
                                                : NORMRT_INTERNAL,
          "function '" + std::string(entry.name) + "' failed: " + reason};
}

Status CpuRunner::allocate(int64_t bytes, const std::string &what, void *&data) {
  Buffer buffer;
  if (!buffer.allocate(size_t(bytes)))
    return {NORMRT_OUT_OF_MEMORY, "no memory for the " + std::to_string(bytes) + " bytes of " + what};
  data = buffer.data();
  buffers.push_back(std::move(buffer));
  return {};
}

Status CpuRunner::copy(void *to, const void *from, int64_t bytes) {
  std::memcpy(to, from, size_t(bytes));
  return {};
}

} // namespace normc::runtime
