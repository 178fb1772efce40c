//===- Fiber.h - calls that take turns --------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Why not ucontext: swapcontext saves the signal mask, two system calls for each switch, and a shuffle is 32 switches. So
// x86-64 and AArch64 have a switch of their own, of a dozen instructions; elsewhere ucontext does it. The floating-point
// environment is not switched: all fibers have that of the launch.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_FIBER_H
#define NORMC_RUNTIME_SIMT_FIBER_H

#include <cstddef>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace normc::runtime::simt {

/// A call on a stack of its own, which can be left and taken up again.
class Fiber {
public:
  /// From `resume` on, `entry(argument)` runs on the stack [low, low + bytes). It never returns: its last deed is `suspend`.
  void start(char *low, size_t bytes, void (*entry)(void *), void *argument);
  /// Runs the fiber until it suspends.
  void resume();
  /// Called on the fiber: back to whoever resumed it.
  void suspend();
  /// As `suspend`, where nobody will resume it again.
  void leave();

  bool owns(const void *address) const { return address >= low && address < low + bytes; }

private:
#if defined(__x86_64__) || defined(__aarch64__)
  using Context = void *; // where the stack was left, its registers on top
#else
  using Context = ucontext_t;
#endif
  static void run(Fiber *fiber);
  void enter(Context &from, Context &to);

  Context own, resumer;
  void (*entry)(void *) = nullptr;
  void *argument = nullptr;
  char *low = nullptr;
  size_t bytes = 0;
  // Of AddressSanitizer, which must be told of each switch.
  void *fakeStack = nullptr;
  void *resumerFakeStack = nullptr;
  const void *resumerLow = nullptr;
  size_t resumerBytes = 0;
};

/// Stacks in one mapping, a page below each that nobody may touch.
class Stacks {
public:
  Stacks() = default;
  Stacks(const Stacks &) = delete;
  Stacks &operator=(const Stacks &) = delete;
  ~Stacks();

  /// Makes `count` stacks; false where there is no memory. The stacks there were are gone.
  bool reserve(size_t count);
  /// The lowest byte of a stack, and how many it has. They differ a little from stack to stack: tops at equal distances
  /// would share a few lines of the cache.
  char *low(size_t index) const { return memory + index * stride + page; }
  size_t bytes(size_t index) const { return stride - page - index % 61 * 64; }

private:
  static constexpr size_t page = 4096, stride = 17 * page;
  char *memory = nullptr;
  size_t count = 0;
};

} // namespace normc::runtime::simt

#endif // NORMC_RUNTIME_SIMT_FIBER_H
