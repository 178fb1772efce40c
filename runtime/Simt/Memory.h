//===- Memory.h - the memory of the GPU -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_MEMORY_H
#define NORMC_RUNTIME_SIMT_MEMORY_H

#include "runtime/Simt/Region.h"

#include <map>

namespace normc::runtime::simt {

/// Buffers, each alone in a mapping whose other pages nobody may touch: as many bytes before it and behind it as it has, so that
/// an index which is wrong by a factor does not reach another buffer.
class Memory {
public:
  Memory() = default;
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  ~Memory();

  /// Zero bytes; null where there is no memory.
  Region *allocate(size_t bytes);
  void release(Region *region);

  /// The buffer that holds these bytes, or null.
  Region *find(const void *address, size_t bytes);
  /// The buffer that begins here, or null.
  Region *findBase(const void *address);
  /// The buffer in whose mapping, redzones included, an address lies, or null.
  const Region *findNearest(const void *address) const;

  size_t size() const { return buffers.size(); }
  /// Nothing is known of who did what: only of what has never been written.
  void forgetTimes(std::vector<Readers> &readers);

private:
  struct Buffer {
    Region region;
    char *mapping = nullptr;
    size_t mapped = 0;
  };
  std::map<const char *, Buffer> buffers; // by their mapping's first byte
  std::map<const char *, Buffer>::const_iterator nearest(const void *address) const;
};

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_MEMORY_H
