//===- rounding.cpp - kernels called in other modes of rounding ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

extern "C" int32_t normc_batch_norm(int64_t n0, const float *x, const float *gamma, const float *beta, float *out,
                                    const void *context);

static constexpr int64_t columns = 64;

/// Subnormal numbers are flushed to zero, where the processor knows how to.
static void setFlushing(bool isOn) {
#ifdef __SSE2__
  _mm_setcsr(isOn ? _mm_getcsr() | 0x8040 : _mm_getcsr() & ~0x8040u);
#endif
}

static bool isFlushing() {
#ifdef __SSE2__
  return (_mm_getcsr() & 0x8040) == 0x8040;
#else
  return false;
#endif
}

int main() {
  int modes = 0;
  for (int64_t rows : {20, 3001}) { // one thread, and several
    std::vector<float> x(rows * columns), gamma(columns, 1.5f), beta(columns, 0.25f), expected(x.size()), out(x.size());
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = i % columns == 3 ? std::ldexp(float(i % 97), -146) : float(i * 7919 % 1000) / 500.0f - 1.0f;
    if (normc_batch_norm(rows, x.data(), gamma.data(), beta.data(), expected.data(), nullptr) != 0)
      return std::puts("the call failed"), 1;
    for (int mode : {FE_UPWARD, FE_TOWARDZERO}) {
      std::fesetround(mode);
      setFlushing(true);
      const bool hasFlushing = isFlushing();
      const int32_t status = normc_batch_norm(rows, x.data(), gamma.data(), beta.data(), out.data(), nullptr);
      const bool isKept = std::fegetround() == mode && isFlushing() == hasFlushing;
      setFlushing(false);
      std::fesetround(FE_TONEAREST);
      if (status != 0 || !isKept)
        return std::puts("the caller's mode is not what it was"), 1;
      if (std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)) != 0)
        return std::printf("%lld rows have other bits in mode %d\n", (long long)rows, mode), 1;
      ++modes;
    }
  }
  std::printf("the same bits in %d modes of 2 sizes\n", modes);
  return 0;
}
