//===- Accesses.cpp - where an access goes ----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Launch.h"

#include <cstdio>

namespace normc::runtime::simt {

static bool isStore(int32_t kind) {
  return kind == NORMC_SIMT_STORE || kind == NORMC_SIMT_VOLATILE_STORE;
}
static bool isVolatile(int32_t kind) {
  return kind == NORMC_SIMT_VOLATILE_LOAD || kind == NORMC_SIMT_VOLATILE_STORE;
}

static std::string hexadecimal(const void *address) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(address)));
  return text;
}

/// The buffer or the array that an access goes to, or null after a report. What lies on the thread's own stack is its
/// own business: then `checked` is false.
Region *Launch::locate(Thread &thread, const void *address, const normc_simt_access &access, int32_t index,
                       bool &checked) {
  const auto *byte = static_cast<const char *>(address);
  const auto bytes = size_t(access.bytes);
  checked = true;
  if (access.space != NORMC_SIMT_SHARED) {
    if (lastRegion[size_t(index)] && lastRegion[size_t(index)]->holds(byte, bytes))
      return lastRegion[size_t(index)];
    if (Region *region = world.memory.find(address, bytes)) {
      lastRegion[size_t(index)] = region;
      return region;
    }
  }
  if (access.space != NORMC_SIMT_GLOBAL) {
    Block &own = *thread.block;
    const auto last = size_t(lastShared[size_t(index)]);
    if (last < own.shared.size() && own.shared[last].holds(byte, bytes))
      return &own.shared[last];
    // Its own arrays first, then those of the other blocks of its cluster, which `mapShared` gave it.
    for (size_t array = 0; array < own.shared.size(); ++array)
      if (own.shared[array].holds(byte, bytes)) {
        lastShared[size_t(index)] = int32_t(array);
        return &own.shared[array];
      }
    for (Block &peer : blocks)
      if (&peer != &own && peer.cluster == own.cluster && byte >= peer.arena && byte < peer.arena + arenaBytes)
        for (Region &region : peer.shared)
          if (region.holds(byte, bytes)) {
            if (peer.exited == peer.size) {
              reportAccess(thread, index, "out of bounds",
                           "in the shared memory of block " + std::to_string(peer.index) + ", which has exited");
              return nullptr;
            }
            return &region;
          }
    if (access.space == NORMC_SIMT_GENERIC && thread.fiber.owns(address)) {
      checked = false;
      return nullptr;
    }
  }
  reportPlace(thread, address, access, index);
  return nullptr;
}

/// Why an access goes nowhere.
bool Launch::reportPlace(const Thread &thread, const void *address, const normc_simt_access &access, int32_t index) {
  const auto *byte = static_cast<const char *>(address);
  for (const Block &block : blocks) {
    if (byte < block.arena || byte >= block.arena + arenaBytes)
      continue;
    if (access.space == NORMC_SIMT_GLOBAL)
      return reportAccess(thread, index, "wrong address space", "of shared memory, as if it were global");
    // Of the array before it, as an index runs over its end more often than over its beginning.
    size_t nearest = block.shared.size();
    for (size_t array = 0; array < block.shared.size(); ++array)
      if (block.shared[array].base <= byte)
        nearest = array;
    if (nearest == block.shared.size())
      return reportAccess(thread, index, "out of bounds", "in shared memory, before all arrays");
    const Region &region = block.shared[nearest];
    return reportAccess(thread, index, "out of bounds",
                        "at byte " + std::to_string(byte - region.base) + " of '" + kernel.shared[nearest].name +
                            "' in shared memory, which has " + std::to_string(region.bytes));
  }
  if (const Region *region = world.memory.findNearest(address)) {
    if (access.space == NORMC_SIMT_SHARED && region->holds(byte, size_t(access.bytes)))
      return reportAccess(thread, index, "wrong address space", "of global memory, as if it were shared");
    return reportAccess(thread, index, "out of bounds",
                        "at byte " + std::to_string(byte - region->base) + " of a buffer of " +
                            std::to_string(region->bytes));
  }
  if (thread.fiber.owns(address))
    return reportAccess(thread, index, "wrong address space",
                        access.space == NORMC_SIMT_GLOBAL ? "of the thread's own memory, as if it were global"
                                                          : "of the thread's own memory, as if it were shared");
  return reportAccess(thread, index, "out of bounds", "at " + hexadecimal(address) + ", where no buffer is");
}

static bool misaligned(const void *address, const normc_simt_access &access) {
  return (reinterpret_cast<uintptr_t>(address) & uintptr_t(access.alignment - 1)) != 0;
}

/// Where an access goes, counted; null after a fault, and for what is not checked.
Region *Launch::enter(Thread &thread, const void *address, int32_t index, size_t &offset, bool &checked) {
  const normc_simt_access &access = kernel.accesses[index];
  Region *region = locate(thread, address, access, index, checked);
  if (!region)
    return nullptr;
  offset = size_t(static_cast<const char *>(address) - region->base);
  if (misaligned(address, access)) {
    reportAccess(thread, index, "misaligned access",
                 "at byte " + std::to_string(offset) + ", which is no multiple of " + std::to_string(access.alignment));
    return nullptr;
  }
  ++counts[size_t(index)];
  return region;
}

bool Launch::access(Thread &thread, const void *address, int32_t index) {
  const normc_simt_access &access = kernel.accesses[index];
  size_t offset = 0;
  bool checked;
  Region *region = enter(thread, address, index, offset, checked);
  if (!region)
    return !checked;
  const bool atomic = isVolatile(access.kind) && access.bytes <= 8;
  return isStore(access.kind) ? write(thread, *region, offset, index, atomic)
                              : read(thread, *region, offset, index, atomic);
}

bool Launch::checkAtomic(Thread &thread, const void *address, int32_t index) {
  size_t offset = 0;
  bool checked;
  Region *region = enter(thread, address, index, offset, checked);
  if (!region)
    return !checked;
  return read(thread, *region, offset, index, true) && write(thread, *region, offset, index, true);
}

} // namespace normc::runtime::simt
