"""Holds each function of a graph, whose results are written over arguments, against itself where they are not: check_in_place.py
FILE WORK [--sizes N ..] [--types f32 f64 ..]

The reference evaluates the graph without norm.inplace. Scales stay away from 0, as the backward divides by them: where it
has the result only, it loses what the scale is smaller than the shift.
"""

import argparse
import os
import re

import npy
import tools

IN_PLACE = re.compile(r" *\{norm\.inplace = \d+ : i64\}")
SCALES = ("gamma", "weight")
# Of 16 bits the result itself has lost more than a gradient that is computed from the argument would.
BOUNDS = {**tools.BOUNDS, "f16": 2.0**-7, "bf16": 2.0**-4}


def make_input(value, kind, size, seed, work):
    made = npy.make(kind, [size if extent == "?" else extent for extent in value.extents], seed, mean=0.25, std=1.25)
    if value.name in SCALES:
        made = npy.Array(kind, made.extents, [0.75 + 0.5 * abs(element) for element in made.values])
    path = os.path.join(work, f"{kind}.{size}.{seed}.npy")
    npy.write(path, made)
    return path


def check(text, kind, size, work):
    in_place = tools.write_text(os.path.join(work, f"{kind}.mlir"), tools.with_element(text, kind))
    apart = tools.write_text(os.path.join(work, f"{kind}.apart.mlir"), tools.with_element(IN_PLACE.sub("", text), kind))
    for number, function in enumerate(tools.functions_of(in_place)):
        inputs = [make_input(value, kind, size, 1 + 10 * number + position, work)
                  for position, value in enumerate(function.arguments)]
        prefix = os.path.join(work, f"{kind}.{size}.{number}")
        want = tools.evaluate(apart, function, inputs, prefix + ".want", device="reference")
        for file in (in_place, apart):
            got = tools.evaluate(file, function, inputs, prefix + ".got")
            tools.compare(got, want, BOUNDS[kind], f"{file}, {size} rows: @{function.name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("work")
    parser.add_argument("--sizes", nargs="*", type=int, default=[37])
    parser.add_argument("--types", nargs="*", default=["f32"])
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    text = tools.read_text(options.file)
    if not IN_PLACE.search(text):
        tools.fail(f"{options.file} has no norm.inplace")
    for kind in options.types:
        for size in options.sizes:
            check(text, kind, size, options.work)


if __name__ == "__main__":
    main()
