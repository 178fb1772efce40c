//===- Memory.cpp - the memory of the GPU -----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Memory.h"

#include <sys/mman.h>

namespace normc::runtime::simt {

static constexpr size_t page = 4096, smallestRedzone = 16 * page;

Memory::~Memory() {
  for (auto &entry : buffers)
    munmap(entry.second.mapping, entry.second.mapped);
}

Region *Memory::allocate(size_t bytes) {
  if (bytes > (size_t(1) << 44))
    return nullptr;
  const size_t pages = (bytes + page - 1) / page * page;
  const size_t redzone = pages > smallestRedzone ? pages : smallestRedzone;
  const size_t mapped = redzone + pages + redzone;
  void *mapping = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED)
    return nullptr;
  char *base = static_cast<char *>(mapping) + redzone;
  if (pages && mprotect(base, pages, PROT_READ | PROT_WRITE) != 0) {
    munmap(mapping, mapped);
    return nullptr;
  }
  Buffer &buffer = buffers[static_cast<char *>(mapping)];
  buffer.mapping = static_cast<char *>(mapping);
  buffer.mapped = mapped;
  buffer.region.reset(base, bytes, false, 0);
  return &buffer.region;
}

void Memory::release(Region *region) {
  auto entry = nearest(region->base);
  munmap(entry->second.mapping, entry->second.mapped);
  buffers.erase(entry);
}

std::map<const char *, Memory::Buffer>::const_iterator Memory::nearest(const void *address) const {
  auto *byte = static_cast<const char *>(address);
  auto after = buffers.upper_bound(byte);
  if (after == buffers.begin())
    return buffers.end();
  --after;
  return byte < after->second.mapping + after->second.mapped ? after : buffers.end();
}

Region *Memory::find(const void *address, size_t bytes) {
  auto entry = nearest(address);
  if (entry == buffers.end() || !entry->second.region.holds(static_cast<const char *>(address), bytes))
    return nullptr;
  return const_cast<Region *>(&entry->second.region);
}

Region *Memory::findBase(const void *address) {
  auto entry = nearest(address);
  if (entry == buffers.end() || entry->second.region.base != address)
    return nullptr;
  return const_cast<Region *>(&entry->second.region);
}

const Region *Memory::findNearest(const void *address) const {
  auto entry = nearest(address);
  return entry == buffers.end() ? nullptr : &entry->second.region;
}

void Memory::forgetTimes(std::vector<Readers> &readers) {
  for (auto &entry : buffers)
    entry.second.region.forgetTimes();
  readers.clear();
}

} // namespace normc::runtime::simt
