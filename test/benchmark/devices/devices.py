"""Synchronized batch norm on 1 to 4 ranks of one machine, and a model of what more ranks would take.

  devices.py BUILD [--rows=8192] [--steps=15] [--output=FILE.md]

Measured: the time of a training step, forward and backward of batch norm over 64 features, where each rank has the same number of
rows whatever their number (weak scaling), one thread a rank; and that of a collective alone, for payloads of several sizes. Modelled: steps on
up to 1,024 ranks, from these points. Needs nothing but the standard library.
"""

import argparse
import ctypes
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from interface import DLTensor, Error, Options, VERSION  # noqa: E402

F32, F64 = 3, 4
COLUMNS = 64
GRAPH = f"""
func.func @batch_norm(%x: tensor<?x{COLUMNS}xf32> {{norm.shard = 0 : i64}}, %gamma: tensor<1x{COLUMNS}xf32>, %beta: tensor<1x{COLUMNS}xf32>)
    -> tensor<?x{COLUMNS}xf32> {{
  %y = norm.batch_norm %x, %gamma, %beta over [0] {{eps = 1.0e-5}} : tensor<?x{COLUMNS}xf32>, tensor<1x{COLUMNS}xf32>, tensor<1x{COLUMNS}xf32>
  return %y : tensor<?x{COLUMNS}xf32>
}}
norm.gradient @step of @batch_norm wrt [0, 1, 2]
"""
# What a rank sends in a step: the count and two numbers a feature, forward and backward.
COLLECTIVES, STEP_BYTES = 2, 8 * (1 + 2 * COLUMNS)


