//===- GpuKernels.h - the kernels of a module by hand -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_GPU_GPUKERNELS_H
#define NORMC_TEST_RUNTIME_GPU_GPUKERNELS_H

#include "runtime/simt_hooks.h"

#include <cstdint>

/// Threads of a block.
inline constexpr int block = 32;

inline int64_t blocksFor(int64_t elements) {
  return (elements + block - 1) / block;
}

/// The kernels as twins for the host, and as PTX: nothing runs that, the mock driver looks up kernels in it.
extern const normc_simt_module twins;
extern const char ptx[];

#endif // NORMC_TEST_RUNTIME_GPU_GPUKERNELS_H
