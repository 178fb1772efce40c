#!/usr/bin/env python3
"""Measures prepared layers on a GPU, beside a copy within its memory and, where it is installed, beside PyTorch.

usage: gpu_suite.py FOLDER --library=BUILD/lib/libnormrt.so [--only=REGEX] [--device-index=K] [--samples=N] [--pytorch=gpu|cpu|none]
                    [--out=FOLDER]

FOLDER is what prepare.py wrote. All candidates of a row run in one loop, in turns, on one stream, timed by the GPU's own events,
each time on other arrays than the time before, past the level 2 cache. Prints one table; --out writes it as markdown and JSON too.
With --pytorch=cpu its layers run on the CPU: whether they are called rightly and agree can be tried without a GPU, their times say nothing.
"""

import argparse
import array
import datetime
import json
import math
import os
import random
import re
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import device as gpu  # noqa: E402
import report  # noqa: E402

# A sample is at least this long: events tell half a microsecond.
SAMPLE_SECONDS = 2e-3
# Prime, so that rows and channels of ordinary extents do not repeat.
PATTERN_ELEMENTS = 65521


def import_torch(options):
    """The peers of PyTorch, or None and why there are none."""
    if options.pytorch == "none":
        return None, "not asked for"
    try:
        import torch_gpu
        return torch_gpu.Peers(options.device_index if options.pytorch == "gpu" else None), ""
    except (ImportError, RuntimeError) as reason:
        return None, str(reason).splitlines()[0]


def measure(device, candidates, samples):
    """{name: seconds of each sample}, in turns."""
    events = device.event(), device.event()
    runs, times, taken = {}, {}, {name: [] for name in candidates}
    for name, run in candidates.items():
        runs[name], once = 0, 0.0
        for _ in range(5):  # code is loaded, clocks rise
            once = device.elapsed(run, 1, runs[name], events)
            runs[name] += 1
        times[name] = max(1, math.ceil(SAMPLE_SECONDS / once))
    for sample in range(samples):
        names = list(candidates)
        for name in names[sample % len(names):] + names[:sample % len(names)]:
            taken[name].append(device.elapsed(candidates[name], times[name], runs[name], events) / times[name])
            runs[name] += times[name]
    return taken


def values(shape, mean, deviation, seed):
    """The bytes of an array of f32: normally distributed numbers, again and again."""
    draw, count = random.Random(seed), math.prod(shape)
    pattern = array.array("f", [draw.gauss(mean, deviation) for _ in range(min(PATTERN_ELEMENTS, count))]).tobytes()
    return bytearray(pattern * (4 * count // len(pattern)) + pattern[:4 * count % len(pattern)])


def arguments_of(case):
    """The bytes of the function's arguments and of the cotangent. Variances, too, are well above 0."""
    c = [extent if axis in case["channels"] else 1 for axis, extent in enumerate(case["shape"])]
    count = {"softmax": 0, "rms_norm": 1}.get(case["kind"], 2) + (0 if case["training"] else 2)
    arrays = [values(case["shape"], 0.0, 1.0, 1)] + [values(c, 1.0, 0.1, 2 + index) for index in range(count)]
    return arrays, values(case["shape"], 0.0, 1.0, 9)


def row_of(case, half, traffic, taken, peers):
    """As normc-bench writes one, with the peers' times over normc's."""
    def ratio(name):
        return min(taken["normc"]) / min(taken[name])

    moved = traffic.read + traffic.written
    median = statistics.median(taken["normc"])
    return {"case": case["name"], "half": half if case["training"] else "", "real_time": 1e9 * median,
            "bytes_per_second": moved / median, "certified_bytes": moved,
            "minimum_bytes": traffic.minimum_read + traffic.minimum_written, "ratio_to_copy": ratio("copy"),
            "ratio_to_minimum_copy": ratio("least"), "peers": {name: 1 / ratio(name) for name in peers}}


def run_case(case, folder, device, torch, options):
    """The rows of one case."""
    arguments, cotangent = arguments_of(case)
    module = gpu.Module(device, os.path.join(folder, case["module"]), case["function"])
    rows = []
    try:
        sets = module.fill(arguments, cotangent)
        others = {}
        if torch:
            result = module.result(sets, len(arguments[0]))
            others = torch.candidates(case, arguments, cotangent, device, result, len(sets))
        for name, half in module.halves.items():
            traffic = half.traffic()
            candidates = {"normc": half, "copy": gpu.Copy(device, traffic.read + traffic.written),
                          "least": gpu.Copy(device, traffic.minimum_read + traffic.minimum_written)}
            peers = {peer: halves[name] for peer, halves in others.items() if name in halves}
            taken = measure(device, {**candidates, **peers}, options.samples)
            rows.append(row_of(case, name, traffic, taken, peers))
    finally:
        device.synchronize()
        module.close()
        device.free()
    return rows


def main():
    parser = argparse.ArgumentParser(description="Measures prepared layers on a GPU.")
    parser.add_argument("folder")
    parser.add_argument("--library", required=True, help="libnormrt.so")
    parser.add_argument("--only", default="", metavar="REGEX", help="cases whose name contains a match")
    parser.add_argument("--device-index", type=int, default=0)
    parser.add_argument("--samples", type=int, default=51)
    parser.add_argument("--pytorch", choices=["gpu", "cpu", "none"], default="gpu", help="where PyTorch's layers run")
    parser.add_argument("--out", default="", metavar="FOLDER", help="where gpu.json and gpu.md are written")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "index.json"), encoding="utf-8") as file:
        cases = [case for case in json.load(file)["cases"] if re.search(options.only, case["name"])]
    if not cases:
        sys.exit(f"gpu_suite.py: no case matches {options.only!r}")
    try:
        device = gpu.Device(options.library, options.device_index)
    except RuntimeError as reason:
        sys.exit(f"gpu_suite.py: {reason}")
    try:
        report_rows(cases, device, options)
    finally:
        device.close()


def report_rows(cases, device, options):
    """Measures the cases, prints and writes the table."""
    torch, left_out = import_torch(options)
    rows = []
    for case in cases:
        rows += run_case(case, options.folder, device, torch, options)
        if torch:
            torch.release()
    names = torch.NAMES if torch else []
    print(device.describe())
    print(report.terminal(rows, names))
    if left_out:
        print(f"PyTorch was left out: {left_out}")
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        context = {"gpu": device.describe(), "date": datetime.date.today().isoformat(), "pytorch": left_out or torch.version()}
        with open(os.path.join(options.out, "gpu.json"), "w", encoding="utf-8") as file:
            json.dump({"context": context, "rows": rows}, file, indent=2)
        with open(os.path.join(options.out, "gpu.md"), "w", encoding="utf-8") as file:
            file.write(report.gpu_markdown(rows, names, context))


if __name__ == "__main__":
    main()
