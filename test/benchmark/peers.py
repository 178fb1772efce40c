#!/usr/bin/env python3
"""Measures other libraries in one loop with normc, for suite.py, which starts it with a Python that has them.

Reads a case a line from standard input, as JSON; answers a line each: the fastest time of each peer over normc's, for the forward
and the backward. A peer that is not installed, or does not have the layer, is left out by name. Each peer's results are held
against normc's first, so that the same is compared.
"""

import argparse
import importlib
import json
import sys
import time

import numpy

import interface
import normrt

# Each module offers NAMES, and make(name, case, arguments, cotangent) -> ({half: run}, {half: array}): y and dx.
MODULES = ("peer_torch", "peer_jax", "peer_onednn")
SECONDS = 2.0  # for each half of a case, all candidates together
LEAST, MOST = 7, 51
PAUSE = 0.003  # the threads of one library go to sleep before the next one's start


def find_peers(threads):
    found, left_out = {}, {}
    for module in MODULES:
        try:
            peer = importlib.import_module(module)
            peer.start(threads)
            found.update({name: peer for name in peer.NAMES})
        except (ImportError, OSError) as error:
            left_out[module.removeprefix("peer_")] = str(error).splitlines()[0]
    return found, left_out


def make_arrays(case):
    """Normals for x and the cotangent; parameters near 1 and 0; variances that are positive."""
    random = numpy.random.default_rng(1)

    def normal(shape, mean=0.0, deviation=1.0):
        array = normrt.aligned(shape)
        array[...] = random.standard_normal(shape, numpy.float32) * numpy.float32(deviation) + numpy.float32(mean)
        return array

    x = normal(case["shape"])
    c = [extent if axis in case["channels"] else 1 for axis, extent in enumerate(case["shape"])]
    count = {"softmax": 0, "rms_norm": 1}.get(case["kind"], 2)
    arguments = [x] + [normal(c, 1.0 - index, 0.1) for index in range(count)]
    if not case["training"]:
        arguments += [normal(c, 0.0, 0.1), abs(normal(c, 1.0, 0.1))]
    return arguments, normal(case["shape"])


# Of elements before a rectifier so many are so near to 0 that rounding decides on which side they are.
UNDECIDED = 1e-5


def difference(want, got, relu):
    """The largest difference, relative to the largest value; with a rectifier, of those elements that rounding does not decide."""
    differences = numpy.abs(numpy.reshape(got, want.shape) - want).ravel()
    undecided = 1 + int(UNDECIDED * differences.size) if relu else 0
    largest = numpy.partition(differences, -1 - undecided)[-1 - undecided] if undecided < differences.size else 0.0
    return float(largest) / max(1e-30, float(numpy.max(numpy.abs(want))))


def fastest(candidates, quick):
    """The least time of each candidate: all in one loop, in an order that moves on."""
    names = list(candidates)
    once = 0.0
    for run in candidates.values():
        run()
        start = time.perf_counter()
        run()
        once += time.perf_counter() - start
    repetitions = 2 if quick else int(min(MOST, max(LEAST, SECONDS / once)))
    times = {name: float("inf") for name in names}
    for repetition in range(repetitions):
        for index in range(len(names)):
            name = names[(index + repetition) % len(names)]
            time.sleep(PAUSE)
            start = time.perf_counter()
            candidates[name]()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


def compare(case, peers, options):
    arguments, cotangent = make_arrays(case)
    halves, arrays = normrt.open_function(options.library, case["module"], case["function"],
                                          {"arguments": arguments, "cotangent": cotangent}, options.threads)
    for run in halves.values():
        run()
    results = {"forward": arrays[interface.RESULT, 0], "backward": arrays[interface.GRADIENT, 0]} if case["training"] else \
        {"forward": arrays["result", 0]}
    candidates = {half: {"normc": run} for half, run in halves.items()}
    failed = {}
    for name, peer in peers.items():
        try:
            runs, theirs = peer.make(name, case, arguments, cotangent)
        except (RuntimeError, NotImplementedError, ValueError, OSError) as error:
            failed[name] = str(error).splitlines()[0] if str(error) else type(error).__name__
            continue
        for half, run in runs.items():
            error = difference(results[half], theirs[half], case["relu"])
            # More than rounding in another order explains.
            if not error <= 1e-3:
                failed[name] = f"its {half} differs by {error:.1e} of the largest value"
                continue
            candidates[half][name] = run
    ratios = {}
    for half, list_ in candidates.items():
        times = fastest(list_, options.quick)
        ratios[half] = {name: seconds / times["normc"] for name, seconds in times.items() if name != "normc"}
    return {"ratios": ratios, "failed": failed}


def main():
    parser = argparse.ArgumentParser(description="Measures other libraries in one loop with normc.")
    parser.add_argument("--library", required=True, help="libnormrt.so")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    # What the libraries print must not meet the answers.
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(document):
        print(json.dumps(document), file=answers, flush=True)

    peers, left_out = find_peers(options.threads)
    answer({"peers": list(peers), "left_out": left_out})
    for line in sys.stdin:
        answer(compare(json.loads(line), peers, options))


if __name__ == "__main__":
    main()
