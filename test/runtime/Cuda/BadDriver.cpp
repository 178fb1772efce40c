//===- BadDriver.cpp - a library that is no whole driver --------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#define EXPORT extern "C" __attribute__((visibility("default")))

// New enough, but with nothing else to offer.
EXPORT int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
EXPORT int cuGetErrorName(int, const char **) {
  return 1;
}
EXPORT int cuGetErrorString(int, const char **) {
  return 1;
}
