//===- PairFrames.h - both entries of a gradient in one call ----*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_PAIRFRAMES_H
#define NORMC_RUNTIME_PAIRFRAMES_H

#include "runtime/Binding.h"

namespace normc::runtime {

/// The forward and the backward of a gradient, each met by the arrays of one joint call: extents and bytes, not yet
/// memory. The table has been checked, so every position is there.
struct PairFrames {
  /// `joint` is a frame of the gradient, resolved; it stays where it is.
  PairFrames(const Function &function, const Frame &joint);

  /// Binds and resolves both frames. Fails where the pair contradicts the gradient in its extents.
  Status bind();

  /// What the backward reads as the argument `value`: an argument, a cotangent or a result of the joint call, or a
  /// saved value.
  const Array &sourceOf(const normc_value &value) const;

  const Frame &joint;
  Frame forward, backward;
  int32_t argumentCount, resultCount; ///< of the function that was differentiated
  std::vector<Array> saved;           ///< by position
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_PAIRFRAMES_H
