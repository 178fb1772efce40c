#!/usr/bin/env python3
"""Writes what a machine with a GPU needs to check and to measure normc, on a machine that has normc.

usage: prepare.py FOLDER [--bin=BUILD/bin] [--target=sm_80] [--only=REGEX] [--quick]

FOLDER gets modules (with PTX for the target, which later GPUs run too), inputs and the reference's results for gpu-check
(cases.txt), the suite's layers for gpu_suite.py (index.json), and the one header that the runtime is built with. --quick writes
small layers only.
"""

import argparse
import dataclasses
import json
import math
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(HERE, "..", "..", "execution")]
import graphs  # noqa: E402
import npy  # noqa: E402

# What is allowed of the largest element: what rounding at a type's precision makes of sums as long as these.
TOLERANCES = {"f32": 1e-5, "f16": 4e-3, "bf16": 3e-2}
# Elements of x in a case that is checked; the reference takes its time.
MOST_ELEMENTS = 60000
# For the part of a module that runs on the CPU of whichever machine it comes to.
PORTABLE = "-march=x86-64-v2"


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "NORMC_CXXFLAGS": f"{os.environ.get('NORMC_CXXFLAGS', '')} {PORTABLE}".strip()})
    if done.returncode != 0:
        sys.exit(f"prepare.py: {' '.join(command)} exited with {done.returncode}\n{done.stderr}")
    return done.stdout


def medium(case):
    """The case with fewer rows, samples and pixels, but its channels and the length of its rows where they fit."""
    shape = list(case.shape)
    while math.prod(shape) > MOST_ELEMENTS:
        reduced = [axis for axis in range(len(shape)) if shape[axis] > 3]
        # Rows go first, so that their length stays what it is; odd lengths find heads and tails.
        axis = reduced[0] if shape[reduced[0]] > 8 else max(reduced, key=lambda axis: shape[axis])
        shape[axis] = shape[axis] // 2 | 1
    image = case.image
    if image:
        n, groups, channels, pixels = shape
        image = (n, groups * channels, 1, pixels)
    return dataclasses.replace(case, shape=tuple(shape), image=image)


def text_of(case, element):
    return case.text().replace("xf32>", f"x{element}>")


def arguments(case):
    """The shapes of the function's arguments; the cotangent of a gradient is like x."""
    c = tuple(extent if axis in case.channels else 1 for axis, extent in enumerate(case.shape))
    count = {"softmax": 0, "rms_norm": 1}.get(case.kind, 2) + (0 if case.training else 2)
    return [case.shape] + [c] * count + ([case.shape] if case.training else [])


class Writer:
    def __init__(self, options):
        self.options = options
        self.folder = options.folder
        self.cases, self.index, self.modules = [], [], 0

    def module(self, text):
        """Compiles a graph; the names of the module and of the graph in the folder."""
        name = f"{self.modules}.so"
        self.modules += 1
        graph = os.path.join(self.folder, name.replace(".so", ".mlir"))
        with open(graph, "w", encoding="utf-8") as file:
            file.write(text)
        run([os.path.join(self.options.bin, "normc"), graph, "-o", os.path.join(self.folder, name), "--emit=module",
             f"--target={self.options.target}"])
        return name, graph

    def check(self, case, element):
        name, graph = self.module(text_of(case, element))
        stem = name.replace(".so", "")
        lines = [f"case {case.name} {element}", f"module {name}", f"function {case.function}"]
        shapes = arguments(case)
        command = [os.path.join(self.options.bin, "normc-run"), graph, f"--function={case.function}", "--device=reference"]
        for index, shape in enumerate(shapes):
            file = f"{stem}.in{index}.npy"
            array = npy.make(element, shape, seed=self.modules + 100 * index, mean=1.0, std=3.0)
            if not case.training and index == 4:  # a variance
                array = npy.Array(element, shape, [abs(value) + 0.1 for value in array.values])
            npy.write(os.path.join(self.folder, file), array)
            lines.append(f"input {file}")
            command.append(f"--input=@{os.path.join(self.folder, file)}")
        for index in range(len(shapes) if case.training else 1):
            file = f"{stem}.out{index}.npy"
            lines.append(f"expected {TOLERANCES[element]} {file}")
            command.append(f"--output=@{os.path.join(self.folder, file)}")
        run(command)
        self.cases += lines

    def measure(self, case):
        name, _ = self.module(case.text())
        self.index.append({"name": case.name, "kind": case.kind, "shape": case.shape, "image": case.image, "axes": case.axes,
                           "channels": case.channels, "layout": case.layout, "relu": case.relu, "training": case.training,
                           "eps": graphs.EPS, "module": name, "function": case.function})

    def finish(self):
        with open(os.path.join(self.folder, "cases.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(self.cases) + "\n")
        with open(os.path.join(self.folder, "index.json"), "w", encoding="utf-8") as file:
            json.dump({"target": self.options.target, "cases": self.index}, file, indent=1)
        for root in ("/usr/include", "/usr/local/include"):
            header = os.path.join(root, "dlpack", "dlpack.h")
            if os.path.exists(header):
                os.makedirs(os.path.join(self.folder, "include", "dlpack"), exist_ok=True)
                shutil.copy(header, os.path.join(self.folder, "include", "dlpack"))
                break


def main():
    parser = argparse.ArgumentParser(description="Writes what a machine with a GPU needs.")
    parser.add_argument("folder")
    parser.add_argument("--bin", default=os.path.join(HERE, "..", "..", "..", "build", "bin"), help="where normc's tools are")
    parser.add_argument("--target", default="sm_80", help="the oldest GPU that is to run it")
    parser.add_argument("--only", default="", metavar="REGEX", help="cases whose name contains a match")
    parser.add_argument("--quick", action="store_true", help="small layers")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    writer, checked = Writer(options), set()
    suite = graphs.quick() if options.quick else graphs.suite()
    suite = [case for case in suite if re.search(options.only, case.name)]
    if not suite:
        sys.exit(f"prepare.py: no case matches {options.only!r}")
    for case in suite:
        small = case if options.quick else medium(case)
        if small.name not in checked:
            checked.add(small.name)
            for element in TOLERANCES:
                writer.check(small, element)
        writer.measure(case)
    writer.finish()
    print(f"{len(checked) * len(TOLERANCES)} cases to check, {len(writer.index)} to measure, for {options.target}")


if __name__ == "__main__":
    main()
