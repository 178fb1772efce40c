"""Sharded graphs on many ranks against one device:

  check_shares.py FILE WORK [--only=FUNCTION ..] [--extent=9] [--split=3,0,5,1 ..] [--positive=NAME ..] [--group=local] [--launcher=mpirun]

Every gradient of the file, and every function without one, in f32 and f64: results and gradients of ranks with even, uneven and empty shares are those
of a single device on the joined arrays, to 2e-6 and 1e-12 of the largest. With a launcher, ranks are its processes.
"""

import argparse
import os
import shlex

import npy
import tools

BOUNDS = {"f32": 2e-6, "f64": 1e-12}
SPLITS = {9: ["3,0,5,1", "0,0,9,0", "4,5", ""], 0: ["0,0"]}


def make_inputs(options, function, kind):
    paths = []
    for index, value in enumerate(function.arguments):
        extents = tuple(options.extent if e == "?" else e for e in value.extents)
        path = os.path.join(options.work, f"{function.name}.{kind}.{index}.npy")
        if value.name in options.positive:
            npy.write(path, npy.make(value.kind, extents, seed=index, mean=4, std=0.5))
            paths.append(path)
            continue
        made = (npy.integers(value.kind, extents, 0, 8, seed=index) if value.kind == "i32" else
                npy.make(value.kind, extents, seed=index + 1, mean=1.5))
        npy.write(path, made)
        paths.append(path)
    return paths


def run_ranks(options, graph, function, inputs, prefix, split):
    outputs = [f"{prefix}.{index}.npy" for index in range(len(function.results))]
    ranks = split.count(",") + 1 if split else 4
    command = ["normc-run", graph, f"--function={function.name}", *[f"--input=@{path}" for path in inputs],
               *[f"--output=@{path}" for path in outputs]]
    command += [f"--split={split}"] if split else []
    if options.launcher:
        command = [*shlex.split(options.launcher), "-np", str(ranks), *command, "--group=mpi"]
    else:
        command += [f"--ranks={ranks}", f"--group={options.group}"]
    tools.run(*command, environment={"NORMC_CHECK_COLLECTIVES": "60"})
    return outputs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("work")
    parser.add_argument("--only", action="append")
    parser.add_argument("--extent", type=int, default=9)
    parser.add_argument("--launcher")
    parser.add_argument("--group", default="local")
    parser.add_argument("--split", action="append")
    parser.add_argument("--positive", action="append", default=[])
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    for kind, bound in BOUNDS.items():
        text = tools.with_element(tools.read_text(options.file), kind)
        graph = tools.write_text(os.path.join(options.work, f"{kind}.mlir"), text)
        functions = tools.functions_of(graph)
        # A gradient runs its function's forward.
        names = {f.name for f in functions}
        functions = [f for f in functions if (f.name in options.only if options.only else f.name + "_grad" not in names)]
        if not functions:
            tools.fail(f"{options.file} has none of {options.only}")
        # Compiled once for all functions.
        module = os.path.join(options.work, f"{kind}.so")
        tools.run("normc", graph, "-o", module)
        for function in functions:
            inputs = make_inputs(options, function, kind)
            prefix = os.path.join(options.work, f"{function.name}.{kind}")
            whole = tools.evaluate(module, function, inputs, prefix + ".whole")
            for split in options.split or SPLITS[options.extent]:
                shared = run_ranks(options, module, function, inputs, prefix + ".shared", split)
                tools.compare(shared, whole, bound, f"{function.name}, {kind}, shares {split or 'even'}")


if __name__ == "__main__":
    main()
