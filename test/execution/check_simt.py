"""The GPU's kernels of a graph, run on the host: the CPU's bits in three orders of their threads, and the certified bytes.

  check_simt.py WORK FILE FUNCTION [--runs=R] EXTENTS ..      for each argument its type and extents: f32:33x64

What the simt device counts of each operand that the PTX has a line for must be that many bytes ("// x: 256 * n0 bytes read") or no more
("// gamma: at most 256 * n0 bytes read"), with the symbols' values taken from the first arguments that have them. Exit status 1:
something differs.
"""

import os
import re
import subprocess
import sys

import npy
import tools


def counts_of(text):
    """By kernel, without what stands behind its name, and operand: bytes read and written."""
    totals = {}
    for line in text.splitlines():
        row = re.match(r"(\S+)\s+(.*?)\s+(\d+)\s+(\d+)\s+(\d+)$", line)
        if row:
            total = totals.setdefault((row.group(1), row.group(2)), [0, 0])
            total[0] += int(row.group(4))
            total[1] += int(row.group(5))
    return totals


def certificates_of(ptx):
    """By entry: (operand, "at most" or nothing, formula, "read" or "written")."""
    found, lines = {}, []
    for line in ptx.splitlines():
        certified = re.match(r"// (.+): (at most |)([0-9n*+ ]+) bytes (read|written)", line)
        entry = re.match(r"\.visible \.entry (\w+)\(", line)
        if certified:
            lines.append(certified.groups())
        elif entry:
            found[entry.group(1)], lines = lines, []
    return found


def main():
    work, file, function = sys.argv[1:4]
    os.makedirs(work, exist_ok=True)
    inputs, symbols = [], {}
    for index, argument in enumerate(sys.argv[4:]):
        kind, extents = argument.split(":")
        path = os.path.join(work, f"{function}.{index}.npy")
        shape = npy.parse_extents(extents)
        npy.write(path, npy.integers(kind, shape, 0, 1, index) if kind[0] == "i"
                  else npy.make(kind, shape, seed=index + 1, mean=3.0 if index == 0 else 0.0))
        inputs.append(f"@{path}")
    calls = tools.write_text(os.path.join(work, f"{function}.calls"), f"{' '.join([function, *inputs])}\n")
    print(tools.run("check-calls", file, calls, "simt"))

    counted = counts_of(tools.run("normc-run", file, f"--function={function}", "--device=simt", "--simt-counters",
                                  *[f"--input={path}" for path in inputs]))
    ptx = tools.run("normc", file, "--emit=ptx")
    certificates = certificates_of(ptx)
    # What the first symbols are worth, by the arguments of the first function that has this name, or its forward's.
    names = subprocess.run(["normc", file, "--emit=kernels"], capture_output=True, text=True, check=True).stdout
    signature = re.search(rf"kernel\.plan @{function}(?:_forward)?\((.*)", names).group(1)
    for argument, given in zip(re.findall(r"kernel\.extents = array<i64: ([^>]*)>", signature), sys.argv[4:]):
        for extent, value in zip(argument.split(", "), npy.parse_extents(given.split(":")[1])):
            if int(extent) < 0:
                symbols.setdefault(f"n{-1 - int(extent)}", value)
    held = 0
    for name, lines in certificates.items():
        if re.search(r"(_sweep\d+|_scalars\d+|_riders|_wide)$", name):
            continue
        launches = {launch for launch, _ in counted if re.fullmatch(rf"{name}(_sweep\d+|_scalars\d+|_riders)?(_wide)?", launch)}
        if name not in launches and f"{name}_sweep0" not in launches:
            continue
        for operand, most, formula, how in lines:
            bytes_moved = sum(counted.get((launch, operand), (0, 0))[how == "written"] for launch in launches)
            certified = eval(formula, {}, symbols)  # integers, symbols, * and +
            if not (bytes_moved <= certified if most else bytes_moved == certified):
                tools.fail(f"{name}: {operand} moved {bytes_moved} bytes, {how}; certified are {most}{formula} = {certified}")
            held += 1
    if not held:
        tools.fail(f"nothing was held against a certificate:\n{counted}\n{certificates}")
    print(f"{held} operands moved as many bytes as is certified")


if __name__ == "__main__":
    main()
