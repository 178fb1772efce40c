//===- GpuModule.cpp - a module with GPU kernels, by hand -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Entries with plans for GPUs, and their kernels as twins for the host. Nothing runs
// the PTX: the mock driver looks up kernels in it.
//
//===----------------------------------------------------------------------===//
#include "runtime/simt_hooks.h"

#include <cstdio>

namespace {
constexpr int block = 32;

int64_t blocksFor(int64_t elements) {
  return (elements + block - 1) / block;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

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
const normc_simt_module twins = {NORMC_SIMT_VERSION, sizeof kernels / sizeof *kernels, kernels};

const char ptx[] = ".version 7.0\n.target sm_80\n.address_size 64\n"
                   ".visible .entry scale()\n.visible .entry partial()\n.visible .entry merge()\n"
                   ".visible .entry square()\n.visible .entry advance()\n.visible .entry chain()\n"
                   ".visible .entry divide()\n.visible .entry where()\n.visible .entry beyond()\n";

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

#define LAUNCH(NAME)                                                                                                   \
  int32_t NAME(const int64_t *symbols, const normc_gpu *gpu, int32_t index, normc_launch *launch, char *message,       \
               size_t messageSize)
#define TEMPORARIES(NAME)                                                                                              \
  int32_t NAME(const int64_t *symbols, const normc_gpu *gpu, normc_temporary *temporaries, char *message,              \
               size_t messageSize)
#define UNUSED (void)symbols, (void)gpu, (void)message, (void)messageSize

template <int count>
void set(normc_launch *launch, const char *kernel, int64_t grid, const int32_t (&buffers)[count]) {
  launch->kernel = kernel;
  launch->grid = grid;
  launch->block = block;
  launch->buffer_count = count;
  launch->buffers = buffers;
}

const int32_t b0[] = {0}, b012[] = {0, 1, 2}, b02[] = {0, 2}, b21[] = {2, 1}, b0123[] = {0, 1, 2, 4}, b13[] = {1, 3},
              b346[] = {3, 4, 6}, b2415[] = {2, 4, 1, 5}, b1[] = {1}, bMany[] = {0, 99};

LAUNCH(launchScale) {
  UNUSED;
  (void)index;
  set(launch, "scale", blocksFor(symbols[0]), b012);
  launch->scalar_count = 1;
  launch->scalars[0] = 3;
  return 0;
}

TEMPORARIES(totalTemporaries) {
  UNUSED;
  temporaries[0] = {4 * blocksFor(symbols[0]), /*zeroed=*/1, 0};
  return 0;
}
LAUNCH(launchTotal) {
  UNUSED;
  if (index == 0) {
    set(launch, "partial", blocksFor(symbols[0]), b02);
    return 0;
  }
  set(launch, "merge", 1, b21);
  launch->block = 1;
  launch->scalar_count = 1;
  launch->scalars[0] = blocksFor(symbols[0]);
  return 0;
}

LAUNCH(launchForward) {
  UNUSED;
  if (index == 0) {
    set(launch, "square", blocksFor(symbols[0]), b0123);
    return 0;
  }
  set(launch, "advance", 1, b13);
  launch->block = 1;
  return 0;
}
LAUNCH(launchBackward) {
  UNUSED;
  if (index == 0) {
    set(launch, "chain", blocksFor(symbols[0]), b346);
    return 0;
  }
  set(launch, "divide", 1, b2415);
  launch->block = 1;
  return 0;
}

/// Of the launch that it describes, `how` says what is special.
enum How { cooperative = 1, clustered, sharing };
template <int how>
LAUNCH(launchWhere) {
  UNUSED;
  (void)index;
  if (how == clustered && gpu->capability < 90) {
    std::snprintf(message, messageSize, "clusters need sm_90, but this is sm_%d", gpu->capability);
    return 1;
  }
  set(launch, "where", 4, b0);
  launch->cooperative = how == cooperative;
  launch->cluster = how == clustered ? 2 : 1;
  launch->shared = how == sharing ? 64 * 1024 : 0;
  launch->scalar_count = 1;
  return 0;
}

LAUNCH(launchHuge) {
  UNUSED;
  (void)index;
  set(launch, "where", symbols[0], b1);
  return 0;
}

LAUNCH(launchBeyond) {
  UNUSED;
  (void)index;
  set(launch, "beyond", 1, b0);
  launch->block = 1;
  return 0;
}
LAUNCH(launchDamaged) {
  UNUSED;
  (void)index;
  set(launch, "where", 1, bMany);
  return 0;
}
LAUNCH(launchMissing) {
  UNUSED;
  (void)index;
  set(launch, "nowhere", 1, b0);
  return 0;
}
TEMPORARIES(noTemporaries) {
  UNUSED;
  temporaries[0].bytes = -4;
  return 0;
}

//===----------------------------------------------------------------------===//
// The same on the CPU
//===----------------------------------------------------------------------===//

float *at(void *const *buffers, int index) {
  return static_cast<float *>(buffers[index]);
}
#define RUN(NAME) int32_t NAME(void *const *buffers, const int64_t *symbols, const normc_context *)

RUN(runScale) {
  for (int64_t i = 0; i < symbols[0]; ++i)
    at(buffers, 2)[i] = at(buffers, 0)[i] * *at(buffers, 1) * 3;
  return NORMC_ENTRY_DONE;
}
RUN(runTotal) {
  float total = 0;
  for (int64_t b = 0; b < blocksFor(symbols[0]); ++b) {
    float sum = 0;
    for (int64_t i = b * block; i < symbols[0] && i < (b + 1) * block; ++i)
      sum += at(buffers, 0)[i];
    total += sum;
  }
  *at(buffers, 1) = total;
  return NORMC_ENTRY_DONE;
}
RUN(runForward) {
  const float m = *at(buffers, 1);
  for (int64_t i = 0; i < symbols[0]; ++i) {
    const float x = at(buffers, 0)[i];
    at(buffers, 2)[i] = m * x * x;
    at(buffers, 4)[i] = 2 * m * x;
  }
  *at(buffers, 3) = m + 1;
  return NORMC_ENTRY_DONE;
}
RUN(runBackward) {
  float sum = 0;
  for (int64_t i = 0; i < symbols[0]; ++i) {
    sum += at(buffers, 4)[i] * at(buffers, 2)[i];
    at(buffers, 6)[i] = at(buffers, 3)[i] * at(buffers, 4)[i];
  }
  *at(buffers, 5) = sum / *at(buffers, 1);
  return NORMC_ENTRY_DONE;
}
RUN(runNothing) {
  (void)buffers, (void)symbols;
  return NORMC_ENTRY_DONE;
}
void traffic(const int64_t *symbols, normc_traffic *traffic) {
  *traffic = {4 * symbols[0], 4 * symbols[0], 4 * symbols[0], 4 * symbols[0]};
}
void noTraffic(const int64_t *, normc_traffic *traffic) {
  *traffic = {};
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

// Symbol 0 is -1.
const int64_t dyn[] = {-1}, one[] = {1}, two[] = {2}, four[] = {4};
constexpr normc_value value(const char *name, int32_t role, int32_t position, const int64_t *extents, int32_t flags = 0,
                            int32_t updates = -1) {
  return {name, NORMC_F32, role, position, flags, updates, 1, extents, 0, 0, 0};
}
const normc_value scaleArguments[] = {value("x", NORMC_ARGUMENT, 0, dyn), value("w", NORMC_ARGUMENT, 1, one)};
const normc_value y[] = {value("y", NORMC_RESULT, 0, dyn)}, total[] = {value("total", NORMC_RESULT, 0, one)};
const normc_value forwardArguments[] = {value("x", NORMC_ARGUMENT, 0, dyn), value("m", NORMC_ARGUMENT, 1, one)};
const normc_value forwardResults[] = {value("y", NORMC_RESULT, 0, dyn), value("m_new", NORMC_RESULT, 1, one, 0, 1),
                                      value("s", NORMC_SAVED, 0, dyn)};
const normc_value backwardArguments[] = {value("x", NORMC_ARGUMENT, 0, dyn, NORMC_EXTENTS_ONLY),
                                         value("m", NORMC_ARGUMENT, 1, one), value("y", NORMC_RESULT, 0, dyn),
                                         value("s", NORMC_SAVED, 0, dyn), value("dy", NORMC_COTANGENT, 0, dyn)};
const normc_value backwardResults[] = {value("dm", NORMC_GRADIENT, 1, one), value("dx", NORMC_GRADIENT, 0, dyn)};
const normc_value jointArguments[] = {value("x", NORMC_ARGUMENT, 0, dyn), value("m", NORMC_ARGUMENT, 1, one),
                                      value("dy", NORMC_COTANGENT, 0, dyn)};
const normc_value jointResults[] = {value("y", NORMC_RESULT, 0, dyn), value("m_new", NORMC_RESULT, 1, one, 0, 1),
                                    value("dx", NORMC_GRADIENT, 0, dyn), value("dm", NORMC_GRADIENT, 1, one)};
const normc_value places[] = {value("where", NORMC_RESULT, 0, four)}, pair[] = {value("y", NORMC_RESULT, 0, two)};
const normc_value extentsOnly[] = {value("x", NORMC_ARGUMENT, 0, dyn, NORMC_EXTENTS_ONLY)};

const normc_gpu_plan plans[] = {{0, 1, nullptr, launchScale},
                                {1, 2, totalTemporaries, launchTotal},
                                {0, 2, nullptr, launchForward},
                                {0, 2, nullptr, launchBackward},
                                {0, 1, nullptr, launchWhere<cooperative>},
                                {0, 1, nullptr, launchWhere<clustered>},
                                {0, 1, nullptr, launchWhere<sharing>},
                                {0, 1, nullptr, launchHuge},
                                {0, 1, nullptr, launchBeyond},
                                {0, 1, nullptr, launchDamaged},
                                {0, 1, nullptr, launchMissing},
                                {1, 0, noTemporaries, nullptr}};
const normc_entry entries[] = {
    {"scale", 2, 1, 1, 0, scaleArguments, y, runScale, traffic, &plans[0]},
    {"total", 1, 1, 1, 0, scaleArguments, total, runTotal, traffic, &plans[1]},
    {"square_grad_forward", 2, 3, 1, 0, forwardArguments, forwardResults, runForward, traffic, &plans[2]},
    {"square_grad_backward", 5, 2, 1, 0, backwardArguments, backwardResults, runBackward, traffic, &plans[3]},
    {"together", 0, 1, 0, 0, nullptr, places, runNothing, noTraffic, &plans[4]},
    {"clustered", 0, 1, 0, 0, nullptr, places, runNothing, noTraffic, &plans[5]},
    {"sharing", 0, 1, 0, 0, nullptr, places, runNothing, noTraffic, &plans[6]},
    {"huge", 1, 1, 1, 0, extentsOnly, total, runNothing, traffic, &plans[7]},
    {"beyond", 0, 1, 0, 0, nullptr, pair, runNothing, noTraffic, &plans[8]},
    {"damaged", 0, 1, 0, 0, nullptr, pair, runNothing, noTraffic, &plans[9]},
    {"missing", 0, 1, 0, 0, nullptr, pair, runNothing, noTraffic, &plans[10]},
    {"negative", 0, 1, 0, 0, nullptr, pair, runNothing, noTraffic, &plans[11]},
    {"cpu_only", 0, 1, 0, 0, nullptr, pair, runNothing, noTraffic, nullptr}};
const normc_gradient gradients[] = {{"square_grad", 2, 3, 3, 4, 1, 0, jointArguments, jointResults}};
const normc_module module = {
    NORMC_MODULE_VERSION, sizeof entries / sizeof *entries, 1, 0, "", entries, gradients, ptx, "sm_80", &twins};
} // namespace

extern "C" __attribute__((visibility("default"))) const normc_module *normc_module_v1(void) {
  return &module;
}
