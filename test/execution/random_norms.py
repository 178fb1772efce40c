"""Random graphs of what normalizations are made of: compiled, and held against the reference.

  random_norms.py [--seed=1] [--count=100] [--first=0] [--f64] [--tools=BIN] [--keep=DIR] [--batch=25] [--bound=R]

Graph i of a seed is the same whatever --count, --first and --batch are: `--seed=S --first=I --count=1` makes it alone.
While a graph is drawn it is evaluated here, on the arrays that it will be run on, with its derivatives and with bounds
of what rounding can do. A step is taken back where values would grow large, where it is ill-conditioned (a division
near 0), and where rounding would decide it (a comparison of nearly equal numbers). What remains must agree everywhere.

Each graph has a gradient. Function and gradient are run compiled and on the reference; the reference is also held
against the derivatives computed here. One graph in 20 is checked by central differences. Exit status 1: something
differs.
"""

import argparse
import concurrent.futures
import functools
import itertools
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

try:
    import npy
except ImportError:
    npy = None

LARGEST = 50.0  # of a value
LARGEST_TERM = 2e3  # of the terms that a value, or a gradient, may be a difference of, over their weight
GAP = 1e-4  # between numbers that are compared
ELEMENTS = 256  # of the largest array


# Arrays ---------------------------------------------------------------------------------------------------------------

def round_f32(value):
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def rounded(kind, value):
    return round_f32(value) if kind == "f32" else value


def write_array(path, kind, extents, values):
    if npy:
        npy.write(path, npy.Array(kind, extents, values))
        return
    text = f"{{'descr': '<f{kind[1:2].replace('3', '4').replace('6', '8')}', 'fortran_order': False, 'shape': ("
    text += "".join(f"{extent}, " for extent in extents) + "), }"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1"))
        file.write(struct.pack(f"<{len(values)}{'f' if kind == 'f32' else 'd'}", *values))


def read_array(path):
    """Extents and values."""
    if npy:
        read = npy.read(path)
        return tuple(read.extents), read.values
    with open(path, "rb") as file:
        content = file.read()
    start = 10 + int.from_bytes(content[8:10], "little")
    header = content[10:start].decode("latin1")
    code = next(code for descr, code in [("<f4", "f"), ("<f8", "d"), ("|b1", "B")] if descr in header)
    extents = header[header.index("(") + 1:header.index(")")].split(",")
    return (tuple(int(extent) for extent in extents if extent.strip()),
            [value for value, in struct.iter_unpack(f"<{code}", content[start:])])


@functools.lru_cache(maxsize=4096)
def positions(narrow, wide):
    """For each position of an array of extents `wide`, where it is in one that does not vary along some axes."""
    steps, step = [], 1
    for extent in reversed(narrow):
        steps.append(step if extent != 1 else 0)
        step *= extent
    steps.reverse()
    return [sum(i * s for i, s in zip(index, steps)) for index in itertools.product(*map(range, wide))]


# Values and their derivatives -----------------------------------------------------------------------------------------

class Reject(Exception):
    """A step that values do not allow."""


class Value:
    """`terms` is, at each position, the magnitude of what the value is a sum of: rounding at every step by u changes it
    by about u `terms`. `types` are the extents as written, `extents` those that it has."""

    def __init__(self, kind, types, extents, data, terms, edges=()):
        self.name = None
        self.kind, self.types, self.extents = kind, tuple(types), tuple(extents)
        self.data, self.terms, self.edges = data, terms, edges
        self.used = False

    def type(self):
        return f"tensor<{''.join(f'{extent}x' for extent in self.types)}{self.kind}>"

    def varies(self):
        return [axis for axis, extent in enumerate(self.types) if extent != 1]


class Edge:
    """From a value to one of its operands: where they meet, the derivative, and the magnitude of its terms."""

    def __init__(self, operand, at, operand_at, slopes, terms):
        self.operand, self.at, self.operand_at, self.slopes, self.terms = operand, at, operand_at, slopes, terms


def power_law(x, t, exponent):
    """x^exponent with its derivative and the magnitude of that derivative's terms, for x > 0 whose terms are t."""
    y = x ** exponent
    slope = exponent * y / x
    return y, slope, abs(slope) * t / abs(x)


# x and its terms -> y, dy/dx, the terms of dy/dx
UNARY = {
    "neg": lambda x, t: (-x, -1.0, 1.0),
    "abs": lambda x, t: (abs(x), math.copysign(1.0, x), 1.0),
    "sign": lambda x, t: (math.copysign(1.0, x), 0.0, 0.0),
    "square": lambda x, t: (x * x, 2 * x, 2 * t),
    "sqrt": lambda x, t: power_law(x, t, 0.5),
    "rsqrt": lambda x, t: power_law(x, t, -0.5),
    "reciprocal": lambda x, t: (1 / x, -1 / (x * x), t / abs(x) ** 3),
    "exp": lambda x, t: (math.exp(x), math.exp(x), math.exp(x) * (1 + t)),
    # The logarithm of a negative number may stand where it is not chosen.
    "log": lambda x, t: (math.log(x) if x > 0 else math.nan, 1 / x, t / (x * x)),
    "tanh": lambda x, t: (math.tanh(x), 1 - math.tanh(x) ** 2, 1 + t),
    "sigmoid": lambda x, t: (1 / (1 + math.exp(-x)), math.exp(-x) / (1 + math.exp(-x)) ** 2, 1 + t),
    "erf": lambda x, t: (math.erf(x), 2 / math.sqrt(math.pi) * math.exp(-x * x), 2 + t),
}


def raised(a, s, b, t):
    if a > 0:
        y = a ** b
        slopes = b * y / a, y * math.log(a)
    else:  # The exponent is a whole number, and a constant.
        y = a ** int(b)
        slopes = b * a ** int(b - 1), 0.0
    return y, slopes, [abs(slope) * (1 + s / abs(a)) for slope in slopes]


