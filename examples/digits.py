#!/usr/bin/env python3
"""Runs batch norm and its gradient on handwritten digits and shows what came out.

    digits.py BIN OUT

BIN is the folder of normc's tools, OUT a folder for the arrays. Needs nothing but Python.
"""
import array
import ast
import math
import os
import random
import re
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def read(path):
    """A float32 array of two axes from a .npy file: rows."""
    with open(path, "rb") as file:
        assert file.read(6) == b"\x93NUMPY"
        major, _ = file.read(2)
        size = struct.unpack("<H" if major == 1 else "<I", file.read(2 if major == 1 else 4))[0]
        header = ast.literal_eval(file.read(size).decode())
        values = array.array("f", file.read())
    rows, columns = header["shape"]
    return [values[i * columns:(i + 1) * columns] for i in range(rows)]


def write(path, rows):
    """A .npy file of float32 rows."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(array.array("f", row).tobytes())


def moments(values):
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((v - mean) ** 2 for v in values) / len(values)


def main():
    tools, out = sys.argv[1:]
    graph, digits = os.path.join(HERE, "batch_norm.mlir"), os.path.join(HERE, "data", "digits.npy")
    x = read(digits)
    random.seed(1)
    write(os.path.join(out, "dout.npy"), [[random.gauss(0, 1) for _ in row] for row in x])
    inputs = [f"--input=@{digits}", "--input=1x64xf32=1", "--input=1x64xf32=0", f"--input=@{out}/dout.npy"]
    names = ["out", "dx", "dgamma", "dbeta"]

    def run(device, source):
        command = [os.path.join(tools, "normc-run"), source, "--function=batch_norm_grad", f"--device={device}", *inputs]
        subprocess.run(command + [f"--output=@{out}/{name}_{device}.npy" for name in names], check=True)
        return {name: read(f"{out}/{name}_{device}.npy") for name in names}, command

    start = time.monotonic()
    got, command = run("cpu", os.path.join(out, "batch_norm.so"))
    want, _ = run("reference", graph)
    printed = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(5)]
    call = min(float(re.search(r"took ([\d.]+) ms", text)[1]) for text in printed)

    print(f"{len(x)} digits of {len(x[0])} pixels; the pixels that are constant keep a variance of 0\n")
    print(f"{'values':<8} {'pixels':<8} {'mean':>12} {'variance':>12}")
    for name, rows in (("x", x), ("out", got["out"]), ("dx", got["dx"])):
        for first in range(0, 64, 16):
            mean, variance = moments([v for row in rows for v in row[first:first + 16]])
            print(f"{name:<8} {f'{first}-{first + 15}':<8} {mean:>12.3e} {variance:>12.4g}")
    print(f"\n{'result':<8} {'largest value':>14} {'largest error against the reference, relative to it':>52}")
    worst = 0.0
    for name in names:
        largest = max(abs(v) for row in want[name] for v in row)
        error = max(abs(a - b) for r, s in zip(got[name], want[name]) for a, b in zip(r, s)) / largest
        worst = max(worst, error) if name != "out" else worst
        print(f"{name:<8} {largest:>14.6g} {error:>52.1e}")
    print(f"\nlargest gradient error: {worst:.1e}")
    print(f"forward and backward:   {call:.1f} ms on the CPU, the best of 5; everything here {time.monotonic() - start:.1f} s")
    if not worst < 1e-5:
        sys.exit("the gradients differ from the reference")


if __name__ == "__main__":
    main()
