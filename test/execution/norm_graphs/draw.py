"""Draws graphs: arguments, steps, results, and the gradients that they should have."""

import itertools
import math

from norm_graphs.graph import LARGEST_TERM, Graph
from norm_graphs.steps import STEPS
from norm_graphs.values import Reject, Value, rounded

ELEMENTS = 256  # of the largest array


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
        g.name = f"n{index}"
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
