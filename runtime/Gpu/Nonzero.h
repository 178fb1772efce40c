//===- Nonzero.h - arguments that must not be 0 -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GPU_NONZERO_H
#define NORMC_RUNTIME_GPU_NONZERO_H

#include "runtime/Binding.h"
#include "runtime/Gpu/Device.h"

namespace normc::runtime::gpu {

/// Whether no argument that must not be 0 has an element that is, of a frame on the device. Waits for the device where there is such
/// an argument, which is small: a scale. The message names argument and element.
Status checkNonzero(const Frame &frame, Device &device);

} // namespace normc::runtime::gpu

#endif // NORMC_RUNTIME_GPU_NONZERO_H
