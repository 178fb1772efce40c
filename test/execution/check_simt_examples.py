"""Runs all examples as GPU kernels on the host: check_simt_examples.py EXAMPLES TESTS WORK [--types f32 f64 ..]

Every graph in EXAMPLES or in a folder of it, with every function and gradient that it has: within the reference's bounds, and in the
CPU's bits while threads take turns in ascending, descending and shuffled order (check-calls). There is no list of examples, so none can
be forgotten. Graphs with sharded arguments run on one device, which has all of them; results in place are written over copies.

Extents that are known are as they are. `?` is a few elements, and then, along the first axis, more than a chunk of columns has; the other
types take the first. What else arguments must be (--positive, --integers) is said in the RUN lines of the example's own test in TESTS.
Exit status 1: something differs.
"""

import argparse
import os
import re

import check_agreement
import npy
import tools

# What `?` is along each axis, call by call.
SIZES = [[5, 6, 7, 9, 3, 2, 2, 2], [300, 3, 2, 11, 2, 2, 1, 1]]
# Backwards in place divide by scales, and recover y of an exponential linear unit from what is left of it at its lower end: scales
# are neither small nor large.
SCALES, SCALE_FROM, SCALE_TO = ("gamma", "weight"), 0.75, 1.5
# Of all numbers, so many must have a finite bound.
COMPARED = 0.9


def graphs_in(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".mlir"))


def demands_of(name, tests):
    """--positive and --integers of the RUN lines of an example's test."""
    text = tools.read_text(os.path.join(tests, name + ".test"))
    positive = [name for names in re.findall(r"--positive[= ]([^-\n]*)", text) for name in names.split()]
    integers = re.findall(r"--integers (-?\d+) (-?\d+)", text)
    return positive, [int(end) for end in integers[0]] if integers else [0, 9]


def make_input(value, kind, seed, options, folder):
    path = check_agreement.make_input(value, kind, seed, options, folder)
    if value.name in SCALES:
        made = npy.read(path)
        within = [min(max(abs(element), SCALE_FROM), SCALE_TO) for element in made.values]
        npy.write(path, npy.Array(kind, made.extents, within))
    return path


def check(file, kind, demands, work):
    """Returns how many calls were made."""
    if kind != "f32":
        file = tools.write_text(os.path.join(work, f"{kind}.mlir"), tools.with_element(tools.read_text(file), kind))
    calls = []
    for sizes in SIZES if kind == "f32" else SIZES[:1]:
        folder = os.path.join(work, f"{kind}.{sizes[0]}")
        os.makedirs(folder, exist_ok=True)
        options = argparse.Namespace(sizes=[f"{axis}={size}" for axis, size in enumerate(sizes)], positive=demands[0],
                                     integers=demands[1])
        for number, function in enumerate(tools.functions_of(file)):
            inputs = [make_input(value, kind, 1 + 10 * number + position, options, folder)
                      for position, value in enumerate(function.arguments)]
            if sizes is SIZES[0] or any("?" in value.extents for value in function.arguments):
                calls.append(" ".join([function.name, *(f"@{path}" for path in inputs)]))
    tools.check_calls(file, calls, os.path.join(work, f"{kind}.calls"), COMPARED, device=["simt"])
    return len(calls)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples")
    parser.add_argument("tests")
    parser.add_argument("work")
    parser.add_argument("--types", nargs="*", default=["f32"])
    options = parser.parse_args()
    files = graphs_in(options.examples)
    if not files:
        tools.fail(f"no examples in {options.examples}")
    for file in files:
        name = os.path.splitext(os.path.relpath(file, options.examples))[0]
        demands = demands_of(name, options.tests)
        for kind in options.types:
            work = os.path.join(options.work, name)
            os.makedirs(work, exist_ok=True)
            print(f"{name}, {kind}: {check(file, kind, demands, work)} calls")


if __name__ == "__main__":
    main()