# a, its terms, b, its terms -> y, (dy/da, dy/db), their terms
BINARY = {
    "add": lambda a, s, b, t: (a + b, (1.0, 1.0), (1.0, 1.0)),
    "sub": lambda a, s, b, t: (a - b, (1.0, -1.0), (1.0, 1.0)),
    "mul": lambda a, s, b, t: (a * b, (b, a), (t, s)),
    "div": lambda a, s, b, t: (a / b, (1 / b, -a / b / b), (t / (b * b), s * t / abs(b) ** 3)),
    "max": lambda a, s, b, t: (max(a, b), (float(a > b), float(b > a)), (float(a > b), float(b > a))),
    "min": lambda a, s, b, t: (min(a, b), (float(a < b), float(b < a)), (float(a < b), float(b < a))),
    "pow": raised,
}

COMPARE = {"lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}


def joined(values):
    """Extents, as written and real, of what elementwise ops make of values."""
    types, extents = [], []
    for several in zip(*(value.types for value in values)):
        numbers = [extent for extent in several if extent not in (1, "?")]
        types.append(numbers[0] if numbers else "?" if "?" in several else 1)
    for several in zip(*(value.extents for value in values)):
        extents.append(max(several))
    return tuple(types), tuple(extents)


# The graph that is drawn ----------------------------------------------------------------------------------------------

class Graph:
    def __init__(self, seed, index, kind):
        self.draw = random.Random(f"{seed}.{index}.{kind}")
        self.name = f"f{index}"
        self.kind = kind
        self.values, self.lines = [], []  # all values; what is written
        self.visible, self.masks = [], []  # floats that may be used, and masks
        self.constants = {}
        self.repeatable = []  # how values were made
        self.silent = False  # while a layer's steps are evaluated
        self.mixed = False  # whether several floating-point types occur
        self.number = 0

    # Making values

    def named(self, value, base):
        self.number += 1
        value.name = f"%{base}{self.number}"
        return value

    def written(self, value, base, text, private=False):
        """Every new value comes through here."""
        self.values.append(value)
        if not private:
            if not all(abs(x) <= LARGEST for x in value.data) or not all(t <= LARGEST_TERM for t in value.terms):
                raise Reject
        if self.silent:
            return value
        self.named(value, base)
        self.lines.append(f"  {value.name} = {text}")
        if value.kind == "i1":
            self.masks.append(value)
        elif not private and not text.startswith("norm.constant"):
            self.visible.append(value)
        return value

    def use(self, *values):
        for value in values:
            value.used = True

    def constant(self, number, kind=None):
        kind = kind or self.kind
        number = rounded(kind, number)
        if (number, kind, self.silent) in self.constants and self.draw.random() < 0.7:
            return self.constants[number, kind, self.silent]
        literal = f"{number:.17g}" if kind == "f64" else f"{number:.9g}"
        if "." not in literal:
            mantissa, e, exponent = literal.partition("e")
            literal = f"{mantissa}.0{e}{exponent}"
        ones = (1,) * self.rank
        value = Value(kind, ones, ones, [number], [abs(number)])
        self.constants[number, kind, self.silent] = value
        return self.written(value, "c", f"norm.constant {literal} : {value.type()}")

    def operand_texts(self, operands):
        self.use(*operands)
        return ", ".join(str(value.name) for value in operands), ", ".join(value.type() for value in operands)

    def unary(self, op, x, base=None, private=False):
        if op in ("sqrt", "rsqrt", "reciprocal") or op == "log" and not private:
            self.need_magnitude(x, positive=op != "reciprocal")
        elif op in ("abs", "sign", "log"):
            self.need_gap(x, None)
        elif op == "exp" and max(x.data) > 4:
            raise Reject
        rows = [UNARY[op](a, t) for a, t in zip(x.data, x.terms)]
        at = range(len(rows))
        edge = Edge(x, at, at, [row[1] for row in rows], [row[2] for row in rows])
        terms = [abs(row[0]) + abs(row[1]) * t for row, t in zip(rows, x.terms)]
        value = Value(x.kind, x.types, x.extents, [row[0] for row in rows], terms, [edge])
        names, types = self.operand_texts([x])
        self.repeat(lambda: self.unary(op, x), private)
        return self.written(value, base or op, f"norm.{op} {names} : {types}", private)

    def binary(self, op, a, b, base=None):
        if a.kind != b.kind:
            raise Reject
        if op == "div":
            self.need_magnitude(b)
        elif op in ("max", "min"):
            self.need_gap(a, b)
        types, extents = joined([a, b])
        a_at, b_at = positions(a.extents, extents), positions(b.extents, extents)
        rows = [BINARY[op](a.data[i], a.terms[i], b.data[j], b.terms[j]) for i, j in zip(a_at, b_at)]
        at = range(len(rows))
        edges = [Edge(operand, at, operand_at, [row[1][k] for row in rows], [row[2][k] for row in rows])
                 for k, (operand, operand_at) in enumerate([(a, a_at), (b, b_at)])]
        terms = [abs(row[0]) + abs(row[1][0]) * a.terms[i] + abs(row[1][1]) * b.terms[j]
                 for row, i, j in zip(rows, a_at, b_at)]
        value = Value(a.kind, types, extents, [row[0] for row in rows], terms, edges)
        names, written_types = self.operand_texts([a, b])
        self.repeat(lambda: self.binary(op, a, b))
        return self.written(value, base or op, f"norm.{op} {names} : {written_types}")

    def reduce(self, op, x, axes, base=None):
        types = tuple(1 if axis in axes else extent for axis, extent in enumerate(x.types))
        extents = tuple(1 if axis in axes else extent for axis, extent in enumerate(x.extents))
        at = positions(extents, x.extents)
        size = math.prod(extents)
        data = [[] for _ in range(size)]
        for here, a in zip(at, x.data):
            data[here].append(a)
        if op in ("sum", "mean"):
            factor = 1.0 if op == "sum" else 1 / (len(x.data) // size)
            data = [math.fsum(several) * factor for several in data]
            slopes = [factor] * len(x.data)
        else:
            choose = max if op == "max_over" else min
            for several in data:
                ordered = sorted(several, reverse=op == "max_over")
                if not self.silent and len(several) > 1 and abs(ordered[0] - ordered[1]) < GAP:
                    raise Reject
            data = [choose(several) for several in data]
            ties = [0] * size
            for here, a in zip(at, x.data):
                ties[here] += a == data[here]
            slopes = [(a == data[here]) / ties[here] for here, a in zip(at, x.data)]
        terms = [abs(a) for a in data]
        for here, slope, t in zip(at, slopes, x.terms):
            terms[here] += slope * t
        value = Value(x.kind, types, extents, data, terms, [Edge(x, at, range(len(x.data)), slopes, slopes)])
        names, written_types = self.operand_texts([x])
        self.repeat(lambda: self.reduce(op, x, axes))
        return self.written(value, base or op, f"norm.{op} {names} over {list(axes)} : {written_types}")

    def compare(self, predicate, a, b):
        self.need_gap(a, b)
        types, extents = joined([a, b])
        a_at, b_at = positions(a.extents, extents), positions(b.extents, extents)
        data = [float(COMPARE[predicate](a.data[i], b.data[j])) for i, j in zip(a_at, b_at)]
        value = Value("i1", types, extents, data, [0.0] * len(data))
        names, written_types = self.operand_texts([a, b])
        return self.written(value, "on", f"norm.compare {predicate} {names} : {written_types}")

    def select(self, condition, a, b):
        if a.kind != b.kind:
            raise Reject
        types, extents = joined([condition, a, b])
        at = [positions(value.extents, extents) for value in (condition, a, b)]
        where = range(math.prod(extents))
        chosen = [condition.data[at[0][k]] for k in where]
        data = [a.data[at[1][k]] if chosen[k] else b.data[at[2][k]] for k in where]
        terms = [a.terms[at[1][k]] if chosen[k] else b.terms[at[2][k]] for k in where]
        other = [1 - c for c in chosen]
        value = Value(a.kind, types, extents, data, terms,
                      [Edge(a, where, at[1], chosen, chosen), Edge(b, where, at[2], other, other)])
        names, written_types = self.operand_texts([condition, a, b])
        return self.written(value, "sel", f"norm.select {names} : {written_types}")

    def cast(self, x, kind):
        data = [rounded(kind, a) for a in x.data]
        ones, at = [1.0] * len(data), range(len(data))
        edges = [Edge(x, at, at, ones, ones)] if x.kind != "i1" else ()
        value = Value(kind, x.types, x.extents, data, [abs(a) + t for a, t in zip(data, x.terms)], edges)
        self.mixed |= kind != self.kind
        names, types = self.operand_texts([x])
        return self.written(value, "cast", f"norm.cast {names} : {types} to {kind}")

    def broadcast(self, x, like):
        # Its extents are those of `like`, also where they are known of x only.
        extents = joined([x, like])[1]
        if any(extent != 1 and wanted == 1 for extent, wanted in zip(x.types, like.types)):
            raise Reject
        at = positions(x.extents, extents)
        ones = [1.0] * len(at)
        value = Value(x.kind, like.types, extents, [x.data[i] for i in at], [x.terms[i] for i in at],
                      [Edge(x, range(len(at)), at, ones, ones)])
        names, _ = self.operand_texts([x])
        return self.written(value, "wide", f"norm.broadcast {names} like {like.name} : {x.type()}, {like.type()}")

    def count(self, x, axes):
        ones = (1,) * self.rank
        number = float(math.prod(x.extents[axis] for axis in axes))
        value = Value(x.kind, ones, ones, [number], [number])
        self.use(x)
        return self.written(value, "n", f"norm.count {x.name} over {list(axes)} : {x.type()} to {x.kind}")

    def index(self, x, axis):
        types = tuple(extent if a == axis else 1 for a, extent in enumerate(x.types))
        extents = tuple(extent if a == axis else 1 for a, extent in enumerate(x.extents))
        data = [float(i) for i in range(extents[axis])]
        value = Value(x.kind, types, extents, data, data)
        return self.written(value, "i", f"norm.index {axis} of {x.name} : {x.type()} to {x.kind}")

    def layer(self, op, operands, steps, settings=""):
        """A layer, of which what it stands for is evaluated."""
        self.silent = True
        try:
            value = steps()
        finally:
            self.silent = False
        names, types = self.operand_texts(operands)
        self.named(value, op.split("_")[0])
        self.lines.append(f"  {value.name} = norm.{op} {names}{settings} : {types}")
        self.visible.append(value)
        return value

    def repeat(self, make, private=False):
        if not self.silent and not private:
            self.repeatable.append(make)

    # What steps need

    def need_magnitude(self, x, positive=False):
        """Far enough from 0, and no small difference of large terms."""
        for a, t in zip(x.data, x.terms):
            if not (a if positive else abs(a)) >= 0.02 or t > 100 * abs(a):
                raise Reject

    def need_gap(self, a, b):
        """Far enough apart at every position for rounding not to matter; with None, from 0."""
        b = b or Value(a.kind, (1,) * self.rank, (1,) * self.rank, [0.0], [0.0])
        extents = joined([a, b])[1]
        for i, j in zip(positions(a.extents, extents), positions(b.extents, extents)):
            if not abs(a.data[i] - b.data[j]) >= max(GAP, 1e-5 * (a.terms[i] + b.terms[j])):
                raise Reject

    # Choices

    def pick(self, kind=None, among=None):
        """A value, late and wide ones more often."""
        values = [v for v in among or self.visible if kind in (None, v.kind)]
        if not values:
            raise Reject
        if self.draw.random() < 0.6:
            widest = max(len(v.varies()) for v in values)
            values = [v for v in values if len(v.varies()) >= widest - (self.draw.random() < 0.3)]
        if self.draw.random() < 0.5:
            values = values[-4:]
        unused = [v for v in values if not v.used]
        return self.draw.choice(unused if unused and self.draw.random() < 0.4 else values)

    def axes_of(self, x, least=1):
        """Some axes, most often such as x varies along."""
        axes = x.varies() if self.draw.random() < 0.93 else list(range(self.rank))
        if len(axes) < least:
            raise Reject
        return sorted(self.draw.sample(axes, self.draw.randint(least, len(axes)))) if self.draw.random() < 0.9 else axes

    def narrower(self, x):
        """A value of x's type that does not make it wider."""
        values = [v for v in self.visible if v.kind == x.kind and v is not x
                  and all(w == 1 or e != 1 for w, e in zip(v.types, x.types))]
        if not values:
            return self.constant(self.draw.choice([0.5, 1.5, -1.25, 2.0]), x.kind)
        return self.draw.choice(values)

    def chance(self, probability):
        return self.draw.random() < probability


# What normalizations do -----------------------------------------------------------------------------------------------

def mean(g, x, axes):
    way = g.draw.choice(["mean", "mean", "mean", "staged", "times", "count", "number"])
    if way == "staged" and len(axes) > 1:
        order = list(axes)
        g.draw.shuffle(order)
        cut = g.draw.randint(1, len(order) - 1)
        return g.reduce("mean", g.reduce("mean", x, sorted(order[:cut])), sorted(order[cut:]), "mu")
    if way == "times":
        n = math.prod(x.extents[axis] for axis in axes)
        return g.binary("mul", *g.draw.sample([g.reduce("sum", x, axes), g.constant(1 / n, x.kind)], 2), "mu")
    if way == "count":
        return g.binary("div", g.reduce("sum", x, axes), g.count(x, axes), "mu")
    if way == "number":
        n = math.prod(x.extents[axis] for axis in axes)
        return g.binary("div", g.reduce("sum", x, axes), g.constant(n, x.kind), "mu")
    return g.reduce("mean", x, axes, "mu")


def squared(g, x):
    way = g.draw.randrange(4)
    if way == 0:
        return g.binary("mul", x, x, "sq")
    if way == 1:
        return g.binary("pow", x, g.constant(2, x.kind), "sq")
    return g.unary("square", x, "sq")


def variance(g, x, axes, mu=None):
    way = g.draw.choice(["centred", "centred", "moments", "layer"])
    if way == "layer":
        return variance_layer(g, x, axes)
    mu = mu or mean(g, x, axes)
    if way == "centred":
        return mean(g, squared(g, g.binary("sub", x, mu, "xmu")), axes)
    return g.binary("sub", mean(g, squared(g, x), axes), squared(g, mu), "var")


def shifted(g, v):
    return g.binary("add", *g.draw.sample([v, g.constant(g.draw.choice([1e-5, 1e-3, 0.1, 1.0]), v.kind)], 2), "vareps")


def inverse_root(g, v):
    way = g.draw.randrange(6)
    v = shifted(g, v)
    if way == 0:
        return g.binary("div", g.constant(1, v.kind), g.unary("sqrt", v), "ivar")
    if way == 1:
        return g.binary("pow", v, g.constant(-0.5, v.kind), "ivar")
    if way == 2:
        return g.unary("reciprocal", g.binary("pow", v, g.constant(0.5, v.kind), "std"), "ivar")
    return g.unary("rsqrt", v, "ivar")


def normalization(g):
    """By hand, in one of many ways."""
    x = g.pick()
    axes = g.axes_of(x)
    mu = mean(g, x, axes)
    v = variance(g, x, axes, mu if g.chance(0.8) else None)
    if g.chance(0.15):
        y = g.binary("div", g.binary("sub", x, mu, "xmu"), g.unary("sqrt", shifted(g, v), "std"), "xhat")
    else:
        a = inverse_root(g, v)
        if g.chance(0.25):
            if g.chance(0.6):
                a = g.binary("mul", *g.draw.sample([a, g.narrower(x)], 2), "a")
            shift = g.binary("mul", mu, a)
            shift = g.binary("sub", g.narrower(x), shift, "b") if g.chance(0.6) else g.unary("neg", shift, "b")
            return g.binary("add", g.binary("mul", x, a), shift, "y")
        y = g.binary("mul", g.binary("sub", x, mu, "xmu"), a, "xhat")
    if g.chance(0.5):
        y = g.binary("mul", *g.draw.sample([y, g.narrower(x)], 2), "scaled")
    if g.chance(0.5):
        y = g.binary("add", *g.draw.sample([y, g.narrower(x)], 2), "y")
    return y


def root_mean_square(g):
    x = g.pick()
    y = g.binary("mul", x, inverse_root(g, mean(g, squared(g, x), g.axes_of(x))), "xhat")
    return g.binary("mul", y, g.narrower(x)) if g.chance(0.5) else y


def weighted(g):
    """A weighted mean, often with what is centred by it, and its variance."""
    x = g.pick()
    axes = g.axes_of(x)
    w = g.narrower(x) if g.chance(0.5) else g.pick(x.kind)
    if min(w.data) < 0.02:
        w = g.unary(g.draw.choice(["sigmoid", "exp"]), w, "w") if g.chance(0.7) else squared(g, w)
    if not any(axis in axes for axis in w.varies()) and g.chance(0.5):
        w = g.broadcast(w, x)
    total = g.reduce("sum", w, axes, "total")
    mu = g.binary("div", g.reduce("sum", g.binary("mul", *g.draw.sample([w, x], 2)), axes), total, "mu")
    if g.chance(0.3):
        return mu
    centred = g.binary("sub", x, mu, "xmu")
    if g.chance(0.4):
        return centred
    if g.chance(0.4):
        v = g.binary("sub", g.binary("div", g.reduce("sum", g.binary("mul", w, squared(g, x)), axes), total),
                     squared(g, mu), "var")
    else:
        v = g.binary("div", g.reduce("sum", g.binary("mul", w, squared(g, centred)), axes), total, "var")
    return g.binary("mul", centred, inverse_root(g, v), "xhat")


def reduction(g):
    x = g.pick()
    op = g.draw.choice(["sum", "mean", "mean", "max_over", "min_over"])
    axes = g.axes_of(x)
    if op == "mean" and g.chance(0.5):
        return mean(g, x, axes)
    return g.reduce(op, x, axes)


def centring(g):
    x = g.pick()
    mu = mean(g, x, g.axes_of(x))
    y = g.binary("sub", *((x, mu) if g.chance(0.8) else (mu, x)), "xmu")
    if g.chance(0.3):
        y = g.binary("mul", y, g.narrower(x))
    if g.chance(0.3):
        y = g.reduce(g.draw.choice(["sum", "mean"]), y, g.axes_of(y))
    return y


def any_variance(g):
    x = g.pick()
    return variance(g, x, g.axes_of(x))


# Layers, each with what it stands for

def variance_layer(g, x, axes):
    def steps():
        return g.reduce("mean", g.unary("square", g.binary("sub", x, g.reduce("mean", x, axes))), axes)
    return g.layer("variance", [x], steps, f" over {list(axes)}")


def softmax_layer(g):
    x = g.pick()
    axes = g.axes_of(x)
    logarithm = g.chance(0.4)

    def steps():
        less = g.binary("sub", x, g.reduce("max_over", x, axes))
        power = g.unary("exp", less)
        total = g.reduce("sum", power, axes)
        return g.binary("sub", less, g.unary("log", total)) if logarithm else g.binary("div", power, total)
    return g.layer("log_softmax" if logarithm else "softmax", [x], steps, f" over {list(axes)}")


def softmax_by_hand(g):
    x = g.pick()
    axes = g.axes_of(x)
    power = g.unary("exp", g.binary("sub", x, g.reduce("max_over", x, axes)) if g.chance(0.6) else x)
    return g.binary("div", power, g.reduce("sum", power, axes))


def norm_layer(g):
    op = g.draw.choice(["batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"])
    x = g.pick()
    axes = g.axes_of(x)
    eps = g.draw.choice([1e-5, 1e-3, 0.1, 1.0])
    parameters = [g.narrower(x) for _ in range(g.draw.randrange(3))]

    def steps():
        centred = x
        if op != "rms_norm":
            centred = g.binary("sub", x, g.reduce("mean", x, axes))
        v = g.reduce("mean", g.unary("square", centred), axes)
        y = g.binary("mul", centred, g.unary("rsqrt", g.binary("add", v, g.constant(eps, x.kind))))
        for way, parameter in zip(("mul", "add"), parameters):
            y = g.binary(way, y, parameter)
        return y
    literal = f"{eps:e}"
    return g.layer(op, [x, *parameters], steps, f" over {list(axes)} {{eps = {literal}}}")


def activation_layer(g):
    op = g.draw.choice(["relu", "relu", "leaky_relu", "elu", "silu", "gelu"])
    x = g.pick()
    zero = lambda: g.constant(0, x.kind)
    slope = g.draw.choice([0.01, 0.25, -0.5])
    alpha = g.draw.choice([1.0, 0.5, 1.5])
    settings = {"leaky_relu": f" {{slope = {slope}}}", "elu": f" {{alpha = {alpha}}}"}.get(op, "")

    def steps():
        if op == "silu":
            return g.binary("mul", x, g.unary("sigmoid", x))
        if op == "gelu":
            twice = g.binary("add", g.unary("erf", g.binary("mul", x, g.constant(math.sqrt(0.5), x.kind))),
                             g.constant(1, x.kind))
            return g.binary("mul", g.binary("mul", g.constant(0.5, x.kind), x), twice)
        on = g.compare("gt", x, zero())
        if op == "relu":
            return g.select(on, x, zero())
        if op == "leaky_relu":
            return g.select(on, x, g.binary("mul", g.constant(slope, x.kind), x))
        below = g.select(on, zero(), x)
        curve = g.binary("sub", g.unary("exp", below), g.constant(1, x.kind))
        return g.select(on, x, g.binary("mul", g.constant(alpha, x.kind), curve))
    return g.layer(op, [x], steps, settings)


def activation_by_hand(g):
    x = g.pick()
    way = g.draw.choice(["relu", "max", "leaky", "elu", "silu", "gelu", "tanh", "sigmoid", "clip", "softplus"])
    zero, one = g.constant(0, x.kind), g.constant(1, x.kind)
    if way == "max":
        return g.binary("max", *g.draw.sample([x, zero], 2))
    if way in ("tanh", "sigmoid"):
        return g.unary(way, x)
    if way == "clip":
        return g.binary("min", g.binary("max", x, g.constant(-0.75, x.kind)), g.constant(0.75, x.kind))
    if way == "softplus":
        return g.unary("log", g.binary("add", one, g.unary("exp", x)))
    if way == "silu":
        return g.binary("div", x, g.binary("add", one, g.unary("exp", g.unary("neg", x))))
    if way == "gelu":
        inner = g.binary("mul", x, g.binary("add", one, g.binary("mul", g.constant(0.044715, x.kind), squared(g, x))))
        twice = g.binary("add", one, g.unary("tanh", g.binary("mul", g.constant(0.7978845608, x.kind), inner)))
        return g.binary("mul", g.binary("mul", x, twice), g.constant(0.5, x.kind))
    on = g.compare(g.draw.choice(["gt", "ge"]), x, zero)
    if way == "relu":
        return g.select(on, x, zero)
    if way == "leaky":
        return g.select(on, x, g.binary("mul", x, g.constant(0.1, x.kind)))
    return g.select(on, x, g.binary("sub", g.unary("exp", g.select(on, zero, x)), one))


# Single steps

def arithmetic(g):
    a = g.pick()
    b = g.narrower(a) if g.chance(0.6) else g.pick(a.kind)
    return g.binary(g.draw.choice(["add", "sub", "mul", "mul", "div"]), *g.draw.sample([a, b], 2))


def residual(g):
    a = g.pick()
    return g.binary("add", a, g.pick(a.kind, g.visible[:6]))


def affine(g):
    """x a + (beta - mu a)"""
    x = g.pick()
    a, mu = g.narrower(x), mean(g, x, g.axes_of(x)) if g.chance(0.6) else g.narrower(x)
    return g.binary("add", g.binary("mul", x, a), g.binary("sub", g.narrower(x), g.binary("mul", mu, a)))


def scaling(g):
    x = g.pick()
    number = g.constant(g.draw.choice([0.5, 2.0, -1.0, 0.3, 1 / 3, 1.0, -0.125]), x.kind)
    return g.binary(g.draw.choice(["mul", "mul", "div", "add", "sub"]), *g.draw.sample([x, number], 2)) \
        if g.chance(0.8) else g.unary("neg", x)


def function(g):
    x = g.pick()
    op = g.draw.choice(["exp", "log", "sqrt", "rsqrt", "reciprocal", "abs", "sign", "tanh", "sigmoid", "erf", "square"])
    if op == "exp" and max(x.data) > 3:
        x = g.unary("tanh", x)
    if op in ("log", "sqrt", "rsqrt", "reciprocal") and min(x.data) < 0.02:
        x = g.draw.choice([
            lambda: g.binary("add", g.unary("square", x), g.constant(0.5, x.kind)), lambda: g.unary("exp", x),
            lambda: g.binary("max", x, g.constant(0.3, x.kind)), lambda: g.unary("abs", x)])()
    return g.unary(op, x)


def power(g):
    x = g.pick()
    exponent = g.draw.choice([2.0, 3.0, -0.5, 0.5, -1.0, -1.5, 1.0, 0.3, 0.0])
    if exponent not in (2.0, 3.0, 1.0, 0.0) or g.chance(0.2):
        if min(x.data) < 0.02:
            x = g.binary("add", g.unary("square", x), g.constant(0.5, x.kind))
        g.need_magnitude(x, positive=True)
    g.need_gap(x, None)
    return g.binary("pow", x, g.constant(exponent, x.kind))


def extreme(g):
    a = g.pick()
    return g.binary(g.draw.choice(["max", "min"]), a, g.pick(a.kind))


def comparison(g):
    x = g.pick()
    return g.compare(g.draw.choice(list(COMPARE)), x, g.draw.choice([
        lambda: g.constant(g.draw.choice([0.0, 0.5, -1.0]), x.kind), lambda: g.reduce("mean", x, g.axes_of(x)),
        lambda: g.pick(x.kind)])())


def choice(g):
    """Several values may be chosen by one condition."""
    if not g.masks or g.chance(0.3):
        comparison(g)
    on = g.pick(among=g.masks)
    if g.chance(0.2):
        x = g.pick()
        return g.binary("mul", x, g.cast(on, x.kind))
    a = g.pick()
    b = g.draw.choice([lambda: g.pick(a.kind), lambda: g.constant(0, a.kind),
                       lambda: g.binary("mul", a, g.constant(0.2, a.kind))])()
    if g.chance(0.4):
        b = g.binary("mul", b, g.narrower(b))
    return g.select(on, *g.draw.sample([a, b], 2))


def guarded(g):
    """A logarithm that is undefined where it is not chosen."""
    x = g.pick()
    on = g.compare("gt", x, g.constant(0.05, x.kind))
    if not any(on.data):
        raise Reject
    inner = x
    if any(c and t > 100 * a for c, a, t in zip(on.data, x.data, x.terms)):
        raise Reject
    return g.select(on, g.unary("log", inner, private=True), g.constant(0, x.kind))


def conversion(g):
    x = g.pick()
    if g.chance(0.5) and x.kind == g.kind and not g.mixed:
        raise Reject
    return g.cast(x, "f64" if x.kind == "f32" else "f32")


def again(g):
    """The same step once more."""
    return g.draw.choice(g.repeatable)() if g.repeatable else None


def extents(g):
    x = g.pick()
    way = g.draw.randrange(3)
    if way == 0:
        return g.broadcast(g.narrower(x), x)
    if way == 1:
        return g.binary("mul", x, g.index(x, g.draw.choice(g.axes_of(x))))
    return g.binary("div", x, g.count(x, g.axes_of(x)))


STEPS = {
    normalization: 10, root_mean_square: 4, weighted: 6, reduction: 8, centring: 6, any_variance: 5, softmax_layer: 3,
    softmax_by_hand: 2, norm_layer: 6, activation_layer: 6, activation_by_hand: 6, arithmetic: 10, residual: 4,
    affine: 4, scaling: 4, function: 7, power: 4, extreme: 3, choice: 6, guarded: 2, conversion: 2, again: 3,
    extents: 2,
}


def draw_arguments(g):
    draw = g.draw
    g.rank = draw.choice([1, 2, 2, 3, 3, 4, 5])
    while True:
        sizes = [draw.randint(1, 7) for _ in range(g.rank)]
        if 2 <= math.prod(sizes) <= ELEMENTS:
            break
    dynamic = [g.chance(0.25) for _ in range(g.rank)]
    g.arguments = []
    for number in range(draw.randint(1, 4)):
        wide = number == 0 and g.chance(0.85)
        types, real = [], []
        for size, is_dynamic in zip(sizes, dynamic):
            varies = wide or g.chance(0.5)
            real.append(size if varies else 1)
            types.append(1 if not varies else "?" if is_dynamic and (size == 1 or g.chance(0.8)) else size)
        center, spread = draw.choice([(0, 1), (0, 1), (1, 1), (-2, 0.5), (3, 0.3), (0, 0.1)])
        data = [rounded(g.kind, draw.gauss(center, spread)) for _ in range(math.prod(real))]
        if g.chance(0.3):
            data = [rounded(g.kind, abs(a) + 0.2) for a in data]
        value = Value(g.kind, types, real, data, [abs(a) for a in data])
        value.name = "%" + ["x", "gamma", "beta", "w"][number]
        g.arguments.append(value)
        g.values.append(value)
        g.visible.append(value)


def draw_steps(g):
    depth = g.draw.choice([3, 5, 8, 8, 12, 12, 18, 25])
    for _ in range(200):
        if len(g.lines) >= depth:
            break
        lists = g.values, g.lines, g.visible, g.masks, g.repeatable
        sizes, constants, mixed = [len(values) for values in lists], dict(g.constants), g.mixed
        used = {value for value in g.values if value.used}
        step = g.draw.choices(list(STEPS), list(STEPS.values()))[0]
        try:
            step(g)
        except (Reject, OverflowError, ZeroDivisionError):
            for values, size in zip(lists, sizes):
                del values[size:]
            g.constants, g.mixed = constants, mixed
            for value in g.values:
                value.used = value in used


def draw_results(g):
    draw = g.draw
    own = g.visible[len(g.arguments):]
    g.results = own[-1:]
    g.results += [value for value in own[:-1] if not value.used and g.chance(0.4)][:3]
    g.results += [value for value in own[:-1] if value.used and g.chance(0.08)][:2]
    if g.chance(0.1):
        g.results.append(draw.choice(g.arguments))
    if g.masks and g.chance(0.08):
        g.results.append(draw.choice(g.masks))
    if not g.results or g.chance(0.02):
        g.results.append(draw.choice(g.visible))
    draw.shuffle(g.results)
    g.wrt = sorted(draw.sample(range(len(g.arguments)), draw.randint(1, len(g.arguments))))
    if g.chance(0.2):
        draw.shuffle(g.wrt)
    g.cotangents = [[rounded(value.kind, draw.gauss(0, 1)) for _ in value.data]
                    for value in g.results if value.kind != "i1"]


def differentiate(g):
    """The gradients, and the magnitude of their terms, by a reverse walk."""
    for value in g.values:
        value.adjoint, value.adjoint_terms = [0.0] * len(value.data), [0.0] * len(value.data)
    for value, cotangent in zip([value for value in g.results if value.kind != "i1"], g.cotangents):
        for k, c in enumerate(cotangent):
            value.adjoint[k] += c
            value.adjoint_terms[k] += abs(c)
    for value in reversed(g.values):
        for edge in value.edges:
            into, into_terms = edge.operand.adjoint, edge.operand.adjoint_terms
            for here, there, slope, terms in zip(edge.at, edge.operand_at, edge.slopes, edge.terms):
                into[there] += slope * value.adjoint[here] if value.adjoint[here] else 0.0
                into_terms[there] += terms * value.adjoint_terms[here] if value.adjoint_terms[here] else 0.0


def draw_graph(seed, index, kind):
    for attempt in itertools.count():
        g = Graph(seed, f"{index}.{attempt}" if attempt else index, kind)
        g.name = f"f{index}"
        draw_arguments(g)
        draw_steps(g)
        draw_results(g)
        differentiate(g)
        terms = max(t for number in g.wrt for t in g.arguments[number].adjoint_terms)
        if len(g.lines) >= 3 and terms <= 10 * LARGEST_TERM:
            break
    arguments = ", ".join(f"{value.name}: {value.type()}" for value in g.arguments)
    types = ", ".join(value.type() for value in g.results)
    settings = ' {save = "all"}' if g.chance(0.15) else ""
    g.text = "\n".join([
        f"func.func @{g.name}({arguments}) -> ({types}) {{", *g.lines,
        f"  return {', '.join(value.name for value in g.results)} : {types}", "}",
        f"norm.gradient @{g.name}_grad of @{g.name} wrt {g.wrt}{settings}", ""])
    # Free what is no longer needed.
    g.wanted = [("result", value.kind, value.extents, value.data, max(value.terms)) for value in g.results]
    g.wanted += [("gradient", g.arguments[number].kind, g.arguments[number].extents, g.arguments[number].adjoint,
                  max(g.arguments[number].adjoint_terms)) for number in g.wrt]
    g.inputs = [(value.kind, value.extents, value.data) for value in g.arguments]
    floats = [value for value in g.results if value.kind != "i1"]
    g.inputs += [(value.kind, value.extents, data) for value, data in zip(floats, g.cotangents)]
    return g


# Running --------------------------------------------------------------------------------------------------------------

class Failure(Exception):
    pass


class Runner:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.environment = dict(os.environ)
        self.environment.setdefault("OMP_NUM_THREADS", "2")
        self.failures = []

    def tool(self, name, *arguments, statuses=(0,)):
        command = [os.path.join(self.options.tools, name) if self.options.tools else name, *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=300,
                                  check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"{' '.join(command)}\nran for 300 s") from None
        if done.returncode not in statuses:
            how = "crashed with" if done.returncode < 0 or done.returncode > 2 else "exited with"
            raise Failure(f"{' '.join(command)}\n{how} {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
        return done.stdout

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def compile(self, name, text):
        source = self.write(f"{name}.mlir", text)
        for stage in ("gradient", "kernels", "cpp"):
            self.tool("normc", source, f"--emit={stage}", "-o", self.path(f"{name}.{stage}"))
        self.tool("normc", source, "-o", self.path(f"{name}.so"))
        return self.path(f"{name}.so")

    def evaluate(self, file, device, function, inputs, count):
        outputs = [f"{inputs[0]}.{device}.{function}.{k}.npy" for k in range(count)]
        self.tool("normc-run", file, f"--function={function}", f"--device={device}",
                  *(f"--input=@{path}" for path in inputs), *(f"--output=@{path}" for path in outputs))
        return [read_array(path) for path in outputs]

    def check(self, g, module):
        source = self.path(f"{g.name}.mlir")
        inputs = [self.path(f"{g.name}.{k}.npy") for k in range(len(g.inputs))]
        arguments = inputs[:len(g.arguments)]
        results, total, gradient = len(g.results), len(g.wanted), f"{g.name}_grad"

        joint = self.evaluate(source, "reference", gradient, inputs, total)
        alone = self.evaluate(source, "reference", g.name, arguments, results)
        own = [(real, data) for _, _, real, data, _ in g.wanted]
        self.compare(g, "reference", joint, "this script", own, gradient)
        self.compare(g, "reference", alone, "this script", own, g.name)
        self.compare(g, "cpu", self.evaluate(module, "cpu", g.name, arguments, results), "reference", alone, g.name)
        self.compare(g, "cpu", self.evaluate(module, "cpu", gradient, inputs, total), "reference", joint, gradient)
        if int(g.name[1:]) % 20 == 0:
            self.check_differences(g, self.tool("normc-run", source, f"--function={gradient}", "--check-gradients",
                                                *(f"--input=@{path}" for path in inputs), statuses=(0, 1)))

    def check_differences(self, g, report):
        """Central differences agree, but that a gradient which is 0 may be what rounding left of its terms."""
        rows = [row.split() for row in report.splitlines()[1:] if row.endswith((" agrees", " DIFFERS"))]
        if len(rows) != len(g.wrt):
            raise Failure(f"{len(rows)} gradients of {len(g.wrt)} were compared with central differences:\n{report}")
        for row, wanted in zip(rows, g.wanted[len(g.results):]):
            if row[-1] == "DIFFERS" and not float(row[-3]) <= 1e-13 * wanted[4]:
                raise Failure(f"{g.name}_grad, central differences:\n{report}")

    def compare(self, g, who, got, whose, wanted, function):
        """|got - wanted| <= bound times the largest |wanted|, or a twentieth of that of the largest terms: rounding
        changes a value by about u times the magnitude of what it is the sum of, which may be large where it is 0."""
        for k, ((got_extents, got_data), (extents, data)) in enumerate(zip(got, wanted)):
            what, kind, _, _, terms = g.wanted[k]
            bound = 1e-11 if self.options.f64 and not g.mixed else 2e-5
            bound = self.options.bound or bound
            largest = max(abs(b) for b in data if math.isfinite(b)) if any(map(math.isfinite, data)) else 0.0
            allowed = 0 if kind == "i1" else max(bound * largest, bound / 20 * terms)
            if got_extents != tuple(extents):
                raise Failure(f"{function}, output {k} ({what}): {who} has extents {got_extents}, {whose} {extents}")
            worst, at = -1.0, 0
            for index, (a, b) in enumerate(zip(got_data, data)):
                if a == b or a != a and b != b:
                    continue
                error = abs(a - b) if math.isfinite(a - b) else math.inf
                if error > worst:
                    worst, at = error, index
            if worst > allowed:
                raise Failure(f"{function}, output {k} ({what}), {kind} {extents}: element {at} of {who} is "
                              f"{got_data[at]:.9g}, of {whose} {data[at]:.9g}; off by {worst:.3g}, allowed is "
                              f"{allowed:.3g} (largest {largest:.3g}, terms {terms:.3g}); here computed: "
                              f"{g.wanted[k][3][at]:.9g}")

    def run(self, numbers):
        graphs = [draw_graph(self.options.seed, number, self.kind()) for number in numbers]
        for g in graphs:
            self.write(f"{g.name}.mlir", g.text)
            for k, (kind, real, data) in enumerate(g.inputs):
                write_array(self.path(f"{g.name}.{k}.npy"), kind, real, data)
        modules = {}
        try:
            together = self.compile(f"graphs{numbers[0]}", "\n".join(g.text for g in graphs))
            modules = {g.name: together for g in graphs}
        except Failure as failure:
            # Which one is it?
            for g in graphs:
                try:
                    modules[g.name] = self.compile(g.name, g.text)
                except Failure as own:
                    self.failures.append((g, f"does not compile: {own}"))
            if len(modules) == len(graphs):
                self.failures.append((graphs[0], f"{len(graphs)} graphs compile alone, but not together: {failure}"))
        for g in graphs:
            if g.name in modules:
                try:
                    self.check(g, modules[g.name])
                except Failure as failure:
                    self.failures.append((g, str(failure)))
        return len(graphs)

    def kind(self):
        return "f64" if self.options.f64 else "f32"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the number of the first graph")
    parser.add_argument("--f64", action="store_true", help="graphs in f64, with a bound of 1e-11 rather than 2e-5")
    parser.add_argument("--tools", help="the directory of normc and normc-run; else they are on the path")
    parser.add_argument("--keep", help="a directory for all files")
    parser.add_argument("--batch", type=int, default=25, help="graphs in one module")
    parser.add_argument("--bound", type=float, help="instead of 2e-5 or 1e-11")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        runner = Runner(options, folder)
        end = options.first + options.count
        batches = [range(start, min(start + options.batch, end)) for start in range(options.first, end, options.batch)]
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as workers:
            done = sum(workers.map(runner.run, batches))
    runner.failures.sort(key=lambda failure: int(failure[0].name[1:]))
    for g, why in runner.failures:
        number = g.name[1:]
        print(f"FAILED: --seed={options.seed} --first={number} --count=1{' --f64' if options.f64 else ''}")
        print(f"{g.text}{why}\n")
    print(f"{done} graphs of seed {options.seed}, {len(runner.failures)} failed")
    sys.exit(1 if runner.failures else 0)


if __name__ == "__main__":
    main()
