//===- Coefficients.h - the polynomials of the elementary functions ------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Printed by fit.py. From the constant up; rounded to the format one after the other.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_KERNEL_FUNCTIONS_COEFFICIENTS_H
#define NORMC_DIALECTS_KERNEL_FUNCTIONS_COEFFICIENTS_H

#include "dialects/Kernel/Functions/Arithmetic.h"

namespace normc::kernel::coefficients {

/// ln 2, as a number and what is left of it.
inline constexpr Split ln2{{0x1.62e4300000000p-1, -0x1.05c6100000000p-29}, {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}};
/// 2 / ln 2, as a number and what is left of it.
inline constexpr Split twoOverLn2{{0x1.7154760000000p+1, 0x1.4ae0c00000000p-25}, {0x1.71547652b82fep+1, 0x1.777d0ffda0d24p-55}};
/// 2 / sqrt(pi), as a number and what is left of it.
inline constexpr Split twoOverRootPi{{0x1.20dd760000000p+0, -0x1.f7ac920000000p-25}, {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56}};
/// 2 / (3 ln 2), as a number and what is left of it.
inline constexpr Split twoThirdsOverLn2{{0x1.ec709e0000000p-1, -0x1.e2fe020000000p-28}, {0x1.ec709dc3a03fdp-1, 0x1.d27f05548af0cp-55}};

/// (e^r - 1 - r) / r^2; error relative to e^r - 1.
/// f32: degree 5 on [-0.34661, 0.34661], within 2^-31.11.
inline constexpr double exponentialF32[] = {
    0x1p-1, 0x1.5555540000000p-3, 0x1.5554f80000000p-5, 0x1.1112dc0000000p-7,
    0x1.6d3a540000000p-10, 0x1.9e66f20000000p-13,
};
/// f64: degree 10 on [-0.34661, 0.34661], within 2^-61.62.
inline constexpr double exponentialF64[] = {
    0x1p-1, 0x1.5555555555559p-3, 0x1.5555555555559p-5, 0x1.111111110f70bp-7,
    0x1.6c16c16c16864p-10, 0x1.a01a01af9b960p-13, 0x1.a01a019e24339p-16, 0x1.71ddf93b8bd75p-19,
    0x1.27e4f9489b3a4p-22, 0x1.af5d004743476p-26, 0x1.1f37cafe7a924p-29,
};
inline constexpr Polynomial exponential{exponentialF32, exponentialF64};

/// (2^r - 1) / r; error relative to 2^r.
/// f32: degree 5 on [-0.5001, 0.5001], within 2^-28.31.
inline constexpr double powerOfTwoF32[] = {
    0x1.62e4300000000p-1, 0x1.ebfbdc0000000p-3, 0x1.c6af7c0000000p-5, 0x1.3b2de00000000p-7,
    0x1.5f08360000000p-10, 0x1.416b560000000p-13,
};
/// f64: degree 11 on [-0.5001, 0.5001], within 2^-59.73.
inline constexpr double powerOfTwoF64[] = {
    0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58ep-3, 0x1.c6b08d704a1d5p-5, 0x1.3b2ab6fba519fp-7,
    0x1.5d87fe7873f73p-10, 0x1.430912f756aa6p-13, 0x1.ffcbfd4b50fbfp-17, 0x1.62c027264a5e1p-20,
    0x1.b5232d1aa01c2p-24, 0x1.e4bba620c2eefp-28, 0x1.ec79cbf593d70p-32, 0x1.e0bcc5a094ab8p-36,
};
inline constexpr Polynomial powerOfTwo{powerOfTwoF32, powerOfTwoF64};

/// (log(1 + f) - f) / f^2; error relative to log(1 + f).
/// f32: degree 8 on [-0.29289, 0.41421], within 2^-27.83.
inline constexpr double logarithmF32[] = {
    -0x1.fffff80000000p-2, 0x1.5555500000000p-2, -0x1.0004380000000p-2, 0x1.99a41e0000000p-3,
    -0x1.5423ea0000000p-3, 0x1.226c420000000p-3, -0x1.0f51a00000000p-3, 0x1.0877000000000p-3,
    -0x1.381b800000000p-4,
};
/// f64: degree 19 on [-0.29289, 0.41421], within 2^-56.79.
inline constexpr double logarithmF64[] = {
    -0x1.0000000000003p-1, 0x1.5555555555521p-2, -0x1.fffffffffded7p-3, 0x1.99999999a0e0dp-3,
    -0x1.55555556e29e9p-3, 0x1.24924922815a9p-3, -0x1.fffffef6d2416p-4, 0x1.c71c71c19231ap-4,
    -0x1.9999c8f3a6467p-4, 0x1.745d479aad3c5p-4, -0x1.555078274e686p-4, 0x1.3b0aa02d4cf6ap-4,
    -0x1.24dbf5ade61f8p-4, 0x1.11d9a478cc54dp-4, -0x1.fb76a57d2b15dp-5, 0x1.cfa9dafe5a361p-5,
    -0x1.d124782314a2fp-5, 0x1.0b562a6becc2bp-4, -0x1.ebd2cbd05e8d6p-5, 0x1.acd22b1bf8344p-6,
};
inline constexpr Polynomial logarithm{logarithmF32, logarithmF64};

/// log2((1 + s) / (1 - s)) / s = 2 / ln 2 + 2 / (3 ln 2) z + z^2 p(z), z = s^2; error relative to all.
/// f32: degree 3 on [0.0, 0.029437], within 2^-43.87.
inline constexpr double binaryLogarithmF32[] = {
    0x1.2776c40000000p-1, 0x1.a619500000000p-2, 0x1.47b12c0000000p-2, 0x1.20791a0000000p-2,
};
/// f64: degree 7 on [0.0, 0.029437], within 2^-73.46.
inline constexpr double binaryLogarithmF64[] = {
    0x1.2776c50ef9bfcp-1, 0x1.a61762a7aeddcp-2, 0x1.484b13d6ad186p-2, 0x1.0c9a853ad9182p-2,
    0x1.c68ee97078f19p-3, 0x1.8a09b506cbe6cp-3, 0x1.58fd0949b0959p-3, 0x1.61eec45fcf6e5p-3,
};
inline constexpr Polynomial binaryLogarithm{binaryLogarithmF32, binaryLogarithmF64};

/// -log(1 - erf a) / a = 2 / sqrt(pi) + a p(a); error relative to erf a.
/// f32: degree 10 on [0.0, 4.0], within 2^-31.44.
inline constexpr double errorFunctionF32[] = {
    0x1.45f3080000000p-1, 0x1.a4f3f00000000p-4, -0x1.3944680000000p-6, -0x1.00a4460000000p-12,
    0x1.d3c4f00000000p-10, -0x1.7bec460000000p-11, 0x1.4983940000000p-13, -0x1.24e8b60000000p-16,
    0x1.cde85c0000000p-22, 0x1.b9d31a0000000p-25, 0x1.3ce11c0000000p-29,
};
/// f64: degree 26 on [0.0, 6.0], within 2^-62.14.
inline constexpr double errorFunctionF64[] = {
    0x1.45f306dc9c882p-1, 0x1.a4f4e2a1b4d18p-4, -0x1.3966859501302p-6, -0x1.b6b683c974a85p-13,
    0x1.bca6731fac552p-10, -0x1.3564ece029d41p-11, 0x1.b1fa5b418b3dep-16, 0x1.0ea3e92efbd11p-14,
    -0x1.f3f298cf6b15bp-16, 0x1.daa5e5d6f2d38p-19, 0x1.6520ef20759d2p-19, -0x1.a146c773cb2c8p-20,
    0x1.78d0fb6276df6p-23, 0x1.0af7a4b12f472p-22, -0x1.b62ab0492ec96p-23, 0x1.92a42fd3ee625p-24,
    -0x1.0aa384275fb05p-25, 0x1.0e06e188efd12p-27, -0x1.a567e9d0be9d2p-30, 0x1.ed7fa99071e31p-33,
    -0x1.8e423819f54ccp-36, 0x1.37941d6ab4334p-40, 0x1.59c763d349fa6p-44, -0x1.70b47a60010d2p-46,
    0x1.11d5efb70c5f6p-49, -0x1.a776a3aa8752fp-54, 0x1.1b073d07a20bep-59,
};
inline constexpr Polynomial errorFunction{errorFunctionF32, errorFunctionF64};

} // namespace normc::kernel::coefficients

#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_COEFFICIENTS_H
