//===- GoodModule.cpp - a module written by hand ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a compiled module looks like, small enough to be checked by eye.
//
//===----------------------------------------------------------------------===//
#include "runtime/module_format.h"

#include <cstdio>
#include <cstring>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {
template <typename T>
T *at(void *const *buffers, int index) {
  return static_cast<T *>(buffers[index]);
}

// Extents: a symbol k is -1 - k.
const int64_t dyn0x4[] = {-1, 4}, dyn0x1[] = {-1, 1}, dyn0[] = {-1}, one[] = {1}, two[] = {2};
const int64_t grouped[] = {2, 3, 2, 5}, pairwise[] = {-1, -1, 1};

// y[i, j] = x[i, j] * w[i]
int32_t scale(void *const *buffers, const int64_t *symbols, const normc_context *) {
  for (int64_t i = 0; i < symbols[0]; ++i)
    for (int64_t j = 0; j < 4; ++j)
      at<float>(buffers, 2)[4 * i + j] = at<float>(buffers, 0)[4 * i + j] * at<float>(buffers, 1)[i];
  return NORMC_ENTRY_DONE;
}
const normc_value scaleArguments[] = {{"x", NORMC_F32, NORMC_ARGUMENT, 0, 0, -1, 2, dyn0x4},
                                      {"w", NORMC_F32, NORMC_ARGUMENT, 1, 0, -1, 2, dyn0x1}};
const normc_value scaleResults[] = {{"y", NORMC_F32, NORMC_RESULT, 0, 0, -1, 2, dyn0x4}};

// y = 2 x
int32_t twice(void *const *buffers, const int64_t *, const normc_context *) {
  for (int i = 0; i < 60; ++i)
    at<float>(buffers, 1)[i] = 2 * at<float>(buffers, 0)[i];
  return NORMC_ENTRY_DONE;
}
const normc_value twiceArguments[] = {{"x", NORMC_F32, NORMC_ARGUMENT, 0, 0, -1, 4, grouped}};
const normc_value twiceResults[] = {{"y", NORMC_F32, NORMC_RESULT, 0, 0, -1, 4, grouped}};

// y[i] = m x[i]^2, m' = m + 1, over which m may lie; saved is s[i] = 2 m x[i].
int32_t squareForward(void *const *buffers, const int64_t *symbols, const normc_context *) {
  const float *x = at<float>(buffers, 0);
  float m = *at<float>(buffers, 1);
  for (int64_t i = 0; i < symbols[0]; ++i) {
    at<float>(buffers, 2)[i] = m * x[i] * x[i];
    at<float>(buffers, 4)[i] = 2 * m * x[i];
  }
  *at<float>(buffers, 3) = m + 1;
  return NORMC_ENTRY_DONE;
}
const normc_value forwardArguments[] = {{"x", NORMC_F32, NORMC_ARGUMENT, 0, 0, -1, 1, dyn0},
                                        {"m", NORMC_F32, NORMC_ARGUMENT, 1, 0, -1, 1, one}};
const normc_value forwardResults[] = {{"y", NORMC_F32, NORMC_RESULT, 0, 0, -1, 1, dyn0},
                                      {"m_new", NORMC_F32, NORMC_RESULT, 1, 0, 1, 1, one},
                                      {"s", NORMC_F32, NORMC_SAVED, 0, 0, -1, 1, dyn0}};

// dx[i] = s[i] dy[i], dm = sum(dy y) / m, where m is the old one; of x only the extent is read.
int32_t squareBackward(void *const *buffers, const int64_t *symbols, const normc_context *) {
  const float *dy = at<float>(buffers, 4), *y = at<float>(buffers, 2), *s = at<float>(buffers, 3);
  float sum = 0;
  for (int64_t i = 0; i < symbols[0]; ++i) {
    sum += dy[i] * y[i];
    at<float>(buffers, 6)[i] = s[i] * dy[i];
  }
  *at<float>(buffers, 5) = sum / *at<float>(buffers, 1);
  return NORMC_ENTRY_DONE;
}
const normc_value backwardArguments[] = {{"x", NORMC_F32, NORMC_ARGUMENT, 0, NORMC_EXTENTS_ONLY, -1, 1, dyn0},
                                         {"m", NORMC_F32, NORMC_ARGUMENT, 1, 0, -1, 1, one},
                                         {"y", NORMC_F32, NORMC_RESULT, 0, 0, -1, 1, dyn0},
                                         {"s", NORMC_F32, NORMC_SAVED, 0, 0, -1, 1, dyn0},
                                         {"dy", NORMC_F32, NORMC_COTANGENT, 0, 0, -1, 1, dyn0}};
// Not in the order of their positions, which is allowed.
const normc_value backwardResults[] = {{"dm", NORMC_F32, NORMC_GRADIENT, 1, 0, -1, 1, one},
                                       {"dx", NORMC_F32, NORMC_GRADIENT, 0, 0, -1, 1, dyn0}};
const normc_value jointArguments[] = {
    forwardArguments[0], forwardArguments[1], {"dy", NORMC_F32, NORMC_COTANGENT, 0, 0, -1, 1, dyn0}};
const normc_value jointResults[] = {
    forwardResults[0], forwardResults[1], backwardResults[1], {"dm", NORMC_F32, NORMC_GRADIENT, 1, 0, -1, 1, one}};