class Runtime:
    def __init__(self, build, work):
        self.library = ctypes.CDLL(os.path.join(build, "lib", "libnormrt.so"))
        graph, module = os.path.join(work, "batch_norm.mlir"), os.path.join(work, "batch_norm.so")
        with open(graph, "w", encoding="utf-8") as file:
            file.write(GRAPH)
        subprocess.run([os.path.join(build, "bin", "normc"), graph, "-o", module], check=True)
        handle = ctypes.c_void_p()
        self.check(self.library.normrt_open, module.encode(), ctypes.byref(handle))
        self.step = ctypes.c_void_p()
        self.check(self.library.normrt_find, handle, b"step", ctypes.byref(self.step))

    def check(self, function, *arguments):
        error = Error()
        if function(*arguments, ctypes.byref(error)) != 0:
            raise RuntimeError(error.message.decode())

    def on_ranks(self, ranks, body):
        """Runs body(rank, handle of the group) in a thread for each rank."""
        handles = (ctypes.c_void_p * ranks)()
        self.check(self.library.normrt_group_open, b"local", ranks, None, handles)
        faults = []

        def run(rank):
            try:
                body(rank, ctypes.c_void_p(handles[rank]))
            except RuntimeError as error:
                faults.append(error)
            self.library.normrt_group_close(ctypes.c_void_p(handles[rank]))

        threads = [threading.Thread(target=run, args=(rank,)) for rank in range(ranks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]


class Tensor:
    def __init__(self, *shape, value=1.0):
        self.data = (ctypes.c_float * math.prod(shape))(*([value] * math.prod(shape)))
        self.shape = (ctypes.c_int64 * len(shape))(*shape)
        self.view = DLTensor(ctypes.addressof(self.data), 1, 0, len(shape), 2, 32, 1, self.shape, None, 0)


def time_steps(runtime, ranks, rows, steps):
    """Seconds of a step, the median of rank 0."""
    times = []

    def body(rank, group):
        parameters = [Tensor(1, COLUMNS) for _ in range(2)]
        inputs = [Tensor(rows, COLUMNS), *parameters, Tensor(rows, COLUMNS)]
        outputs = [Tensor(rows, COLUMNS), Tensor(rows, COLUMNS), Tensor(1, COLUMNS), Tensor(1, COLUMNS)]
        views = [(DLTensor * 4)(*(t.view for t in tensors)) for tensors in (inputs, outputs)]
        options = Options(version=VERSION, threads=1, group=group)
        for step in range(steps + 2):
            start = time.perf_counter()
            runtime.check(runtime.library.normrt_call, runtime.step, views[0], 4, views[1], 4, ctypes.byref(options))
            if rank == 0 and step >= 2:
                times.append(time.perf_counter() - start)

    runtime.on_ranks(ranks, body)
    return statistics.median(times)


def time_collective(runtime, ranks, numbers, repetitions=400):
    """Seconds of a collective of so many f64, a mean over many of rank 0."""
    times = []

    def body(rank, group):
        mine, everything = (ctypes.c_double * numbers)(), (ctypes.c_double * (numbers * ranks))()
        start = time.perf_counter()
        for _ in range(repetitions):
            runtime.check(runtime.library.normrt_group_all_gather, group, b"numbers", F64, ctypes.c_int64(numbers), mine, everything)
        if rank == 0:
            times.append((time.perf_counter() - start) / repetitions)

    runtime.on_ranks(ranks, body)
    return times[0]


def collective_terms(ranks, size):
    """What the latency and the inverse bandwidth are multiplied with: rounds of messages, and the bytes that a rank receives."""
    return math.ceil(math.log2(ranks)) if ranks > 1 else 0, (ranks - 1) * size


def fit(points):
    """Latency and inverse bandwidth, neither below 0: least squares of the relative error over (ranks, bytes, seconds)."""
    saa = sab = sbb = sa = sb = 0.0
    for ranks, size, seconds in points:
        a, b = (term / seconds for term in collective_terms(ranks, size))
        saa, sab, sbb, sa, sb = saa + a * a, sab + a * b, sbb + b * b, sa + a, sb + b
    determinant = saa * sbb - sab * sab
    latency, inverse = (sa * sbb - sb * sab) / determinant, (sb * saa - sa * sab) / determinant
    if inverse < 0:
        return sa / saa, 0.0
    if latency < 0:
        return 0.0, sb / sbb
    return latency, inverse


def model(ranks, compute, latency, inverse):
    rounds, received = collective_terms(ranks, STEP_BYTES)
    return compute + COLLECTIVES * (latency * rounds + inverse * received)


def report(options, steps, points, latency, inverse):
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    yield (f"Synchronized batch norm, {options.rows} rows of {COLUMNS} features a rank, one thread a rank; {cores} cores, which had "
           f"{load:.1f} threads to run when it was measured.")
    yield ""
    yield "Measured: ranks that are threads of one machine. More ranks than cores take turns, which is not modelled."
    yield ""
    yield "| ranks | step, ms | of that on one rank |"
    yield "|---:|---:|---:|"
    for ranks, seconds in steps.items():
        yield f"| {ranks} | {1e3 * seconds:.3f} | {steps[1] / seconds:.0%} |"
    yield ""
    yield "| ranks | bytes of a rank | collective, us | by the model, us |"
    yield "|---:|---:|---:|---:|"
    for ranks, size, seconds in points:
        rounds, received = collective_terms(ranks, size)
        yield f"| {ranks} | {size} | {1e6 * seconds:.1f} | {1e6 * (latency * rounds + inverse * received):.1f} |"
    yield ""
    yield ("A model, not a measurement: step = step of one rank + 2 collectives; collective = latency x log2(ranks), rounded up, + bytes x "
           "(ranks - 1) / bandwidth. \"Fitted\" has the latency and bandwidth of the points above, "
           f"{1e6 * latency:.1f} us and {1e-9 / inverse if inverse else math.inf:.2f} GB/s; \"network\" has those of a cluster, "
           f"{options.latency:g} us and {options.bandwidth:g} GB/s, which nothing here has measured.")
    yield ""
    yield "| ranks | fitted: step, ms | efficiency | network: step, ms | efficiency |"
    yield "|---:|---:|---:|---:|---:|"
    for power in range(11):
        ranks = 2 ** power
        fitted = model(ranks, steps[1], latency, inverse)
        network = model(ranks, steps[1], 1e-6 * options.latency, 1e-9 / options.bandwidth)
        yield f"| {ranks} | {1e3 * fitted:.3f} | {steps[1] / fitted:.0%} | {1e3 * network:.3f} | {steps[1] / network:.0%} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--rows", type=int, default=8192)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--latency", type=float, default=5.0, help="of a network, in us")
    parser.add_argument("--bandwidth", type=float, default=12.5, help="of a network, in GB/s")
    parser.add_argument("--output")
    options = parser.parse_args()
    work = tempfile.TemporaryDirectory()
    runtime = Runtime(os.path.abspath(options.build), work.name)
    steps = {ranks: time_steps(runtime, ranks, options.rows, options.steps) for ranks in range(1, 5)}
    points = [(ranks, 8 * numbers, time_collective(runtime, ranks, numbers))
              for ranks in (2, 3, 4) for numbers in (1, 1 + 2 * COLUMNS, 4096, 65536)]
    latency, inverse = fit(points)
    text = "\n".join(report(options, steps, points, latency, inverse)) + "\n"
    print(text, end="")
    work.cleanup()
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
