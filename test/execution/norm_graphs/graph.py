"""A graph while it is drawn: each step is written down, and evaluated."""

import math
import random

from norm_graphs.values import BINARY, COMPARE, UNARY, Edge, Reject, Value, joined, positions, rounded

LARGEST = 50.0  # of a value
LARGEST_TERM = 2e3  # of the terms that a value, or a gradient, may be a difference of, over their weight
GAP = 1e-4  # between numbers that are compared


class Graph:
    def __init__(self, seed, index, kind):
        self.draw = random.Random(f"{seed}.{index}.{kind}")
        self.name = f"n{index}"
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
