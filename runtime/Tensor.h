//===- Tensor.h - checks of a DLPack tensor ---------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_TENSOR_H
#define NORMC_RUNTIME_TENSOR_H

#include "runtime/Extents.h"
#include "runtime/Status.h"

namespace normc::runtime {

/// The extents of `tensor`, refused where they are none. `what` begins the message: "argument 'x'".
Status readShape(const DLTensor &tensor, const std::string &what, Shape &shape);

/// Where all tensors of a call lie: in the CPU's memory, or in that of one GPU.
struct Place {
  bool onGpu = false;
  int32_t index = 0; ///< of the GPU
};

/// The address of the first element of `tensor`, whose shape has been read. Refused unless its elements are of `type`,
/// in the memory of `place`, dense in row-major order and aligned. Null is allowed where `mayBeNull` or where there are
/// no elements.
Status readData(const DLTensor &tensor, const std::string &what, int32_t type, bool mayBeNull, const Place &place,
                void *&data);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_TENSOR_H
