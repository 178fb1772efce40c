"""Holds every cast against exact arithmetic, compiled and as evaluated by the reference: check_casts.py WORK

Of f16 and bf16 every number is cast; of f32 and f64 numbers that are half way between neighbours of each narrower type and
beside those, in the whole range and among the subnormals; of the integers those where a type's range or precision ends.
"""

import array
import math
import os
import random
import sys

import npy
import tools

RANGES = {"i32": (-2**31, 2**31 - 1), "i64": (-2**63, 2**63 - 1)}
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -5e-324, 0.5, -0.5, 0.999, 1.0, -1.0, 1.5, 2.5, -2.5]


def rounded_from_integer(kind, number):
    """The nearest float of an integer, ties to even, rounded once."""
    digits, _, most = npy.FORMATS[kind]
    excess = max(0, abs(number).bit_length() - digits)
    quotient, rest = divmod(abs(number), 1 << excess)
    half = (1 << excess) >> 1
    quotient += rest > half or (rest == half and excess > 0 and quotient & 1)
    size = math.ldexp(quotient, excess)
    return math.copysign(size if size / 2.0**most < 2.0 else math.inf, number)


def expected(value, source, target):
    if target == "i1":
        return int(value != 0)
    if npy.is_float(target):
        return npy.round_to(target, value) if npy.is_float(source) else rounded_from_integer(target, value)
    low, high = RANGES[target]
    if value != value:
        return 0
    if value in (math.inf, -math.inf):
        return high if value > 0 else low
    return max(low, min(high, int(value)))


def halfway_points(source, target, draw):
    """Numbers of `source` half way between neighbours of `target`, their neighbours, and neighbours of the target's."""
    digits, least, most = npy.FORMATS[target]
    gap = npy.unit_roundoff_spacing(source)
    points = []
    exponents = list(range(least - digits - 1, least + 3)) + [-1, 0, 1, most - 1, most]
    for exponent in exponents + [draw.randint(least, most) for _ in range(60)]:
        unit = math.ldexp(1.0, max(exponent, least) + 1 - digits)
        for count in {0, 1, 2, 3, 2**digits - 1, 2**digits - 2, draw.getrandbits(digits), draw.getrandbits(digits)}:
            half = (count + 0.5) * unit
            points += [count * unit, half, half * (1 + gap), half * (1 - gap), -half, -half * (1 + gap)]
    return points


def inputs_of(kind):
    draw = random.Random(7)
    if kind == "i1":
        return [0, 1]
    if kind in RANGES:
        low, high = RANGES[kind]
        bits = high.bit_length()
        numbers = {0, 1, -1, 7, low, low + 1, high, high - 1, -2**31, 2**31 - 1}
        if kind == "i64":
            numbers |= {2**31, -2**31 - 1}
        for digits, *_ in npy.FORMATS.values():
            for excess in range(1, bits - digits):
                tie = ((1 << (digits - 1)) + draw.getrandbits(digits - 1) << excess) + (1 << excess - 1)
                numbers |= {tie, tie + 1, tie - 1, -tie, -tie - 1}
        return sorted(number for number in numbers if low <= number <= high)
    if kind in ("f16", "bf16"):
        patterns = array.array("H", range(65536)).tobytes()
        path = os.path.join(sys.argv[1], "patterns.npy")
        with open(path, "wb") as file:
            file.write(npy.header(npy.DESCRS[kind], (65536,)) + patterns)
        return npy.read(path).values
    numbers = list(SPECIAL)
    for edge in (2.0**31, 2.0**63, 2.0**24, 2.0**53, 65504.0, 65520.0, 3.3895e38):
        for factor in (1.0, 1 - 2.0**-24, 1 + 2.0**-23, 1 - 2.0**-53, 1 + 2.0**-52):
            numbers += [edge * factor, -edge * factor, edge - 0.5, -edge - 1]
    for target in ("f16", "bf16", "f32"):
        if npy.FORMATS[target][0] < npy.FORMATS[kind][0]:
            numbers += halfway_points(kind, target, draw)
    return numbers


def main():
    work = sys.argv[1]
    os.makedirs(work, exist_ok=True)
    pairs = [(source, target) for source in npy.DESCRS for target in npy.DESCRS]
    text = "".join(f"func.func @{source}_to_{target}(%x: tensor<?x{source}>) -> tensor<?x{target}> {{\n"
                   f"  %y = norm.cast %x : tensor<?x{source}> to {target}\n  return %y : tensor<?x{target}>\n}}\n"
                   for source, target in pairs)
    file = tools.write_text(os.path.join(work, "casts.mlir"), text)
    module = os.path.join(work, "casts.so")
    tools.run("normc", file, "-o", module)
    functions = {function.name: function for function in tools.functions_of(file)}
    faults = []
    for source, target in pairs:
        path = os.path.join(work, f"{source}.npy")
        if not os.path.exists(path):
            numbers = inputs_of(source)
            npy.write(path, npy.Array(source, (len(numbers),), numbers))
        inputs = npy.read(path).values
        want = [expected(value, source, target) for value in inputs]
        for what, where, device in (("compiled", module, "cpu"), ("reference", file, "reference")):
            name = f"{source}_to_{target}"
            got = npy.read(tools.evaluate(where, functions[name], [path], os.path.join(work, f"{name}.{device}"), device)[0])
            wrong = [(x, g, w) for x, g, w in zip(inputs, got.values, want)
                     if not (g == w and math.copysign(1, g) == math.copysign(1, w)) and not (g != g and w != w)]
            if wrong or len(got.values) != len(want):
                x, g, w = wrong[0]
                faults.append(f"{what}: {name} of {x!r} is {g!r}, expected is {w!r}; {len(wrong)} of {len(want)} differ")
    if faults:
        tools.fail("\n".join(faults))


if __name__ == "__main__":
    main()
