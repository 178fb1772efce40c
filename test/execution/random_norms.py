"""Random graphs of what normalizations are made of, forward and backward: compiled, and held against the reference.

  random_norms.py WORK [--seed=1] [--count=100] [--first=0] [--type=f32] [--batch=50] [--device=simt]

Graph i of a seed and a type is the same whatever --count, --first and --batch are: `--seed=S --first=I --count=1` makes it
alone. While a graph is drawn it is evaluated here, on the arrays that it will be run on, with its derivatives. A step is
taken back where values would grow large, where it is ill-conditioned (a division near 0), and where rounding would decide it
(a comparison of nearly equal numbers), so that most of what is computed can be told from nonsense.

The graphs of a batch are one module. Each function and each gradient, compiled, must be within the bound that is derived
for it (normc-run --check). Since reference and compiler share the derivatives of ops, results are also held, loosely,
against those computed here. One graph in 40 is checked by central differences. Exit status 1: something differs.
"""

import argparse
import concurrent.futures
import math
import os
import re
import subprocess
import sys

import npy
import tools
from norm_graphs.draw import draw_graph

# What rounding in all steps may do to a value, relative to the largest terms that it is a sum of. It need only tell a
# wrong formula from a right one.
LOOSE = {"f32": 1e-4, "f64": 1e-10}
# Of all numbers, so many must have a finite bound.
COMPARED = 0.95


class Failure(Exception):
    pass


def run(*command, statuses=(0,), flags=""):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, "NORMC_CXXFLAGS": flags})
    except subprocess.TimeoutExpired:
        raise Failure(f"{' '.join(command)}\nran for 300 s") from None
    if done.returncode not in statuses:
        how = "crashed with" if done.returncode < 0 or done.returncode > 2 else "exited with"
        raise Failure(f"{' '.join(command)}\n{how} {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-6000:]}")
    return done.stdout


