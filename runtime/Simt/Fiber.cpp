//===- Fiber.cpp - calls that take turns ------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Simt/Fiber.h"

#include <cstdint>
#include <cstring>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define NORMC_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NORMC_ASAN 1
#endif
#endif
#if NORMC_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// normc_simt_switch(save, load): pushes what a call preserves, leaves the stack at *save, and goes on where `load` was left.
// normc_simt_begin: where a new stack begins, with what to call and its argument in two of those registers.
#if defined(__x86_64__)
asm(R"(
  .text
  .hidden normc_simt_switch
  .globl normc_simt_switch
  .type normc_simt_switch, @function
normc_simt_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size normc_simt_switch, .-normc_simt_switch
  .hidden normc_simt_begin
  .globl normc_simt_begin
  .type normc_simt_begin, @function
normc_simt_begin:
  movq %r12, %rdi
  xorl %ebp, %ebp
  call *%r13
  ud2
  .size normc_simt_begin, .-normc_simt_begin
)");
#elif defined(__aarch64__)
asm(R"(
  .text
  .hidden normc_simt_switch
  .globl normc_simt_switch
  .type normc_simt_switch, %function
normc_simt_switch:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
  .size normc_simt_switch, .-normc_simt_switch
  .hidden normc_simt_begin
  .globl normc_simt_begin
  .type normc_simt_begin, %function
normc_simt_begin:
  mov x0, x19
  blr x20
  brk #1
  .size normc_simt_begin, .-normc_simt_begin
)");
#endif

#if defined(__x86_64__) || defined(__aarch64__)
extern "C" void normc_simt_switch(void **save, void *load);
extern "C" void normc_simt_begin();
#endif

namespace normc::runtime::simt {

void Fiber::run(Fiber *fiber) {
#if NORMC_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &fiber->resumerLow, &fiber->resumerBytes);
#endif
  fiber->entry(fiber->argument);
}

void Fiber::start(char *newLow, size_t newBytes, void (*newEntry)(void *), void *newArgument) {
  low = newLow;
  bytes = newBytes;
  entry = newEntry;
  argument = newArgument;
#if NORMC_ASAN
  __asan_unpoison_memory_region(low, bytes); // a fiber that was left for good cleared nothing
#endif
#if defined(__x86_64__)
  // Popped by the switch: six registers, then the address to return to. The stack is then aligned for a call.
  auto *top = reinterpret_cast<uint64_t *>(low + bytes / 16 * 16) - 9;
  std::memset(top, 0, 9 * sizeof(uint64_t));
  top[2] = reinterpret_cast<uint64_t>(reinterpret_cast<void *>(&Fiber::run)); // r13
  top[3] = reinterpret_cast<uint64_t>(this);                                  // r12
  top[6] = reinterpret_cast<uint64_t>(reinterpret_cast<void *>(&normc_simt_begin));
  own = top;
#elif defined(__aarch64__)
  auto *top = reinterpret_cast<uint64_t *>(low + bytes / 16 * 16) - 20;
  std::memset(top, 0, 20 * sizeof(uint64_t));
  top[0] = reinterpret_cast<uint64_t>(this);                                   // x19
  top[1] = reinterpret_cast<uint64_t>(reinterpret_cast<void *>(&Fiber::run));  // x20
  top[11] = reinterpret_cast<uint64_t>(reinterpret_cast<void *>(&normc_simt_begin)); // x30
  own = top;
#else
  getcontext(&own);
  own.uc_stack.ss_sp = low;
  own.uc_stack.ss_size = bytes;
  own.uc_link = nullptr;
  // makecontext passes ints only.
  auto address = reinterpret_cast<uintptr_t>(this);
  auto begin = [](unsigned high, unsigned rest) {
    Fiber::run(reinterpret_cast<Fiber *>(uintptr_t((uint64_t(high) << 32) | rest)));
  };
  void (*function)(unsigned, unsigned) = begin;
  makecontext(&own, reinterpret_cast<void (*)()>(function), 2, unsigned(uint64_t(address) >> 32), unsigned(address));
#endif
}

void Fiber::enter(Context &from, Context &to) {
#if defined(__x86_64__) || defined(__aarch64__)
  normc_simt_switch(&from, to);
#else
  swapcontext(&from, &to);
#endif
}

void Fiber::resume() {
#if NORMC_ASAN
  __sanitizer_start_switch_fiber(&resumerFakeStack, low, bytes);
#endif
  enter(resumer, own);
#if NORMC_ASAN
  __sanitizer_finish_switch_fiber(resumerFakeStack, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#if NORMC_ASAN
  __sanitizer_start_switch_fiber(&fakeStack, resumerLow, resumerBytes);
#endif
  enter(own, resumer);
#if NORMC_ASAN
  __sanitizer_finish_switch_fiber(fakeStack, &resumerLow, &resumerBytes);
#endif
}

void Fiber::leave() {
#if NORMC_ASAN
  __sanitizer_start_switch_fiber(nullptr, resumerLow, resumerBytes);
#endif
  enter(own, resumer);
}

Stacks::~Stacks() {
  if (memory)
    munmap(memory, count * stride);
}

bool Stacks::reserve(size_t wanted) {
  if (wanted <= count)
    return true;
  void *mapped = mmap(nullptr, wanted * stride, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
  for (size_t index = 0; index < wanted; ++index)
    if (mprotect(static_cast<char *>(mapped) + index * stride, page, PROT_NONE) != 0) {
      munmap(mapped, wanted * stride);
      return false;
    }
  if (memory)
    munmap(memory, count * stride);
  memory = static_cast<char *>(mapped);
  count = wanted;
  return true;
}

} // namespace normc::runtime::simt
