"""Arrays for tests, with nothing but the standard library: .npy files are made, cast, printed and compared.

  npy.py make OUT TYPE EXTENTS [--seed=1] [--mean=0] [--std=1]      normally distributed; EXTENTS are like 128x64
  npy.py make OUT TYPE EXTENTS --integers LO HI                     integers of LO .. HI
  npy.py make OUT TYPE EXTENTS --constant V
  npy.py make OUT TYPE EXTENTS --values V,V,..                      nan, inf and -0.0 are values, too
  npy.py cast IN OUT TYPE                                           floats round to nearest, ties to even
  npy.py print FILE
  npy.py compare GOT WANT [--exact] [--bound=R]                     |got - want| <= R max |want|; --exact: the same bits
  npy.py bound FILE LIMIT                                           each |element| <= LIMIT

TYPE is f16, bf16 (stored as u2), f32, f64, i32, i64 or i1. Exit status 1: the arrays differ.
"""

import argparse
import array
import math
import random
import re
import struct
import sys

DESCRS = {"f16": "<f2", "bf16": "<u2", "f32": "<f4", "f64": "<f8", "i32": "<i4", "i64": "<i8", "i1": "|b1"}
TYPES = {descr: name for name, descr in DESCRS.items()}
CODES = {"f16": "H", "bf16": "H", "f32": "f", "f64": "d", "i32": "i", "i64": "q", "i1": "B"}
# Digits of the significand, the exponent of the smallest normal number, and of the largest.
FORMATS = {"f16": (11, -14, 15), "bf16": (8, -126, 127), "f32": (24, -126, 127), "f64": (53, -1022, 1023)}


def is_float(kind):
    return kind in FORMATS


def unit_roundoff_spacing(kind):
    """The distance from 1 to the next number of the type."""
    return 2.0 ** (1 - FORMATS[kind][0])


def round_to(kind, value):
    """The nearest number of a floating-point type, ties to even."""
    if kind == "f64" or value == 0 or math.isnan(value) or math.isinf(value):
        return value
    digits, least, most = FORMATS[kind]
    unit = max(math.frexp(value)[1] - digits, least + 1 - digits)
    # round() takes ties to even, and scaling by a power of two is exact.
    rounded = math.ldexp(round(math.ldexp(value, -unit)), unit)
    if abs(rounded) >= 2.0 ** (most + 1):
        return math.copysign(math.inf, value)
    return math.copysign(rounded, value)


class Array:
    """Extents, an element type, and the values in row-major order."""

    def __init__(self, kind, extents, values):
        self.kind, self.extents, self.values = kind, tuple(extents), list(values)
        assert len(self.values) == math.prod(self.extents), f"{len(self.values)} values for {self.extents}"
        if is_float(kind):
            self.values = [round_to(kind, float(value)) for value in self.values]

    def data(self):
        if self.kind == "bf16":
            words = array.array("I", array.array("f", self.values).tobytes())
            # NaN may have its payload in the half that goes.
            return array.array("H", [word >> 16 | (64 if value != value else 0)
                                     for word, value in zip(words, self.values)]).tobytes()
        if self.kind == "f16":
            return struct.pack(f"<{len(self.values)}e", *self.values)
        return array.array(CODES[self.kind], self.values).tobytes()


def header(descr, extents, fortran=False):
    shape = "".join(f"{extent}, " for extent in extents).rstrip(" ")
    if len(extents) > 1:
        shape = shape.rstrip(",")
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': ({shape}), }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1")


def write(path, values):
    with open(path, "wb") as file:
        file.write(header(DESCRS[values.kind], values.extents) + values.data())


def read_raw(path):
    """The element type, the extents and the bytes."""
    with open(path, "rb") as file:
        content = file.read()
    assert content[:6] == b"\x93NUMPY", f"{path}: no .npy file"
    width = 2 if content[6] == 1 else 4
    start = 8 + width + int.from_bytes(content[8:8 + width], "little")
    text = content[8 + width:start].decode("latin1")
    descr = re.search(r"'descr':\s*'([^']*)'", text).group(1)
    assert re.search(r"'fortran_order':\s*False", text), f"{path}: not in row-major order"
    extents = tuple(int(extent) for extent in re.findall(r"\d+", re.search(r"'shape':\s*\(([^)]*)\)", text).group(1)))
    return TYPES[descr], extents, content[start:]


def read(path):
    kind, extents, data = read_raw(path)
    if kind == "f16":
        values = struct.unpack(f"<{len(data) // 2}e", data)
    elif kind == "bf16":
        words = array.array("H", data)
        values = array.array("f", array.array("I", [word << 16 for word in words]).tobytes())
    else:
        values = array.array(CODES[kind], data)
    result = Array.__new__(Array)
    result.kind, result.extents, result.values = kind, extents, list(values)
    assert len(result.values) == math.prod(extents), f"{path}: {len(result.values)} values for {extents}"
    return result


