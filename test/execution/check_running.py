"""The running statistics of batch_norm_training.mlir against arithmetic by hand, over several calls: check_running.py FILE WORK

By normc-run, which gives each result memory of its own; and by a call of the emitted function itself, with the new statistics
written over the old.
"""

import ctypes
import math
import os
import sys

import npy
import tools

MOMENTUM, COLUMNS, ROWS = 0.9, 64, (32, 1, 7)


def batch(kind, call):
    return npy.make(kind, (ROWS[call], COLUMNS), seed=call, mean=3, std=2)


def expect(kind):
    """The running means and variances after each call."""
    m, mean, variance = npy.round_to(kind, MOMENTUM), [0.0] * COLUMNS, [1.0] * COLUMNS
    for call, rows in enumerate(ROWS):
        x = batch(kind, call).values
        for column in range(COLUMNS):
            values = x[column::COLUMNS]
            mu = math.fsum(values) / rows
            mean[column] = m * mean[column] + (1 - m) * mu
            variance[column] = m * variance[column] + (1 - m) * math.fsum((v - mu) ** 2 for v in values) / rows
        yield [npy.Array(kind, (1, COLUMNS), values) for values in (mean, variance)]


def compare(got, want, bound, what):
    for array, wanted, name in zip(got, want, ("mean", "variance")):
        wrong = npy.difference(array, wanted, bound)
        if wrong:
            tools.fail(f"the running {name} {what}: {wrong}")


def check_runs(graph, kind, bound, work):
    functions = {function.name: function for function in tools.functions_of(graph)}
    if len(functions["batch_norm_grad"].arguments) != 6:
        tools.fail("only the normalized output takes a cotangent, after five arguments")
    state = [f"1x64x{kind}=0", f"1x64x{kind}=1"]
    for call, want in enumerate(expect(kind)):
        path = os.path.join(work, f"{kind}.x.npy")
        npy.write(path, batch(kind, call))
        inputs = [path, f"1x64x{kind}=1", f"1x64x{kind}=0"] + state
        # The gradient moves them as the function does.
        name = "batch_norm" if call != 1 else "batch_norm_grad"
        if call == 1:
            inputs.append(f"{ROWS[call]}x64x{kind}=1")
        state = tools.evaluate(graph, functions[name], inputs, os.path.join(work, f"{kind}.{call}"))[1:3]
        compare([npy.read(path) for path in state], want, bound, f"after call {call}, {kind}")


def check_in_place(graph, kind, bound, work):
    module = os.path.join(work, f"{kind}.so")
    tools.run("normc", graph, "-o", module)
    function = ctypes.CDLL(os.path.abspath(module)).normc_batch_norm
    number = ctypes.c_float if kind == "f32" else ctypes.c_double
    gamma, beta, mean, variance = ((number * COLUMNS)(*[value] * COLUMNS) for value in (1.0, 0.0, 0.0, 1.0))
    for call, want in enumerate(expect(kind)):
        x = batch(kind, call).values
        out = (number * len(x))()
        status = function(ctypes.c_int64(ROWS[call]), (number * len(x))(*x), gamma, beta, mean, variance, out, mean, variance,
                          None)
        if status != 0:
            tools.fail(f"normc_batch_norm returned {status}")
        compare([npy.Array(kind, (1, COLUMNS), state) for state in (mean, variance)], want, bound,
                f"written over the old, after call {call}, {kind}")


def main():
    file, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    for kind, bound in (("f32", 1e-6), ("f64", 1e-14)):
        graph = tools.write_text(os.path.join(work, f"{kind}.mlir"), tools.with_element(tools.read_text(file), kind))
        check_runs(graph, kind, bound, work)
        check_in_place(graph, kind, bound, work)


if __name__ == "__main__":
    main()
