#!/usr/bin/env python3
"""Measures normc on the layers of ordinary networks, beside memory and, where they are installed, beside other libraries.

usage: suite.py [--bin=BUILD/bin] [--only=REGEX] [--quick] [--threads=N] [--peers=PYTHON] [--out=FOLDER]

Prints one table; writes results.json, results.md and results.svg into FOLDER. --peers names a Python in which some of PyTorch,
jax and onednn are installed; see README.md beside this file.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

import graphs
import report

HERE = os.path.dirname(os.path.abspath(__file__))
# Arrays of a layer and its gradient, and of the copies that they are held against, in multiples of x.
ARRAYS = 16


def memory_available():
    with open("/proc/meminfo", encoding="ascii") as file:
        return 1024 * int(re.search(r"MemAvailable:\s*(\d+)", file.read()).group(1))


def processor():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        found = re.search(r"model name\s*:\s*(.*)", file.read())
    return found.group(1).strip() if found else "unknown processor"


def fitting(case):
    """The case, with fewer samples where memory is short."""
    while ARRAYS * case.bytes > memory_available() and case.shape[0] > 1:
        case = case.halved()
    return case


def run(command, **rest):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **rest)
    if done.returncode != 0:
        sys.exit(f"suite.py: {' '.join(command)} exited with {done.returncode}\n{done.stderr}")
    return done.stdout


def measure(case, module, options):
    """The rows of one case, of normc alone."""
    command = [os.path.join(options.bin, "normc-bench"), module, f"--function={case.function}", "--format=json",
               f"--threads={options.threads}"]
    if options.quick:
        command.append("--repetitions=2")
    rows = json.loads(run(command))["benchmarks"]
    for row in rows:
        row["case"] = case.name
        row["half"] = row["name"].rsplit("_", 1)[1] if case.training else ""
        row["peers"] = {}
    return rows


class Peers:
    """Another Python that runs peers.py, which takes a case a line and answers a line each."""

    def __init__(self, python, options):
        # Where packages put libraries that load one another by name.
        folders = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(python))), "lib"),
                   *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        # Without the thresholds PyTorch's figures are mostly page faults of fresh results.
        environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "17179869184",
                       "MALLOC_TOP_PAD_": "1073741824", "OMP_NUM_THREADS": str(options.threads),
                       "LD_LIBRARY_PATH": os.pathsep.join(folders)}
        command = [python, os.path.join(HERE, "peers.py"), "--library", os.path.join(options.bin, "..", "lib", "libnormrt.so"),
                   "--threads", str(options.threads)] + (["--quick"] if options.quick else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        first = self.answer()
        self.names, self.left_out = first["peers"], first["left_out"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"suite.py: peers.py exited with {self.process.wait()}")
        return json.loads(line)

    def compare(self, case, module):
        """{half: {peer: its time over normc's}}"""
        spec = {"kind": case.kind, "shape": case.shape, "image": case.image, "axes": case.axes, "channels": case.channels,
                "layout": case.layout, "relu": case.relu, "training": case.training, "eps": graphs.EPS, "module": module,
                "function": case.function}
        self.process.stdin.write(json.dumps(spec) + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        for peer, reason in answer["failed"].items():
            print(f"{case.name}: {peer} is left out: {reason}", file=sys.stderr)
        return answer["ratios"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def parse():
    parser = argparse.ArgumentParser(description="Measures normc on the layers of ordinary networks.")
    parser.add_argument("--bin", default=os.path.join(HERE, "..", "..", "build", "bin"), help="where normc's tools are")
    parser.add_argument("--only", default="", metavar="REGEX", help="cases whose name contains a match")
    parser.add_argument("--quick", action="store_true", help="small arrays, to see that everything runs")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--peers", metavar="PYTHON", help="a Python with PyTorch, jax or onednn")
    parser.add_argument("--out", default="", metavar="FOLDER", help="where results.json, .md and .svg are written")
    return parser.parse_args()


def main():
    options = parse()
    cases = [case for case in (graphs.quick() if options.quick else graphs.suite()) if re.search(options.only, case.name)]
    if not cases:
        sys.exit(f"suite.py: no case matches {options.only!r}; there are:\n" +
                 "\n".join(case.name for case in graphs.suite()))
    peers = Peers(options.peers, options) if options.peers else None
    names, left_out = (peers.names, peers.left_out) if peers else ([], {})
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for index, case in enumerate(cases):
            if options.out or sys.stderr.isatty():
                print(f"[{index + 1}/{len(cases)}] {case.name}", file=sys.stderr)
            case = fitting(case)
            graph, module = os.path.join(folder, f"{index}.mlir"), os.path.join(folder, f"{index}.so")
            with open(graph, "w", encoding="utf-8") as file:
                file.write(case.text())
            run([os.path.join(options.bin, "normc"), graph, "-o", module])
            measured = measure(case, module, options)
            if peers:
                ratios = peers.compare(case, module)
                for row in measured:
                    row["peers"] = ratios[row["half"] or "forward"]
            rows += measured
    if peers:
        peers.close()
    print(report.terminal(rows, names))
    for name, reason in left_out.items():
        print(f"{name} was left out: {reason}")
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        context = {"processor": processor(), "threads": options.threads, "date": datetime.date.today().isoformat(),
                   "left_out": left_out}
        for name, text in (("results.json", json.dumps({"context": context, "rows": rows}, indent=2)),
                           ("results.md", report.markdown(rows, names, context)), ("results.svg", report.svg(rows, names))):
            with open(os.path.join(options.out, name), "w", encoding="utf-8") as file:
                file.write(text)


if __name__ == "__main__":
    main()
