//===- KernelEmitter.cpp - one kernel as a C++ function ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelEmitter.h"
#include "compiler/Backends/Cpp/KernelWriter.h"

using namespace mlir;

namespace normc::cpp {

static std::unique_ptr<KernelWriter> createWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  if (kernel.getBody().getOps<kernel::SweepOp>().empty())
    return createPointsWriter(kernel, tensors);
  if (std::optional<kernel::Tile> tile = chooseTile(kernel))
    return createTilesWriter(kernel, tensors, *tile);
  return createRunsWriter(kernel, tensors);
}

KernelFunction emitKernel(kernel::KernelOp kernel, const std::string &name, const DenseMap<Value, std::string> &tensors) {
  return createWriter(kernel, tensors)->run(name);
}

} // namespace normc::cpp
