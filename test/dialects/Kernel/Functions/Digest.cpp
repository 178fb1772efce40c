//===- Digest.cpp - what the functions give, as one number --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "functions.h"

namespace {

/// FNV-1a over the bits of results; all NaN are one.
struct Digest {
  uint64_t value = 0xcbf29ce484222325;
  template <typename Real>
  void add(Real result) {
    value = (value ^ (result != result ? 0 : bits_of(result))) * 0x100000001b3;
  }
};

template <typename Word, typename Functions>
void visit(Digest &digest, Word step, Functions functions) {
  constexpr int count = 1024;
  using Real = decltype(from_bits(Word()));
  static Real x[count], y[count], results[count];
  // Odd steps lead through all signs, exponents and fractions.
  for (int block = 0; block < 128; ++block) {
    for (int i = 0; i < count; ++i) {
      x[i] = from_bits(Word(Word(block * count + i) * step));
      y[i] = i % 2 ? from_bits(Word(Word(block * count + i) * (step + 2))) : Real(i) / 16 - 31;
    }
    functions([&](auto function) {
      for (int i = 0; i < count; ++i)
        results[i] = function(x[i], y[i]);
      for (int i = 0; i < count; ++i)
        digest.add(results[i]);
    });
  }
}

} // namespace

extern "C" uint64_t DIGEST() {
  Digest digest;
  visit(digest, uint32_t(0x9e3779b1), [](auto apply) {
    apply([](float x, float) { return exp_f32(x); });
    apply([](float x, float) { return log_f32(x); });
    apply([](float x, float) { return tanh_f32(x); });
    apply([](float x, float) { return sigmoid_f32(x); });
    apply([](float x, float) { return erf_f32(x); });
    apply([](float x, float y) { return pow_f32(x, y); });
  });
  visit(digest, uint64_t(0x9e3779b97f4a7c15), [](auto apply) {
    apply([](double x, double) { return exp_f64(x); });
    apply([](double x, double) { return log_f64(x); });
    apply([](double x, double) { return tanh_f64(x); });
    apply([](double x, double) { return sigmoid_f64(x); });
    apply([](double x, double) { return erf_f64(x); });
    apply([](double x, double y) { return pow_f64(x, y); });
  });
  return digest.value;
}
