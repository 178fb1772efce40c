//===- CInterface.h - from C++ to C -----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CINTERFACE_H
#define NORMC_RUNTIME_CINTERFACE_H

#include "runtime/Status.h"

#include <cstring>
#include <new>

namespace normc::runtime {

inline normrt_status report(normrt_error *error, normrt_status code, const char *message) {
  if (error) {
    error->status = code;
    size_t length = std::strlen(message);
    if (length >= sizeof error->message) {
      // Cut off between characters, not inside one of several bytes.
      length = sizeof error->message - 1;
      while (length > 0 && (static_cast<unsigned char>(message[length]) & 0xC0) == 0x80)
        --length;
    }
    std::memcpy(error->message, message, length);
    error->message[length] = '\0';
  }
  return code;
}

/// Runs `body`, which returns a Status, and lets nothing escape into C.
template <typename Body>
normrt_status guard(normrt_error *error, Body body) noexcept {
  try {
    Status status = body();
    return report(error, status.getCode(), status.getMessage().c_str());
  } catch (const std::bad_alloc &) {
    return report(error, NORMRT_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &exception) {
    return report(error, NORMRT_INTERNAL, exception.what());
  } catch (...) {
    return report(error, NORMRT_INTERNAL, "unknown exception");
  }
}

inline Status isNull(const char *what) {
  return badArgument("the " + std::string(what) + " is null");
}

} // namespace normc::runtime

#endif // NORMC_RUNTIME_CINTERFACE_H
