"""Holds extremes of long and short groups, in rows and in columns, against Python's own: check_extremes.py WORK

Each group has NaN at one place and none elsewhere, or is all of one infinity, or has neither: a fold that loses NaN on one side, or
the bound that lanes begin with, differs.
"""

import math
import os
import random
import sys

import npy
import tools

LENGTHS = (1, 7, 64, 128, 130, 300, 5000)


def graph(length, kind):
    functions = ""
    for name, extents, kept, axis in (("rows", f"?x{length}", "?x1", 1), ("columns", f"{length}x?", "1x?", 0)):
        for op in ("max_over", "min_over"):
            functions += f"""func.func @{op}_{name}(%x: tensor<{extents}x{kind}>) -> tensor<{kept}x{kind}> {{
  %y = norm.{op} %x over [{axis}] : tensor<{extents}x{kind}>
  return %y : tensor<{kept}x{kind}>
}}
"""
    return functions


def groups_of(length, draw):
    places = sorted({0, 1 % length, 63 % length, 64 % length, 127 % length, length // 2, length - 1})
    groups = [[draw.gauss(0, 1) for _ in range(length)] for _ in range(len(places) + 1)]
    for group, place in zip(groups, places):
        group[place] = math.nan
    return groups + [[sign * math.inf] * length for sign in (1, -1)]


def main():
    work, draw = sys.argv[1], random.Random(1)
    os.makedirs(work, exist_ok=True)
    for kind in ("f32", "f64"):
        for length in LENGTHS:
            file = tools.write_text(os.path.join(work, f"{kind}_{length}.mlir"), graph(length, kind))
            groups = [[npy.round_to(kind, value) for value in group] for group in groups_of(length, draw)]
            arrays = {"rows": npy.Array(kind, (len(groups), length), [value for group in groups for value in group]),
                      "columns": npy.Array(kind, (length, len(groups)), [group[k] for k in range(length) for group in groups])}
            for layout, values in arrays.items():
                path, got = os.path.join(work, "x.npy"), os.path.join(work, "y.npy")
                npy.write(path, values)
                for op, extreme in (("max_over", max), ("min_over", min)):
                    tools.run("normc-run", file, f"--function={op}_{layout}", f"--input=@{path}", f"--output=@{got}")
                    for number, (group, value) in enumerate(zip(groups, npy.read(got).values)):
                        want = math.nan if any(map(math.isnan, group)) else extreme(group)
                        if not (value == want or (value != value and want != want)):
                            tools.fail(f"{kind}, {op} of {layout} of {length}, group {number}: {value}, not {want}")


if __name__ == "__main__":
    main()
