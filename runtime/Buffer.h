//===- Buffer.h - aligned memory that may be refused ------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_BUFFER_H
#define NORMC_RUNTIME_BUFFER_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace normc::runtime {

/// Owned bytes, aligned to a cache line. Callers built without exceptions use it too, so running out of memory is a
/// value.
class Buffer {
public:
  static constexpr size_t alignment = 64;

  Buffer() = default;
  Buffer(Buffer &&other) noexcept : bytes(std::exchange(other.bytes, nullptr)), count(std::exchange(other.count, 0)) {}
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(bytes, other.bytes);
    std::swap(count, other.count);
    return *this;
  }
  ~Buffer() { std::free(bytes); }

  /// Replaces the contents by `size` bytes of any value; false, and unchanged, when there is no memory.
  [[nodiscard]] bool allocate(size_t size) {
    if (size > static_cast<size_t>(PTRDIFF_MAX) - alignment)
      return false;
    // At least one line, so that even an empty array has an address of its own.
    size_t rounded = size == 0 ? alignment : (size + alignment - 1) / alignment * alignment;
    void *fresh = std::aligned_alloc(alignment, rounded);
    if (!fresh)
      return false;
    std::free(bytes);
    bytes = fresh;
    count = size;
    return true;
  }

  void *data() { return bytes; }
  const void *data() const { return bytes; }
  size_t size() const { return count; }

private:
  void *bytes = nullptr;
  size_t count = 0;
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_BUFFER_H
