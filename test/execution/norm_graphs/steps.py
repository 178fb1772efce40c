"""The steps that random graphs are made of: what normalizations do, in the ways that people write it."""

import math

from norm_graphs.values import COMPARE, Reject


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
