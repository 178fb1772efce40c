//===- ByteFormula.cpp - bytes as a function of extents -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ByteFormula.h"

#include "llvm/Support/MathExtras.h"
#include <fmt/format.h>
#include <optional>

namespace normc {

void ByteFormula::add(int64_t width, llvm::ArrayRef<int64_t> extents) {
  std::vector<int64_t> varying;
  for (int64_t extent : extents)
    if (extent != 1)
      varying.push_back(extent);
  widths[varying] += width;
}

std::string ByteFormula::text() const {
  if (widths.empty())
    return "0";
  std::string sum;
  bool isNumber = true;
  std::optional<int64_t> value = 0;
  for (const auto &[extents, width] : widths) {
    sum += fmt::format("{}{}", sum.empty() ? "" : " + ", width);
    std::optional<int64_t> part = width;
    for (int64_t extent : extents) {
      sum += extent < 0 ? fmt::format(" * n{}", -1 - extent) : fmt::format(" * {}", extent);
      isNumber = false;
      int64_t product;
      part = part && extent >= 0 && !llvm::MulOverflow(*part, extent, product) ? std::optional(product) : std::nullopt;
    }
    int64_t total;
    value = value && part && !llvm::AddOverflow(*value, *part, total) ? std::optional(total) : std::nullopt;
  }
  return isNumber || !value ? sum : fmt::format("{} = {}", sum, *value);
}

} // namespace normc
