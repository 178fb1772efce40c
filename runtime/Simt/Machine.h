//===- Machine.h - a GPU made of fibers -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   Machine machine(settings);
//   void *x;
//   if (Status failed = machine.allocate(4096, /*zeroed=*/false, x)) ..
//   if (Status failed = machine.copyIn(x, data, 4096)) ..
//   const void *parameters[] = {&x, &n};    // where each value lies, as for cuLaunchKernel
//   if (Status failed = machine.launch(*kernel, grid, block, shared, cluster, cooperative, parameters)) ..
//   if (Status failed = machine.copyOut(data, x, 4096)) ..
//
// A launch is over when `launch` returns. Its faults are sentences that begin with the kernel, the block and the thread:
// see Faults.cpp for their names. After a fault the contents of memory are what the threads had written until then, and the
// machine can go on. Not for several threads of the host at once; any number of machines may run side by side.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_MACHINE_H
#define NORMC_RUNTIME_SIMT_MACHINE_H

#include "runtime/Status.h"
#include "runtime/simt_hooks.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace normc::runtime::simt {

/// In which order fibers run: blocks, warps in a block, lanes in a warp.
enum class Order { ascending, descending, shuffled };

struct Settings {
  Order order = Order::ascending;
  uint64_t seed = 0;           ///< of shuffled
  int32_t capability = 90;     ///< 10 * major + minor
  int32_t multiprocessors = 8; ///< bounds the blocks of a cooperative launch
};

/// What kernels of one name have moved for one operand, in bytes: active lanes times width.
struct Count {
  std::string kernel, operand;
  int32_t sweep = 0;
  int64_t read = 0, written = 0;
};

class Machine {
public:
  explicit Machine(const Settings &settings = {});
  ~Machine();
  Machine(const Machine &) = delete;
  Machine &operator=(const Machine &) = delete;

  /// Memory of the GPU, aligned to 256 bytes, between redzones of at least its own size. An address of it is one of the
  /// host, but to be used by kernels and the functions below only. Unless zeroed, kernels may not read what nobody wrote.
  Status allocate(size_t bytes, bool zeroed, void *&address);
  Status release(void *address);

  Status copyIn(void *to, const void *from, size_t bytes);
  /// Refuses to read what nobody wrote, and says which byte.
  Status copyOut(void *to, const void *from, size_t bytes);
  Status copy(void *to, const void *from, size_t bytes); ///< both on the GPU
  Status fill(void *to, uint8_t value, size_t bytes);
  size_t allocations() const; ///< that have not been released

  /// Runs a kernel. `shared`: bytes of dynamic shared memory in a block; `cluster`: blocks in a cluster, 1 for none.
  /// NORMRT_BAD_ARGUMENT where the launch is beyond the GPU's limits, NORMRT_INTERNAL where the kernel is at fault.
  Status launch(const normc_simt_kernel &kernel, int64_t grid, int32_t block, int32_t shared, int32_t cluster,
                bool cooperative, const void *const *parameters);

  /// By kernel, operand and sweep, since the machine was made or `clearCounts` was called.
  const std::vector<Count> &counts() const;
  void clearCounts();

  /// The GPU that it stands for.
  const Settings &settings() const;
  int32_t sharedPerBlock() const; ///< bytes that a block may have
  /// The blocks of so many threads and bytes of shared memory that are resident at once: what a cooperative launch may have.
  int64_t residentBlocks(int32_t block, int32_t shared) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};

/// The twin of this name, or null. `module` may be null.
const normc_simt_kernel *findKernel(const normc_simt_module *module, const char *name);

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_MACHINE_H
