"""Holds every elementwise primitive and every reduction of one type against Python's arithmetic and the reference.

  check_primitives.py KIND WORK

The operands are all pairs of a list of numbers, made by broadcasting a column against a row: among them NaN, infinities,
both zeros, subnormals, and the smallest and largest numbers. Bounds are in units of the last place of the result:
- the forward against Python, which computes in f64, and the compiled code, which does so, too: the two may round a
  transcendental function differently, in its last place;
- forward and backward against the reference, which is wider still for f64.
Zeros must have the same sign, NaN and infinities must be where they are expected.
"""

import math
import os
import sys

import npy
import tools

NAN, INF = math.nan, math.inf


def sign_bit(a):
    return math.copysign(1.0, a) < 0


def divide(a, b):
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return NAN
    return -INF if sign_bit(a) != sign_bit(b) else INF


def power(a, b):
    negative = sign_bit(a) and math.fabs(math.fmod(b, 2.0)) == 1.0 if math.isfinite(b) else False
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INF if negative else INF
    except ValueError:
        return NAN if a != 0 else (-INF if negative else INF)


def square_root(a):
    return a if a == 0 else (NAN if a < 0 else math.sqrt(a))


def logarithm(a):
    return -INF if a == 0 else (NAN if a < 0 else math.log(a))


def exponential(a):
    try:
        return math.exp(a)
    except OverflowError:
        return INF


UNARY = {
    "neg": lambda a: -a,
    "abs": math.fabs,
    "sign": lambda a: a if a == 0 or a != a else math.copysign(1.0, a),
    "square": lambda a: a * a,
    "sqrt": square_root,
    "rsqrt": lambda a: divide(1.0, square_root(a)),
    "reciprocal": lambda a: divide(1.0, a),
    "exp": exponential,
    "log": logarithm,
    "tanh": math.tanh,
    "sigmoid": lambda a: 1.0 / (1.0 + exponential(-a)),
    "erf": math.erf,
}
BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": divide,
    "max": lambda a, b: a if a > b or a != a else b,
    "min": lambda a, b: a if a < b or a != a else b,
    "pow": power,
}
PREDICATES = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}
REDUCTIONS = {
    "sum": math.fsum,
    "mean": lambda row: math.fsum(row) / len(row),
    "max_over": lambda row: NAN if any(a != a for a in row) else max(row),
    "min_over": lambda row: NAN if any(a != a for a in row) else min(row),
}


def numbers_of(kind):
    digits, least, most = npy.FORMATS[kind]
    epsilon, tiny = npy.unit_roundoff_spacing(kind), math.ldexp(1.0, least)
    positive = [0.0, tiny * epsilon, 3 * tiny * epsilon, tiny, 1e-3, 0.1, 0.5, 1 - epsilon / 2, 1.0, 1 + epsilon, 1.5, 2.0,
                3.0, 5.25, 17.0, 100.0, math.ldexp(2 - epsilon, most), INF]
    return [NAN] + positive + [-a for a in positive]


def graph_of(kind):
    wide, column, row = f"tensor<?x?x{kind}>", f"tensor<?x1x{kind}>", f"tensor<1x?x{kind}>"
    text = ""
    for op in UNARY:
        text += (f"func.func @{op}(%a: {column}) -> {column} {{\n  %y = norm.{op} %a : {column}\n  return %y : {column}\n}}\n"
                 f"norm.gradient @{op}_grad of @{op} wrt [0]\n")
    for op in BINARY:
        text += (f"func.func @{op}(%a: {column}, %b: {row}) -> {wide} {{\n  %y = norm.{op} %a, %b : {column}, {row}\n"
                 f"  return %y : {wide}\n}}\nnorm.gradient @{op}_grad of @{op} wrt [0, 1]\n")
    for op in PREDICATES:
        text += (f"func.func @{op}(%a: {column}, %b: {row}) -> tensor<?x?xi1> {{\n"
                 f"  %y = norm.compare {op} %a, %b : {column}, {row}\n  return %y : tensor<?x?xi1>\n}}\n")
    text += (f"func.func @select(%c: tensor<?x?xi1>, %a: {column}, %b: {row}) -> {wide} {{\n"
             f"  %y = norm.select %c, %a, %b : tensor<?x?xi1>, {column}, {row}\n  return %y : {wide}\n}}\n"
             f"norm.gradient @select_grad of @select wrt [1, 2]\n")
    for op in REDUCTIONS:
        text += (f"func.func @{op}(%x: {wide}) -> {column} {{\n  %y = norm.{op} %x over [1] : {wide}\n"
                 f"  return %y : {column}\n}}\nnorm.gradient @{op}_grad of @{op} wrt [0]\n")
    return text


class Judge:
    def __init__(self, kind):
        self.kind = kind
        self.epsilon = npy.unit_roundoff_spacing(kind)
        self.smallest = math.ldexp(self.epsilon, npy.FORMATS[kind][1])

    def agree(self, got, want, ulps, absolute=0.0, signs=True):
        if got != got or want != want:
            return got != got and want != want
        if got == want:
            return got != 0 or not signs or sign_bit(got) == sign_bit(want)
        if math.isinf(got) or math.isinf(want):
            # A result at the edge of the range may round to either side of it.
            largest = math.ldexp(2 - self.epsilon, npy.FORMATS[self.kind][2])
            return ulps > 0 and max(-largest, min(got, largest)) == max(-largest, min(want, largest))
        return abs(got - want) <= ulps * max(self.epsilon * abs(want), self.smallest) + absolute

    def compare(self, what, got, want, operands, ulps, absolute=None, signs=True):
        if len(got) != len(want):
            tools.fail(f"{self.kind} {what}: {len(got)} elements, not {len(want)}")
        absolute = absolute or [0.0] * len(got)
        for index, (g, w) in enumerate(zip(got, want)):
            if not self.agree(g, w, ulps, absolute[index], signs):
                tools.fail(f"{self.kind} {what} of {operands[index]} is {g!r}, expected is {w!r}")


