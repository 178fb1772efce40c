//===- Types.h - element types ----------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_TYPES_H
#define NORMC_RUNTIME_TYPES_H

#include "runtime/module_format.h"

namespace normc::runtime {

/// The bytes of one element, or 0 where `type` is none of normc_type.
inline int64_t elementBytes(int32_t type) {
  switch (type) {
  case NORMC_I1:
    return 1;
  case NORMC_F16:
  case NORMC_BF16:
    return 2;
  case NORMC_F32:
  case NORMC_I32:
    return 4;
  case NORMC_F64:
  case NORMC_I64:
    return 8;
  }
  return 0;
}

/// The name that a graph writes.
inline const char *typeName(int32_t type) {
  switch (type) {
  case NORMC_F16:
    return "f16";
  case NORMC_BF16:
    return "bf16";
  case NORMC_F32:
    return "f32";
  case NORMC_F64:
    return "f64";
  case NORMC_I32:
    return "i32";
  case NORMC_I64:
    return "i64";
  case NORMC_I1:
    return "i1";
  }
  return "unknown";
}

} // namespace normc::runtime

#endif // NORMC_RUNTIME_TYPES_H
