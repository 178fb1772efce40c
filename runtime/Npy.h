//===- Npy.h - NumPy files --------------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_NPY_H
#define NORMC_RUNTIME_NPY_H

#include "runtime/Buffer.h"
#include "runtime/module_format.h"

#include <string>
#include <vector>

namespace normc::runtime {

/// An array as a .npy file holds it: dense, in row-major order, little-endian.
///
/// NumPy has no bf16, so '<u2' stands for it, bit by bit, in both directions: a '<u2' file is NORMC_BF16 here, and
/// therefore accepted exactly where a graph says bf16.
struct NpyArray {
  int32_t type = 0; ///< enum normc_type
  std::vector<int64_t> extents;
  Buffer data; ///< aligned to 64 bytes; the bytes of i1 are 0 or 1
};

/// Reads the .npy file at `path`, or standard input for "-": versions 1.0 to 3.0, ranks 1 to 8, dtypes '<f2', '<u2',
/// '<f4', '<f8', '<i4', '<i8' and '|b1', row-major order, nothing after the data. False, with a sentence that names the
/// file, for anything else. Nothing is allocated for what a header merely promises.
[[nodiscard]] bool readNpy(const std::string &path, NpyArray &array, std::string &error);

/// Writes `data`, dense in row-major order, to `path`, or to standard output for "-", as numpy.save would. A file
/// appears at `path` whole or not at all; what is no regular file, such as a device or a pipe, is written to directly.
/// False, with a sentence that names the file, when that fails.
[[nodiscard]] bool writeNpy(const std::string &path, int32_t type, const std::vector<int64_t> &extents,
                            const void *data, std::string &error);

} // namespace normc::runtime

#endif // NORMC_RUNTIME_NPY_H
