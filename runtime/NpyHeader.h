//===- NpyHeader.h - the header of a NumPy file -----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_NPYHEADER_H
#define NORMC_RUNTIME_NPYHEADER_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace normc::runtime {

/// What the dictionary in a .npy header says.
struct NpyHeader {
  int32_t type = 0; ///< enum normc_type
  std::vector<int64_t> extents;
  int64_t bytes = 0; ///< of the data
};

/// Reads the dictionary, such as "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }". Returns "" or what is
/// wrong with it.
std::string parseNpyHeader(std::string_view text, NpyHeader &header);

/// Everything that comes before the data, as numpy.save writes it: magic bytes, version 1.0, length, dictionary, and
/// spaces up to a multiple of 64. `type` and `extents` are those of an array that a graph can have.
std::string formatNpyHeader(int32_t type, const std::vector<int64_t> &extents);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_NPYHEADER_H