# In units of the last place, for f64: of functions that libm does not round correctly, or that are made of several.
FORWARD_ULPS = {"exp": 1, "log": 1, "tanh": 2, "sigmoid": 3, "erf": 2, "pow": 1, "rsqrt": 2}
# Of adjoints. In f64 each of their operations rounds; in other types only the result y does, which the backward reads
# instead of computing it again: y^3 has three times its error. 1 - y^2 and y (1 - y) keep it where they themselves are
# small, so that it counts against 1, not against them.
BACKWARD_ULPS = {"f64": 8, "reads y": 4, "": 1}
READS_RESULT = {"sqrt", "rsqrt", "reciprocal", "exp", "tanh", "sigmoid", "div", "pow"}
ABSOLUTE = {"tanh": 2, "sigmoid": 2}


def main():
    kind, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    file = tools.write_text(os.path.join(work, "primitives.mlir"), graph_of(kind))
    module = os.path.join(work, "primitives.so")
    tools.run("normc", file, "-o", module)
    functions = {function.name: function for function in tools.functions_of(file)}
    judge, wide = Judge(kind), kind == "f64"

    def store(name, extents, values, element=kind):
        path = os.path.join(work, f"{name}.npy")
        npy.write(path, npy.Array(element, extents, values))
        return path, npy.read(path).values

    numbers = numbers_of(kind)
    count = len(numbers)
    a_path, a = store("a", (count, 1), numbers)
    b_path, b = store("b", (1, count), numbers)
    pairs = [(x, y) for x in a for y in b]
    mask_path, mask = store("mask", (count, count), [(i * 7 + 3) % 5 < 2 for i in range(count * count)], "i1")
    # Two of the largest f64 have no sum in f64, though they have a mean in what the reference computes in.
    terms = [x for x in a if not wide or not 1e308 < abs(x) < INF]
    rows = [[x, y, z] for x in terms for y in terms[::5] for z in (1.0, -2.0, 0.0)]
    rows_path, flat = store("rows", (len(rows), 3), [x for row in rows for x in row])
    rows = [flat[i:i + 3] for i in range(0, len(flat), 3)]
    ones = {1: store("ones1", (count, 1), [1.0] * count)[0], 2: store("ones2", (count, count), [1.0] * count**2)[0],
            3: store("ones3", (len(rows), 1), [1.0] * len(rows))[0]}

    def check(op, inputs, cotangent, operands, expected, ulps, element=kind, absolute=None, signs=True):
        prefix = os.path.join(work, op)
        got = tools.evaluate(module, functions[op], inputs, prefix + ".got")
        want = tools.evaluate(file, functions[op], inputs, prefix + ".want", device="reference")
        values = npy.read(got[0]).values
        rounded = [npy.round_to(kind, value) for value in expected] if element == kind else expected
        judge.compare(f"{op}, against Python,", values, rounded, operands, ulps, absolute, signs)
        judge.compare(f"{op}, against the reference,", values, npy.read(want[0]).values, operands, ulps, absolute,
                      signs)
        if cotangent is None:
            return
        inputs = inputs + [cotangent]
        got = tools.evaluate(module, functions[op + "_grad"], inputs, prefix + ".grad.got")
        want = tools.evaluate(file, functions[op + "_grad"], inputs, prefix + ".grad.want", device="reference")
        tools.compare_bits(got[:1], [prefix + ".got.0.npy"], f"{kind} {op}_grad, the forward of it")
        ulps = BACKWARD_ULPS["f64" if wide else "reads y" if op in READS_RESULT else ""]
        for g, w in zip(got[1:], want[1:]):
            g, w = npy.read(g).values, npy.read(w).values
            places = operands if len(g) == len(operands) else [f"element {i}" for i in range(len(g))]
            judge.compare(f"the adjoint of {op}", g, w, places, ulps, [ABSOLUTE.get(op, 0) * judge.epsilon] * len(g), signs)

    for op, function in UNARY.items():
        ulps = FORWARD_ULPS.get(op, 0) if wide else min(1, FORWARD_ULPS.get(op, 0))
        check(op, [a_path], ones[1], a, [function(x) for x in a], ulps)
    for op, function in BINARY.items():
        ulps = FORWARD_ULPS.get(op, 0)
        check(op, [a_path, b_path], ones[2], pairs, [function(x, y) for x, y in pairs], ulps)
    for op, function in PREDICATES.items():
        check(op, [a_path, b_path], None, pairs, [int(function(x, y)) for x, y in pairs], 0, "i1")
    check("select", [mask_path, a_path, b_path], ones[2], pairs,
          [x if on else y for on, (x, y) in zip(mask, pairs)], 0)
    # A sum rounds as it goes, in f32 at least; which of two zeros is the larger, nobody says.
    unit = npy.unit_roundoff_spacing("f64" if wide else "f32")
    rounding = [2 * unit * sum(abs(x) for x in row if math.isfinite(x)) for row in rows]
    for op, function in REDUCTIONS.items():
        expected = [function(row) if all(map(math.isfinite, row)) or "over" in op
                    else (row[0] + row[1] + row[2]) / (3 if op == "mean" else 1) for row in rows]
        check(op, [rows_path], ones[3], rows, expected, 1 if op in ("sum", "mean") else 0,
              absolute=rounding if op in ("sum", "mean") else None, signs=False)


if __name__ == "__main__":
    main()