// Copies two elements of each type.
int32_t copyTypes(void *const *buffers, const int64_t *, const normc_context *) {
  const size_t bytes[] = {4, 4, 8, 16, 8, 16, 2};
  for (int i = 0; i < 7; ++i)
    std::memcpy(buffers[7 + i], buffers[i], bytes[i]);
  return NORMC_ENTRY_DONE;
}
#define SEVEN(ROLE)                                                                                                    \
  {                                                                                                                    \
    {"f16", NORMC_F16, ROLE, 0, 0, -1, 1, two}, {"bf16", NORMC_BF16, ROLE, 1, 0, -1, 1, two},                          \
        {"f32", NORMC_F32, ROLE, 2, 0, -1, 1, two}, {"f64", NORMC_F64, ROLE, 3, 0, -1, 1, two},                        \
        {"i32", NORMC_I32, ROLE, 4, 0, -1, 1, two}, {"i64", NORMC_I64, ROLE, 5, 0, -1, 1, two}, {                      \
      "i1", NORMC_I1, ROLE, 6, 0, -1, 1, two                                                                           \
    }                                                                                                                  \
  }
const normc_value typesArguments[] = SEVEN(NORMC_ARGUMENT);
const normc_value typesResults[] = SEVEN(NORMC_RESULT);

// Takes nothing; returns the number of threads that it may use.
int32_t threads(void *const *buffers, const int64_t *, const normc_context *context) {
  *at<int32_t>(buffers, 0) = context->threads;
  return context->version == NORMC_MODULE_VERSION ? 0 : 9;
}
const normc_value threadsResults[] = {{"threads", NORMC_I32, NORMC_RESULT, 0, 0, -1, 1, one}};

// Returns the status that it is given, with a sentence when that is below 8.
int32_t fail(void *const *buffers, const int64_t *, const normc_context *context) {
  int32_t status = *at<int32_t>(buffers, 0);
  if (status < 8 && context->message)
    std::snprintf(context->message, context->message_size, "asked for status %d", status);
  return status;
}
const normc_value failArguments[] = {{"status", NORMC_I32, NORMC_ARGUMENT, 0, 0, -1, 1, one}};

// a'[i] = a[i] + 1, over which a may lie.
int32_t increment(void *const *buffers, const int64_t *, const normc_context *) {
  for (int i = 0; i < 2; ++i)
    at<float>(buffers, 2)[i] = at<float>(buffers, 0)[i] + 1;
  return NORMC_ENTRY_DONE;
}
const normc_value incrementArguments[] = {{"a", NORMC_F32, NORMC_ARGUMENT, 0, 0, -1, 1, two},
                                          {"b", NORMC_F32, NORMC_ARGUMENT, 1, 0, -1, 1, two}};
const normc_value incrementResults[] = {{"a_new", NORMC_F32, NORMC_RESULT, 0, 0, 0, 1, two}};

// Extents that meet in one argument, which has no name.
int32_t nothing(void *const *, const int64_t *, const normc_context *) {
  return NORMC_ENTRY_DONE;
}
const normc_value squareMatrix[] = {{"", NORMC_F64, NORMC_ARGUMENT, 0, NORMC_EXTENTS_ONLY, -1, 3, pairwise}};

// Of the first three; the others say nothing of what they move.
void scaleTraffic(const int64_t *symbols, normc_traffic *traffic) {
  *traffic = {36 * symbols[0], 16 * symbols[0], 20 * symbols[0], 16 * symbols[0]};
}
void forwardTraffic(const int64_t *symbols, normc_traffic *traffic) {
  *traffic = {4 * symbols[0] + 4, 8 * symbols[0] + 4, 4 * symbols[0] + 4, 8 * symbols[0] + 4};
}
void backwardTraffic(const int64_t *symbols, normc_traffic *traffic) {
  *traffic = {20 * symbols[0] + 4, 4 * symbols[0] + 4, 12 * symbols[0] + 4, INT64_MAX - 100};
}
void noTraffic(const int64_t *, normc_traffic *traffic) {
  *traffic = {};
}

const normc_entry entries[] = {{"scale", 2, 1, 1, 0, scaleArguments, scaleResults, scale, scaleTraffic, nullptr},
                               {"twice", 1, 1, 0, 0, twiceArguments, twiceResults, twice, noTraffic, nullptr},
                               {"square_grad_forward", 2, 3, 1, 0, forwardArguments, forwardResults, squareForward, forwardTraffic, nullptr},
                               {"square_grad_backward", 5, 2, 1, 0, backwardArguments, backwardResults, squareBackward, backwardTraffic, nullptr},
                               {"types", 7, 7, 0, 0, typesArguments, typesResults, copyTypes, noTraffic, nullptr},
                               {"threads", 0, 1, 0, 0, nullptr, threadsResults, threads, noTraffic, nullptr},
                               {"fail", 1, 0, 0, 0, failArguments, nullptr, fail, noTraffic, nullptr},
                               {"same", 1, 0, 1, 0, squareMatrix, nullptr, nothing, noTraffic, nullptr},
                               {"increment", 2, 1, 0, 0, incrementArguments, incrementResults, increment, noTraffic, nullptr}};
const normc_gradient gradients[] = {{"square_grad", 2, 3, 3, 4, 1, 0, jointArguments, jointResults}};
const normc_module module = {NORMC_MODULE_VERSION, 9, 1, 0, "", entries, gradients, nullptr, nullptr, nullptr};
} // namespace

EXPORT const normc_module *normc_module_v1(void) {
  return &module;
}
