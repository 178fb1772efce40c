"""Integers and masks: what may be done with them, on all pairs of edge values, compiled and by the reference.

  check_integers.py WORK
"""

import os
import sys

import npy
import tools

EDGES = {
    "i32": [0, 1, -1, 2, 7, -8, 2**31 - 1, 2**31 - 2, -2**31, -2**31 + 1],
    "i64": [0, 1, -1, 2, 7, -8, 2**31, -2**31 - 1, 2**53 + 1, 2**53, 2**63 - 1, 2**63 - 2, -2**63, -2**63 + 1],
    "i1": [0, 1],
}
PREDICATES = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}


def graph():
    text = ""
    for kind, edges in EDGES.items():
        wide, column, row, mask = (f"tensor<?x?x{kind}>", f"tensor<?x1x{kind}>", f"tensor<1x?x{kind}>", "tensor<?x?xi1>")
        arguments, types = f"(%a: {column}, %b: {row})", f"{column}, {row}"
        for op in PREDICATES:
            text += (f"func.func @{kind}_{op}{arguments} -> {mask} {{\n  %y = norm.compare {op} %a, %b : {types}\n"
                     f"  return %y : {mask}\n}}\n")
        text += (f"func.func @{kind}_select(%c: {mask}, %a: {column}, %b: {row}) -> {wide} {{\n"
                 f"  %y = norm.select %c, %a, %b : {mask}, {types}\n  return %y : {wide}\n}}\n")
        if kind == "i1":
            continue
        for op in ("max", "min"):
            text += (f"func.func @{kind}_{op}{arguments} -> {wide} {{\n  %y = norm.{op} %a, %b : {types}\n"
                     f"  return %y : {wide}\n}}\n")
        for number, edge in enumerate(edges):
            text += (f"func.func @{kind}_constant{number}(%a: {column}) -> tensor<1x1x{kind}> {{\n"
                     f"  %y = norm.constant {edge} : tensor<1x1x{kind}>\n  return %y : tensor<1x1x{kind}>\n}}\n")
    for kind in ("i32", "i64", "f16", "bf16", "f32", "f64"):
        for axis, extents in ((0, f"?x1x{kind}"), (1, f"1x?x{kind}")):
            text += (f"func.func @index{axis}_{kind}(%x: tensor<?x?xf32>) -> tensor<{extents}> {{\n"
                     f"  %y = norm.index {axis} of %x : tensor<?x?xf32> to {kind}\n  return %y : tensor<{extents}>\n}}\n")
        for axes in ("[0]", "[1]", "[0, 1]"):
            name = "".join(axes[1:-1].split(", "))
            text += (f"func.func @count{name}_{kind}(%x: tensor<?x?xf32>) -> tensor<1x1x{kind}> {{\n"
                     f"  %y = norm.count %x over {axes} : tensor<?x?xf32> to {kind}\n  return %y : tensor<1x1x{kind}>\n}}\n")
    return text


def main():
    work = sys.argv[1]
    os.makedirs(work, exist_ok=True)
    file, module = tools.write_text(os.path.join(work, "integers.mlir"), graph()), os.path.join(work, "integers.so")
    tools.run("normc", file, "-o", module)
    functions = {function.name: function for function in tools.functions_of(file)}

    def store(name, kind, extents, values):
        path = os.path.join(work, name + ".npy")
        npy.write(path, npy.Array(kind, extents, values))
        return path

    def check(name, inputs, kind, extents, values):
        want = npy.Array(kind, extents, values)
        for where, device in ((module, "cpu"), (file, "reference")):
            got = npy.read(tools.evaluate(where, functions[name], inputs, os.path.join(work, name), device)[0])
            wrong = npy.difference(got, want, 0.0)
            if wrong:
                tools.fail(f"@{name} on the {device}: {wrong}")

    for kind, edges in EDGES.items():
        n = len(edges)
        a, b = store(f"{kind}.a", kind, (n, 1), edges), store(f"{kind}.b", kind, (1, n), edges)
        pairs = [(x, y) for x in edges for y in edges]
        on = [(i * 5 + 2) % 7 < 3 for i in range(n * n)]
        for op, function in PREDICATES.items():
            check(f"{kind}_{op}", [a, b], "i1", (n, n), [function(x, y) for x, y in pairs])
        mask = store(f"{kind}.mask", "i1", (n, n), on)
        check(f"{kind}_select", [mask, a, b], kind, (n, n), [x if c else y for c, (x, y) in zip(on, pairs)])
        if kind == "i1":
            continue
        check(f"{kind}_max", [a, b], kind, (n, n), [max(pair) for pair in pairs])
        check(f"{kind}_min", [a, b], kind, (n, n), [min(pair) for pair in pairs])
        for number, edge in enumerate(edges):
            check(f"{kind}_constant{number}", [a], kind, (1, 1), [edge])

    for rows, columns in ((3, 5), (1, 300), (0, 4), (2, 0)):
        x = f"{rows}x{columns}xf32=0"
        for kind in ("i32", "i64", "f16", "bf16", "f32", "f64"):
            check(f"index0_{kind}", [x], kind, (rows, 1), list(range(rows)))
            check(f"index1_{kind}", [x], kind, (1, columns), list(range(columns)))
            check(f"count0_{kind}", [x], kind, (1, 1), [rows])
            check(f"count1_{kind}", [x], kind, (1, 1), [columns])
            check(f"count01_{kind}", [x], kind, (1, 1), [rows * columns])


if __name__ == "__main__":
    main()
