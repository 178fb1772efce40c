#!/usr/bin/env python3
"""Prints the polynomials of the elementary functions: fit.py > Coefficients.h. Needs mpmath.

Each is the weighted minimax fit of a function on an interval, by Remez' exchange on a grid. Coefficients are rounded to
the format one after the other, from the constant up; what is left of the polynomial is fitted anew after each.
"""

from mpmath import erfc, expm1, floor, log, log1p, lu_solve, matrix, mp, mpf, pi, sqrt

mp.prec = 240
LN2 = log(2)


def rounded(value, bits):
    """The nearest number with a fraction of so many bits."""
    exponent = 0
    while abs(value) >= mpf(2) ** (exponent + 1):
        exponent += 1
    while abs(value) < mpf(2) ** exponent:
        exponent -= 1
    unit = mpf(2) ** (exponent - bits + 1)
    return floor(value / unit + mpf(1) / 2) * unit


def extrema(errors):
    """Where the error is largest between its changes of sign."""
    best, segments = 0, []
    for i in range(1, len(errors)):
        if (errors[i] > 0) != (errors[best] > 0):
            segments.append(best)
            best = i
        elif abs(errors[i]) > abs(errors[best]):
            best = i
    return segments + [best]


def remez(points, values, weights, terms):
    """The polynomial of so many terms whose largest weighted error is least, and that error."""
    count = terms + 1
    heavy = [i for i, w in enumerate(weights) if w > max(weights) / 10000]
    reference = [heavy[(len(heavy) - 1) * i // (count - 1)] for i in range(count)]
    table = [[w * x**p for p in range(terms)] for x, w in zip(points, weights)]
    goal = [w * v for v, w in zip(values, weights)]
    for _ in range(40):
        rows = [table[i] + [mpf((-1) ** k)] for k, i in enumerate(reference)]
        solution = list(lu_solve(matrix(rows), matrix([goal[i] for i in reference])))
        errors = [v - sum(c * t for c, t in zip(solution, row)) for row, v in zip(table, goal)]
        found = extrema(errors)
        worst = max(abs(e) for e in errors)
        while len(found) > count:
            size = [abs(errors[i]) for i in found]
            least = size.index(min(size))
            if len(found) == count + 1 or least in (0, len(found) - 1):
                found.pop(0 if size[0] < size[-1] else -1)
            else:  # two neighbours, so that the signs still alternate
                other = least - 1 if size[least - 1] < size[least + 1] else least + 1
                del found[min(least, other):max(least, other) + 1]
        if len(found) < count or worst <= abs(solution[-1]) * mpf("1.001"):
            break
        reference = found
    return solution[:-1], worst


def fit(function, weight, low, high, degree, bits):
    """Rounded coefficients, and the weighted error of the rounded polynomial."""
    size = max(300, 30 * degree)
    middle, half = (low + high) / 2, (high - low) / 2
    # Chebyshev points, none of which is 0.
    points = [middle - half * mp.cos(pi * (i + mpf(1) / 3) / (size + mpf(1) / 2)) for i in range(size)]
    left, weights = [function(x) for x in points], [weight(x) for x in points]
    done = []
    for power in range(degree + 1):
        coefficients, _ = remez(points, left, weights, degree - power + 1)
        done.append(rounded(coefficients[0], bits))
        # What is left is a polynomial times x, and counts as much less where x is small.
        left = [(value - done[-1]) / x for value, x in zip(left, points)]
        weights = [w * abs(x) for w, x in zip(weights, points)]
    return done, max(abs(w * v) for w, v in zip(weights, left))


def log2_tail(z):
    """2 atanh(s) / (s ln 2) of z = s^2, without the first two terms of its series, over z^2."""
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / s - 2 - 2 * z / 3) / (z**2 * LN2)


def erf_tail(a):
    """-log(1 - erf a) / a without its value at 0, over a."""
    return (-log(erfc(a)) / a - 2 / sqrt(pi)) / a


def erf_weight(a):
    """What an error of erf_tail does to erf a, relative to it."""
    return erfc(a) * a**2 / (1 - erfc(a))


HALF_LN2 = LN2 / 2 * mpf("1.0001")
HALF = mpf("0.5001")
SQRT2 = sqrt(mpf(2))

# Name, comment, function, weight of its error, interval in f32 and f64, degree in f32 and f64.
POLYNOMIALS = [
    ("exponential", "(e^r - 1 - r) / r^2; error relative to e^r - 1", lambda r: (expm1(r) - r) / r**2,
     lambda r: abs(r**2 / expm1(r)), [(-HALF_LN2, HALF_LN2)] * 2, (5, 10)),
    ("powerOfTwo", "(2^r - 1) / r; error relative to 2^r", lambda r: expm1(r * LN2) / r, lambda r: abs(r / 2**r),
     [(-HALF, HALF)] * 2, (5, 11)),
    ("logarithm", "(log(1 + f) - f) / f^2; error relative to log(1 + f)", lambda f: (log1p(f) - f) / f**2,
     lambda f: abs(f**2 / log1p(f)), [(1 / SQRT2 - 1, SQRT2 - 1)] * 2, (8, 19)),
    ("binaryLogarithm", "log2((1 + s) / (1 - s)) / s = 2 / ln 2 + 2 / (3 ln 2) z + z^2 p(z), z = s^2; error relative to all",
     log2_tail, lambda z: z**2 * LN2 / 2, [(mpf(0), ((SQRT2 - 1) / (SQRT2 + 1)) ** 2)] * 2, (3, 7)),
    ("errorFunction", "-log(1 - erf a) / a = 2 / sqrt(pi) + a p(a); error relative to erf a", erf_tail, erf_weight,
     [(mpf(0), mpf(4)), (mpf(0), mpf(6))], (10, 26)),
]
# Name, comment, value: as the sum of two numbers.
CONSTANTS = [
    ("ln2", "ln 2", LN2),
    ("twoOverLn2", "2 / ln 2", 2 / LN2),
    ("twoOverRootPi", "2 / sqrt(pi)", 2 / sqrt(pi)),
    ("twoThirdsOverLn2", "2 / (3 ln 2)", 2 / (3 * LN2)),
]
HEADER = """//===- Coefficients.h - the polynomials of the elementary functions ------===//
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
"""


def literal(value):
    return float(value).hex().replace("0x1.0000000000000p", "0x1p")


def main():
    print(HEADER)
    for name, comment, value in CONSTANTS:
        pairs = []
        for bits in (24, 53):
            high = rounded(value, bits)
            low = rounded(abs(value - high), bits) * (1 if value > high else -1)
            pairs.append(f"{{{literal(high)}, {literal(low)}}}")
        print(f"/// {comment}, as a number and what is left of it.")
        print(f"inline constexpr Split {name}{{{pairs[0]}, {pairs[1]}}};")
    for name, comment, function, weight, intervals, degrees in POLYNOMIALS:
        print(f"\n/// {comment}.")
        for bits, (low, high), degree in zip((24, 53), intervals, degrees):
            coefficients, error = fit(function, weight, low, high, degree, bits)
            kind = f"F{32 if bits == 24 else 64}"
            print(f"/// {kind[0].lower()}{kind[1:]}: degree {degree} on [{mp.nstr(low, 5)}, {mp.nstr(high, 5)}], "
                  f"within 2^{mp.nstr(log(error, 2), 4)}.")
            print(f"inline constexpr double {name}{kind}[] = {{")
            for i in range(0, degree + 1, 4):
                print("    " + " ".join(literal(c) + "," for c in coefficients[i:i + 4]))
            print("};")
        print(f"inline constexpr Polynomial {name}{{{name}F32, {name}F64}};")
    print("\n} // namespace normc::kernel::coefficients\n\n#endif // NORMC_DIALECTS_KERNEL_FUNCTIONS_COEFFICIENTS_H")


if __name__ == "__main__":
    main()