class Batch:
    """Consecutive graphs, in one module."""

    def __init__(self, options, numbers):
        self.options, self.folder = options, os.path.join(options.work, f"{options.type}.{numbers[0]}")
        os.makedirs(self.folder, exist_ok=True)
        # Types of 16 bits take the graphs of f32.
        self.drawn = options.type if options.type in LOOSE else "f32"
        self.graphs = [draw_graph(options.seed, number, self.drawn) for number in numbers]
        self.isFirst = 0 in numbers
        self.failures = []
        self.compared = self.elements = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def inputs(self, g):
        return [self.path(f"{g.name}.{k}.npy") for k in range(len(g.inputs))]

    def text(self, graphs):
        text = "\n".join(g.text for g in graphs)
        return text if self.options.type == self.drawn else tools.with_element(text, self.options.type)

    def write(self):
        for g in self.graphs:
            for path, (kind, extents, data) in zip(self.inputs(g), g.inputs):
                npy.write(path, npy.Array(self.options.type if kind == self.drawn else kind, extents, data))

    def calls(self, g):
        """The function, on its arguments, and the gradient, on the cotangents, too."""
        inputs = [f"@{path}" for path in self.inputs(g)]
        arguments = inputs[:len(g.arguments)]
        return "".join(f"{' '.join([name, *given])} > {self.path(name)}.got\n"
                       for name, given in ((g.name, arguments), (f"{g.name}_grad", inputs)))

    def check(self, graphs):
        """Runs graphs as one module; those that failed, with the reason."""
        file = tools.write_text(self.path(f"{graphs[0].name}.mlir"), self.text(graphs))
        calls = tools.write_text(self.path(f"{graphs[0].name}.calls"), "".join(map(self.calls, graphs)))
        # Optimizing takes ten times as long as all else, so the first batch stands for the others.
        flags = "" if self.isFirst else "-O0"
        report = run("check-calls", file, calls, *self.options.device, statuses=(0, 1), flags=flags)
        summary = re.search(r"^(\d+) calls, (\d+) failed, (\d+) of (\d+) numbers compared$", report, re.MULTILINE)
        if not summary or int(summary.group(1)) != 2 * len(graphs):
            raise Failure(f"check-calls did not finish:\n{report[-6000:]}")
        self.compared += int(summary.group(3))
        self.elements += int(summary.group(4))
        parts = re.split(r"^@(n\d+)(?:_grad)?\b", report, flags=re.MULTILINE)
        wrong = dict(zip(parts[1::2], parts[2::2]))
        if bool(wrong) != (summary.group(2) != "0"):
            raise Failure(f"check-calls does not say what failed:\n{report[-6000:]}")
        return wrong

    def run(self):
        self.write()
        try:
            wrong = self.check(self.graphs)
        except Failure as failure:
            # Which one is it?
            wrong, together = {}, failure
            for g in self.graphs:
                try:
                    wrong.update(self.check([g]))
                except Failure as alone:
                    wrong[g.name] = str(alone)
            if not wrong:
                wrong[self.graphs[0].name] = f"{len(self.graphs)} graphs run alone, but not together: {together}"
        for g in self.graphs:
            try:
                if g.name in wrong:
                    raise Failure(wrong[g.name])
                self.check_formulas(g)
                if int(g.name[1:]) % 40 == 0 and self.options.type in LOOSE:
                    self.check_differences(g)
            except Failure as failure:
                self.failures.append((g, str(failure)))
        return self

    def check_formulas(self, g):
        """What the gradient returned is what is computed here, in double, with derivatives that nobody else has."""
        if self.options.type not in LOOSE:
            return
        for k, (what, kind, extents, data, terms) in enumerate(g.wanted):
            got = npy.read(f"{self.path(g.name)}_grad.got.{k}.npy")
            loose = LOOSE["f32" if g.mixed else self.options.type]
            # A product of two values that are 0 has no terms, but what rounding left of both.
            allowed = 0 if kind == "i1" else max(loose * terms, loose**2)
            if tuple(got.extents) != tuple(extents):
                raise Failure(f"output {k} ({what}) has extents {got.extents}, not {extents}")
            for at, (a, b) in enumerate(zip(got.values, data)):
                if not (abs(a - b) <= allowed or a != a and b != b):
                    raise Failure(f"output {k} ({what}), {kind} {extents}: element {at} is {a:.9g}, but computed by hand "
                                  f"{b:.9g}; off by {abs(a - b):.3g}, allowed is {allowed:.3g} (terms {terms:.3g})")

    def check_differences(self, g):
        file = tools.write_text(self.path(f"{g.name}.alone.mlir"), self.text([g]))
        report = run("normc-run", file, f"--function={g.name}_grad", "--check-gradients",
                     *(f"--input=@{path}" for path in self.inputs(g)), statuses=(0, 1))
        verdicts = re.findall(r" (agrees|DIFFERS)$", report, re.MULTILINE)
        if verdicts != ["agrees"] * len(g.wrt):
            raise Failure(f"{g.name}_grad, central differences:\n{report}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", help="a folder for what is made on the way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the number of the first graph")
    parser.add_argument("--type", default="f32", choices=["f32", "f64", "f16", "bf16"])
    parser.add_argument("--batch", type=int, default=50, help="graphs in one module")
    parser.add_argument("--device", default=[], type=lambda name: [name], choices=[["simt"]],
                        help="simt: the GPU's kernels, which must have the CPU's bits in three orders of their threads")
    options = parser.parse_args()

    end = options.first + options.count
    batches = [range(start, min(start + options.batch, end)) for start in range(options.first, end, options.batch)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as workers:
        done = list(workers.map(lambda numbers: Batch(options, numbers).run(), batches))
    failures = [failure for batch in done for failure in batch.failures]
    for g, why in failures:
        print(f"FAILED: --seed={options.seed} --first={g.name[1:]} --count=1 --type={options.type}\n{g.text}{why}\n")
    compared, elements = sum(batch.compared for batch in done), sum(batch.elements for batch in done)
    share = compared / elements if elements else math.nan
    print(f"{options.count} graphs of seed {options.seed}, {len(failures)} failed; {100 * share:.2f} % of {elements} numbers "
          "have a finite bound")
    sys.exit(1 if failures or not share >= COMPARED else 0)


if __name__ == "__main__":
    main()
