"""Values of a random graph, evaluated while it is drawn: with derivatives, and with what they are sums of."""

import functools
import itertools
import math
import struct


def round_f32(value):
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def rounded(kind, value):
    return round_f32(value) if kind == "f32" else value


@functools.lru_cache(maxsize=4096)
def positions(narrow, wide):
    """For each position of an array of extents `wide`, where it is in one that does not vary along some axes."""
    steps, step = [], 1
    for extent in reversed(narrow):
        steps.append(step if extent != 1 else 0)
        step *= extent
    steps.reverse()
    return [sum(i * s for i, s in zip(index, steps)) for index in itertools.product(*map(range, wide))]


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
