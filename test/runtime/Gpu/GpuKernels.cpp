//===- GpuKernels.cpp - the kernels of a module by hand ---------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/Gpu/GpuKernels.h"

namespace {
/// What a twin does as a thread: each access goes through its hook.
struct Thread {
  normc_simt_thread *state;
  const void *const *parameters;

  int64_t index() const { return int64_t(state->ctaid) * state->ntid + state->tid; }
  int64_t number(int parameter) const { return *static_cast<const int64_t *>(parameters[parameter]); }
  float *pointer(int parameter) const { return *static_cast<float *const *>(parameters[parameter]); }

  float load(int parameter, int64_t at, int access) const {
    const float *address = pointer(parameter) + at;
    state->hooks->access(state, address, access);
    return *address;
  }
  void store(int parameter, int64_t at, int access, float value) const {
    float *address = pointer(parameter) + at;
    state->hooks->access(state, address, access);
    *address = value;
  }
};

constexpr normc_simt_access load(int32_t operand) {
  return {operand, 0, 4, 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_LOAD};
}
constexpr normc_simt_access store(int32_t operand) {
  return {operand, 0, 4, 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_STORE};
}
/// The kernels' operands are their pointers, and access k is that to pointer k.
#define KERNEL(NAME, PARAMETERS, ...)                                                                                  \
  const char *const NAME##Operands[] = {__VA_ARGS__};                                                                  \
  void NAME(normc_simt_thread *state, const void *const *parameters);                                                  \
  constexpr int32_t NAME##Parameters = PARAMETERS;                                                                     \
  void NAME(normc_simt_thread *state, const void *const *parameters)

// y[i] = factor x[i] w; parameters x, w, y, n, factor
const normc_simt_access scaleAccesses[] = {load(0), load(1), store(2)};
KERNEL(scale, 5, "x", "w", "y") {
  Thread thread{state, parameters};
  const int64_t i = thread.index();
  if (i < thread.number(3))
    thread.store(2, i, 2, thread.load(0, i, 0) * thread.load(1, 0, 1) * float(thread.number(4)));
}

// partial[b] += the sum of block b's share; parameters x, partial, n
const normc_simt_access partialAccesses[] = {load(0), load(1), store(1)};
KERNEL(partial, 3, "x", "partial") {
  Thread thread{state, parameters};
  if (state->tid != 0)
    return;
  float sum = thread.load(1, state->ctaid, 1);
  for (int64_t i = int64_t(state->ctaid) * block; i < thread.number(2) && i < (state->ctaid + 1) * block; ++i)
    sum += thread.load(0, i, 0);
  thread.store(1, state->ctaid, 2, sum);
}

// total = sum of partial[b]; parameters partial, total, n, blocks
const normc_simt_access mergeAccesses[] = {load(0), store(1)};
KERNEL(merge, 4, "partial", "total") {
  Thread thread{state, parameters};
  float sum = 0;
  for (int64_t b = 0; b < thread.number(3); ++b)
    sum += thread.load(0, b, 0);
  thread.store(1, 0, 1, sum);
}

// y[i] = m x[i]^2, s[i] = 2 m x[i]; parameters x, m, y, s, n
const normc_simt_access squareAccesses[] = {load(0), load(1), store(2), store(3)};
KERNEL(square, 5, "x", "m", "y", "s") {
  Thread thread{state, parameters};
  const int64_t i = thread.index();
  if (i >= thread.number(4))
    return;
  const float x = thread.load(0, i, 0), m = thread.load(1, 0, 1);
  thread.store(2, i, 2, m * x * x);
  thread.store(3, i, 3, 2 * m * x);
}

// m' = m + 1, over which m may lie; parameters m, m', n
const normc_simt_access advanceAccesses[] = {load(0), store(1)};
KERNEL(advance, 3, "m", "m_new") {
  Thread thread{state, parameters};
  thread.store(1, 0, 1, thread.load(0, 0, 0) + 1);
}

// dx[i] = s[i] dy[i]; parameters s, dy, dx, n
const normc_simt_access chainAccesses[] = {load(0), load(1), store(2)};
KERNEL(chain, 4, "s", "dy", "dx") {
  Thread thread{state, parameters};
  const int64_t i = thread.index();
  if (i < thread.number(3))
    thread.store(2, i, 2, thread.load(0, i, 0) * thread.load(1, i, 1));
}

// dm = sum(dy y) / m; parameters y, dy, m, dm, n
const normc_simt_access divideAccesses[] = {load(0), load(1), load(2), store(3)};
KERNEL(divide, 5, "y", "dy", "m", "dm") {
  Thread thread{state, parameters};
  float sum = 0;
  for (int64_t i = 0; i < thread.number(4); ++i)
    sum += thread.load(1, i, 1) * thread.load(0, i, 0);
  thread.store(3, 0, 3, sum / thread.load(2, 0, 2));
}

// where[b] = what block b knows of its cluster, and the bytes of shared memory; parameters where, bytes
const normc_simt_access whereAccesses[] = {store(0)};
KERNEL(where, 2, "where") {
  Thread thread{state, parameters};
  if (state->tid == 0)
    thread.store(0, state->ctaid, 0, float(100 * state->cluster_nctarank + state->cluster_ctarank));
}

// One element too far; parameters y
const normc_simt_access beyondAccesses[] = {store(0)};
KERNEL(beyond, 1, "y") {
  Thread thread{state, parameters};
  thread.store(0, 2 + thread.index(), 0, 1);
}

const normc_simt_shared dynamicShared[] = {{"scratch", 0, -1}};

#define LIST(NAME)                                                                                                     \
  {#NAME,                                                                                                              \
   NAME,                                                                                                               \
   NAME##Parameters,                                                                                                   \
   sizeof NAME##Operands / sizeof *NAME##Operands,                                                                     \
   sizeof NAME##Accesses / sizeof *NAME##Accesses,                                                                     \
   0,                                                                                                                  \
   1,                                                                                                                  \
   0,                                                                                                                  \
   NAME##Operands,                                                                                                     \
   NAME##Accesses,                                                                                                     \
   nullptr,                                                                                                            \
   dynamicShared}
const normc_simt_kernel kernels[] = {LIST(scale), LIST(partial), LIST(merge), LIST(square), LIST(advance),
                                     LIST(chain), LIST(divide),  LIST(where), LIST(beyond)};
} // namespace

const normc_simt_module twins = {NORMC_SIMT_VERSION, sizeof kernels / sizeof *kernels, kernels};

const char ptx[] = ".version 7.0\n.target sm_80\n.address_size 64\n"
                   ".visible .entry scale()\n.visible .entry partial()\n.visible .entry merge()\n"
                   ".visible .entry square()\n.visible .entry advance()\n.visible .entry chain()\n"
                   ".visible .entry divide()\n.visible .entry where()\n.visible .entry beyond()\n";
