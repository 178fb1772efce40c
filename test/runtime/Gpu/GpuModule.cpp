//===- GpuModule.cpp - a module with GPU kernels, by hand -------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Entries with plans for GPUs; their kernels are in GpuKernels.cpp.
//
//===----------------------------------------------------------------------===//
#include "test/runtime/Gpu/GpuKernels.h"

#include <cstdio>

namespace {
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
