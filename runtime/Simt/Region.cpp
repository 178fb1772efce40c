//===- Region.cpp - memory and what is known of it --------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Region.h"

namespace normc::runtime::simt {

/// Splits cells until `granule`, an offset or a size or both, is a multiple of their width.
void Region::divide(size_t granule, std::vector<Readers> &readers) {
  unsigned narrow = shift;
  while ((granule & ((size_t(1) << narrow) - 1)) != 0)
    --narrow;
  std::vector<Cell> divided(((bytes + (size_t(1) << narrow) - 1) >> narrow));
  const size_t parts = size_t(1) << (shift - narrow);
  for (size_t index = 0; index < cells.size(); ++index) {
    const Cell &cell = cells[index];
    if (!cell.write && !cell.read)
      continue;
    for (size_t part = index * parts; part < (index + 1) * parts && part < divided.size(); ++part) {
      divided[part] = cell;
      // Each goes its own way from here on; a set that is not there is of an earlier launch, or stands for many blocks.
      if (part != index * parts && cell.read.isSet() && cell.read.thread() < readers.size()) {
        divided[part].read = Epoch::ofSet(uint32_t(readers.size()), cell.read.time());
        Readers copy = readers[cell.read.thread()];
        readers.push_back(std::move(copy));
      }
    }
  }
  cells = std::move(divided);
  shift = narrow;
}

} // namespace normc::runtime::simt