def make(kind, extents, seed=1, mean=0.0, std=1.0):
    draw = random.Random(seed)
    return Array(kind, extents, [draw.gauss(mean, std) for _ in range(math.prod(extents))])


def integers(kind, extents, low, high, seed=1):
    draw = random.Random(seed)
    return Array(kind, extents, [draw.randint(low, high) for _ in range(math.prod(extents))])


def cast(values, kind):
    if kind == "i1":
        return Array(kind, values.extents, [value != 0 for value in values.values])
    convert = float if is_float(kind) else int
    return Array(kind, values.extents, [convert(value) for value in values.values])


def difference(got, want, bound, absolute=0.0):
    """What is wrong with `got`, or None: |got - want| <= absolute + bound * the largest |want|; NaN and infinities are equal."""
    if got.kind != want.kind or got.extents != want.extents:
        return f"it is {got.kind} {got.extents}, expected is {want.kind} {want.extents}"
    largest = max((abs(value) for value in want.values if math.isfinite(value)), default=0.0)
    worst, at = -1.0, None
    for index, (g, w) in enumerate(zip(got.values, want.values)):
        if g == w or (g != g and w != w):
            continue
        error = abs(g - w)
        if not math.isfinite(error):
            return f"element {index} is {g!r}, expected is {w!r}"
        if error > worst:
            worst, at = error, index
    if at is None or worst <= absolute + bound * largest:
        return None
    return (f"element {at} is {got.values[at]!r}, expected is {want.values[at]!r}: the error {worst:.3g} is "
            f"{worst / max(largest, 5e-324):.3g} of the largest, {largest:.3g}; allowed is {bound:.3g}")


def first_difference_in_bits(got_path, want_path):
    got, want = read_raw(got_path), read_raw(want_path)
    if got[:2] != want[:2]:
        return f"it is {got[0]} {got[1]}, expected is {want[0]} {want[1]}"
    if got[2] == want[2]:
        return None
    size = len(want[2]) // max(1, math.prod(want[1]))
    at = next(i for i in range(len(want[2])) if got[2][i] != want[2][i]) // size
    return f"element {at} is {read(got_path).values[at]!r}, expected is {read(want_path).values[at]!r}"


def parse_extents(text):
    return tuple(int(extent) for extent in text.split("x"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    maker = commands.add_parser("make")
    maker.add_argument("out")
    maker.add_argument("type", choices=DESCRS)
    maker.add_argument("extents", type=parse_extents)
    maker.add_argument("--seed", type=int, default=1)
    maker.add_argument("--mean", type=float, default=0.0)
    maker.add_argument("--std", type=float, default=1.0)
    maker.add_argument("--integers", type=int, nargs=2)
    maker.add_argument("--constant", type=float)
    maker.add_argument("--values")
    caster = commands.add_parser("cast")
    caster.add_argument("input")
    caster.add_argument("out")
    caster.add_argument("type", choices=DESCRS)
    printer = commands.add_parser("print")
    printer.add_argument("input")
    comparer = commands.add_parser("compare")
    comparer.add_argument("got")
    comparer.add_argument("want")
    comparer.add_argument("--exact", action="store_true")
    comparer.add_argument("--bound", type=float, default=0.0)
    bounder = commands.add_parser("bound")
    bounder.add_argument("input")
    bounder.add_argument("limit", type=float)
    options = parser.parse_args()

    if options.command == "make":
        count = math.prod(options.extents)
        number = float if is_float(options.type) else lambda text: int(float(text))
        if options.integers:
            made = integers(options.type, options.extents, *options.integers, seed=options.seed)
        elif options.constant is not None:
            made = Array(options.type, options.extents, [number(options.constant)] * count)
        elif options.values is not None:
            made = Array(options.type, options.extents, [number(text) for text in options.values.split(",") if text])
        else:
            made = make(options.type, options.extents, options.seed, options.mean, options.std)
        write(options.out, made)
    elif options.command == "cast":
        write(options.out, cast(read(options.input), options.type))
    elif options.command == "print":
        values = read(options.input)
        print(values.kind, "x".join(str(extent) for extent in values.extents), *values.values)
    elif options.command == "bound":
        for index, value in enumerate(read(options.input).values):
            if not abs(value) <= options.limit:
                sys.exit(f"{options.input}: element {index} is {value!r}, beyond {options.limit:g}")
    else:
        exact = options.exact
        fault = (first_difference_in_bits(options.got, options.want) if exact else
                 difference(read(options.got), read(options.want), options.bound))
        if fault:
            sys.exit(f"{options.got}: {fault}")


if __name__ == "__main__":
    main()
