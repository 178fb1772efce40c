"""Inputs on which normalizations lose everything when they are computed carelessly: check_accuracy.py EXAMPLES WORK

Each result must be within 4 units in the last place of f32, relative to its largest element, of the reference. Then NaN and
infinity: they poison the group that they are in, and no other.
"""

import math
import os
import sys

import npy
import tools

ROWS, COLUMNS = 40, 64
BOUND = 4 * 2.0**-23

CASES = {
    "a mean a million times the deviation": lambda i, v: 1e6 + v,
    "a mean a million times the deviation, of small numbers": lambda i, v: (1e6 + v) * 2.0**-60,
    "a constant": lambda i, v: 0.1,
    "columns and rows that are constant": lambda i, v: 7.7 if i % COLUMNS < 3 or i // COLUMNS < 3 else v,
    "subnormal numbers": lambda i, v: v * 2.0**-140,
    "large numbers": lambda i, v: v * 2.0**60,
    "numbers whose squares are beyond f32": lambda i, v: v * 2.0**100,
    "one number far from all others": lambda i, v: 1e7 if i == 5 * COLUMNS + 5 else v,
    "numbers of all sizes": lambda i, v: v * 2.0 ** (i % 61 - 30),
    "two values that are neighbours": lambda i, v: 1.0 + (i % 2) * 2.0**-23,
}


def main():
    examples, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)

    def store(name, values):
        path = os.path.join(work, name + ".npy")
        npy.write(path, values)
        return path

    gamma = store("gamma", npy.make("f32", (1, COLUMNS), 2, mean=1, std=0.3))
    beta = store("beta", npy.make("f32", (1, COLUMNS), 3))
    dout = store("dout", npy.make("f32", (ROWS, COLUMNS), 4))
    # For each graph: the parameters, and the group of a position.
    graphs = {"batch_norm": ([gamma, beta], lambda i: i % COLUMNS), "layer_norm": ([gamma, beta], lambda i: i // COLUMNS),
              "rms_norm": ([gamma], lambda i: i // COLUMNS)}
    for name, (parameters, group) in graphs.items():
        file, module = os.path.join(examples, name + ".mlir"), os.path.join(work, name + ".so")
        tools.run("normc", file, "-o", module)
        function = next(f for f in tools.functions_of(file) if f.name == name + "_grad")
        normal = npy.make("f32", (ROWS, COLUMNS), 1).values

        def run(x, prefix, device="cpu"):
            inputs = [store("x", npy.Array("f32", (ROWS, COLUMNS), x))] + parameters + [dout]
            return tools.evaluate(module if device == "cpu" else file, function, inputs, os.path.join(work, prefix), device)

        for number, (case, make) in enumerate(CASES.items()):
            x = [make(i, v) for i, v in enumerate(normal)]
            tools.compare(run(x, f"got{number}"), run(x, f"want{number}", "reference"), BOUND, f"{name} of {case}")

        # out and dx of other groups have the same bits with and without the poison.
        clean = [npy.read(path).values for path in run(normal, "clean")[:2]]
        for poison in (math.nan, math.inf, -math.inf):
            at = 7 * COLUMNS + 9
            x = normal[:at] + [poison] + normal[at + 1:]
            poisoned = [npy.read(path).values for path in run(x, "poisoned")[:2]]
            for result, before, after in zip(("out", "dx"), clean, poisoned):
                for i, (b, a) in enumerate(zip(before, after)):
                    if group(i) != group(at) and a != b:
                        tools.fail(f"{name}: {poison} at {at} changed {result} at {i}, of another group, to {a}")
                if math.isfinite(after[at]):
                    tools.fail(f"{name}: {poison} at {at} left {result} there finite")


if __name__ == "__main__":
    main()
