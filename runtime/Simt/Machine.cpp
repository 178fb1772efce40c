//===- Machine.cpp - a GPU made of fibers -----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Machine.h"

#include "runtime/Simt/Launch.h"
#include "runtime/Simt/Limits.h"

#include <cfenv>
#include <cstring>
#include <map>
#include <new>
#include <tuple>

namespace normc::runtime::simt {

struct Machine::Implementation {
  Settings settings;
  World world;
  std::vector<Count> counts;
  std::map<std::tuple<std::string, std::string, int32_t>, size_t> places; // of counts
};

Machine::Machine(const Settings &settings) : implementation(new Implementation) {
  implementation->settings = settings;
}
Machine::~Machine() = default;

static Status outOfMemory(size_t bytes) {
  return {NORMRT_OUT_OF_MEMORY, "there is no memory for a buffer of " + std::to_string(bytes) + " bytes"};
}

Status Machine::allocate(size_t bytes, bool zeroed, void *&address) {
  Region *region = implementation->world.memory.allocate(bytes);
  if (!region)
    return outOfMemory(bytes);
  region->written = zeroed;
  address = region->base;
  return {};
}

Status Machine::release(void *address) {
  Region *region = implementation->world.memory.findBase(address);
  if (!region)
    return badArgument("no buffer of the GPU begins at the address that is to be released");
  implementation->world.memory.release(region);
  return {};
}

size_t Machine::allocations() const {
  return implementation->world.memory.size();
}

/// The buffer that holds so many bytes at an address.
static Status findBuffer(Memory &memory, const void *address, size_t bytes, const char *what, Region *&region) {
  region = memory.find(address, bytes);
  if (!region)
    return badArgument(std::string(what) + " of " + std::to_string(bytes) +
                       " bytes does not lie within a buffer of the GPU");
  return {};
}

/// The host, or a copy, has written these bytes.
static void markWritten(World &world, Region &region, const void *to, size_t bytes) {
  if (bytes == 0)
    return;
  if (bytes == region.bytes) {
    region.written = true;
    region.forget();
    return;
  }
  if (region.written)
    return;
  size_t number;
  Cell *cells = region.find(size_t(static_cast<const char *>(to) - region.base), bytes, number, world.readers);
  for (size_t i = 0; i < number; ++i)
    cells[i] = {Region::hostWrote(), Epoch()};
}

static Status checkWritten(World &world, Region &region, const void *from, size_t bytes) {
  if (region.written || bytes == 0)
    return {};
  const auto offset = size_t(static_cast<const char *>(from) - region.base);
  size_t number;
  const Cell *cells = region.find(offset, bytes, number, world.readers);
  for (size_t i = 0; i < number; ++i)
    if (!cells[i].write)
      return {NORMRT_INTERNAL, "byte " + std::to_string(offset + i * region.cellBytes()) + " of a buffer of " +
                                   std::to_string(region.bytes) + " bytes is read back, but nobody has written it"};
  return {};
}

/// Has `put` write bytes that all lie in one buffer.
template <typename Put>
static Status writeTo(World &world, void *to, size_t bytes, Put put) {
  Region *region;
  if (Status failed = findBuffer(world.memory, to, bytes, "the destination", region))
    return failed;
  if (bytes)
    put();
  markWritten(world, *region, to, bytes);
  return {};
}

static Status checkSource(World &world, const void *from, size_t bytes) {
  Region *region;
  if (Status failed = findBuffer(world.memory, from, bytes, "the source", region))
    return failed;
  return checkWritten(world, *region, from, bytes);
}

Status Machine::copyIn(void *to, const void *from, size_t bytes) {
  return writeTo(implementation->world, to, bytes, [&] { std::memcpy(to, from, bytes); });
}

Status Machine::copyOut(void *to, const void *from, size_t bytes) {
  if (Status failed = checkSource(implementation->world, from, bytes))
    return failed;
  if (bytes)
    std::memcpy(to, from, bytes);
  return {};
}

Status Machine::copy(void *to, const void *from, size_t bytes) {
  if (Status failed = checkSource(implementation->world, from, bytes))
    return failed;
  return writeTo(implementation->world, to, bytes, [&] { std::memmove(to, from, bytes); });
}

Status Machine::fill(void *to, uint8_t value, size_t bytes) {
  return writeTo(implementation->world, to, bytes, [&] { std::memset(to, value, bytes); });
}

namespace {
/// The floating-point environment that kernels expect, subnormals included, whatever the caller has set.
class DefaultArithmetic {
public:
  DefaultArithmetic() {
    std::fegetenv(&saved);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultArithmetic() { std::fesetenv(&saved); }

private:
  std::fenv_t saved;
};
} // namespace

Status Machine::launch(const normc_simt_kernel &kernel, int64_t grid, int32_t block, int32_t shared, int32_t cluster,
                       bool cooperative, const void *const *parameters) {
  Implementation &self = *implementation;
  const Shape shape = {grid, block, shared, cluster, cooperative};
  if (Status failed = checkLimits(self.settings, kernel, shape))
    return failed;
  if (self.world.time > (Time(1) << (Epoch::timeBits - 1))) {
    self.world.memory.forgetTimes(self.world.readers);
    self.world.time = 2;
  }
  DefaultArithmetic arithmetic;
  try {
    Launch launch(self.world, self.settings, kernel, shape, parameters);
    Status status = launch.run();
    for (int32_t index = 0; index < kernel.access_count; ++index) {
      const normc_simt_access &access = kernel.accesses[index];
      if (access.operand < 0 || launch.accessCounts()[size_t(index)] == 0)
        continue;
      const std::tuple<std::string, std::string, int32_t> key = {kernel.name, kernel.operands[access.operand],
                                                                 access.sweep};
      auto [entry, fresh] = self.places.try_emplace(key, self.counts.size());
      if (fresh)
        self.counts.push_back({kernel.name, kernel.operands[access.operand], access.sweep, 0, 0});
      Count &count = self.counts[entry->second];
      const int64_t bytes = launch.accessCounts()[size_t(index)] * access.bytes;
      if (access.kind != NORMC_SIMT_STORE && access.kind != NORMC_SIMT_VOLATILE_STORE)
        count.read += bytes;
      if (access.kind != NORMC_SIMT_LOAD && access.kind != NORMC_SIMT_VOLATILE_LOAD)
        count.written += bytes;
    }
    return status;
  } catch (const std::bad_alloc &) {
    return {NORMRT_OUT_OF_MEMORY, "there is no memory to run kernel '" + std::string(kernel.name) + "'"};
  }
}

const std::vector<Count> &Machine::counts() const {
  return implementation->counts;
}

void Machine::clearCounts() {
  implementation->counts.clear();
  implementation->places.clear();
}

const Settings &Machine::settings() const {
  return implementation->settings;
}
int32_t Machine::sharedPerBlock() const {
  return limitsOf(implementation->settings.capability).sharedPerBlock;
}
int64_t Machine::residentBlocks(int32_t block, int32_t shared) const {
  return simt::residentBlocks(implementation->settings, block, shared);
}

const normc_simt_kernel *findKernel(const normc_simt_module *module, const char *name) {
  if (!module || module->version != NORMC_SIMT_VERSION)
    return nullptr;
  for (int32_t index = 0; index < module->kernel_count; ++index)
    if (std::strcmp(module->kernels[index].name, name) == 0)
      return &module->kernels[index];
  return nullptr;
}

} // namespace normc::runtime::simt
