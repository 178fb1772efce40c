//===- ByteFormula.h - bytes as a function of extents -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TRANSFORMS_BYTEFORMULA_H
#define NORMC_COMPILER_TRANSFORMS_BYTEFORMULA_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace normc {

/// A number of bytes as text, `8 * n0 * 64` or `512`: what is added is merged where extents are equal. Symbol k of the
/// function is written nk.
class ByteFormula {
public:
  /// Adds `width` bytes for each point of extents, of which -1 - k stands for symbol k.
  void add(int64_t width, llvm::ArrayRef<int64_t> extents);

  /// The sum; with its value where that is known: `8 * 64 = 512`. `0` where nothing was added.
  std::string text() const;

private:
  std::map<std::vector<int64_t>, int64_t> widths; // by the extents that are not 1
};

} // namespace normc

#endif // NORMC_COMPILER_TRANSFORMS_BYTEFORMULA_H
