//===- Binding.h - a signature met by a caller's arrays ---------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_BINDING_H
#define NORMC_RUNTIME_BINDING_H

#include "runtime/Symbols.h"
#include "runtime/Tensor.h"

#include <vector>

namespace normc::runtime {

/// A dense array with the extents that the graph gives it.
struct Array {
  void *data = nullptr;
  int64_t bytes = 0;
  Extents extents;
};

/// One call of a signature: an array for each argument and result. Filled step by step.
struct Frame {
  explicit Frame(const Signature &signature)
      : signature(signature), symbols(signature), arguments(signature.argumentCount), results(signature.resultCount) {}

  /// Sets the extents and bytes of all arrays from the symbols, which are bound.
  Status resolve();

  /// The addresses of the arguments, then of the results.
  std::vector<void *> getData() const;

  Signature signature;
  Symbols symbols;
  std::vector<Array> arguments;
  std::vector<Array> results;
};

/// Binds the frame's symbols to the extents of `inputs` and resolves it. Of the tensors only the shapes are read.
Status bindExtents(Frame &frame, const DLTensor *inputs, int32_t inputCount);

/// Takes the data of all arrays from a caller's tensors, after checking everything that can be wrong with them.
Status bindArrays(Frame &frame, const DLTensor *inputs, int32_t inputCount, const DLTensor *outputs,
                  int32_t outputCount, const Place &place);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_BINDING_H
