"""XLA, by jax.jit of what the graph says."""

import jax
import numpy
from jax import numpy as jnp

NAMES = ("XLA",)


def start(threads):
    """XLA takes the processors that the process may use."""
    jax.config.update("jax_platforms", "cpu")


def layer(case):
    """The layer as a function of x and its parameters."""
    kind, eps, axes = case["kind"], case["eps"], tuple(case["axes"])

    def run(x, *parameters):
        if kind == "softmax":
            return jax.nn.softmax(x, axes)
        if kind == "rms_norm":
            return x * jax.lax.rsqrt(jnp.mean(x * x, axes, keepdims=True) + eps) * parameters[0]
        gamma, beta, *running = parameters
        if running:
            mean, variance = running
        else:
            mean = jnp.mean(x, axes, keepdims=True)
            variance = jnp.mean(jnp.square(x - mean), axes, keepdims=True)
        y = (x - mean) * jax.lax.rsqrt(variance + eps) * gamma + beta
        return jax.nn.relu(y) if case["relu"] else y

    return run


def make(_, case, arguments, cotangent):
    function = layer(case)
    values = [jnp.asarray(array) for array in arguments]
    if not case["training"]:
        infer = jax.jit(function)
        return {"forward": lambda: infer(*values).block_until_ready()}, {"forward": numpy.asarray(infer(*values))}
    forward = jax.jit(lambda *inputs: jax.vjp(function, *inputs))
    backward = jax.jit(lambda pullback, dy: pullback(dy))
    y, pullback = forward(*values)
    dy = jnp.asarray(cotangent)
    return ({"forward": lambda: jax.block_until_ready(forward(*values)),
             "backward": lambda: jax.block_until_ready(backward(pullback, dy))},
            {"forward": numpy.asarray(y), "backward": numpy.asarray(backward(pullback, dy)[0])})
