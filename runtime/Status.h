//===- Status.h - done, or why not ------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_STATUS_H
#define NORMC_RUNTIME_STATUS_H

#include "runtime/normrt.h"

#include <string>
#include <utility>

namespace normc::runtime {

/// Done, or a status and a sentence. Converts to true when it is a failure, so that failures are handed on by
/// `if (Status failed = step()) return failed;`.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(normrt_status code, std::string message) : code(code), message(std::move(message)) {}

  explicit operator bool() const { return code != NORMRT_OK; }
  normrt_status getCode() const { return code; }
  const std::string &getMessage() const { return message; }

private:
  normrt_status code = NORMRT_OK;
  std::string message;
};

inline Status badArgument(std::string message) {
  return {NORMRT_BAD_ARGUMENT, std::move(message)};
}
inline Status badModule(std::string message) {
  return {NORMRT_BAD_MODULE, std::move(message)};
}

} // namespace normc::runtime

#endif // NORMC_RUNTIME_STATUS_H
