#!/usr/bin/env python3
"""Runs normc-bench on small arrays and checks what it says: check_bench.py FOLDER EXAMPLES."""
import json
import math
import os
import subprocess
import sys

folder, examples = sys.argv[1:]
faults = []
checks = 0

TYPES = """
func.func @types(%x: tensor<?x5xf16>, %y: tensor<?x5xbf16>, %on: tensor<?x5xi1>, %label: tensor<?x1xi32>, %d: tensor<1x5xf64>)
    -> tensor<?x5xf16> {
  %yf = norm.cast %y : tensor<?x5xbf16> to f16
  %lf = norm.cast %label : tensor<?x1xi32> to f16
  %df = norm.cast %d : tensor<1x5xf64> to f16
  %s = norm.select %on, %x, %yf : tensor<?x5xi1>, tensor<?x5xf16>, tensor<?x5xf16>
  %t = norm.add %s, %lf : tensor<?x5xf16>, tensor<?x1xf16>
  %u = norm.add %t, %df : tensor<?x5xf16>, tensor<1x5xf16>
  return %u : tensor<?x5xf16>
}
func.func @outer(%x: tensor<?x1xf32>, %y: tensor<1x?xf32>) -> tensor<?x?xf32> {
  %z = norm.mul %x, %y : tensor<?x1xf32>, tensor<1x?xf32>
  return %z : tensor<?x?xf32>
}
"""


def check(ok, what):
    global checks
    checks += 1
    if not ok:
        faults.append(what)


def bench(*words, stdin=None):
    return subprocess.run(["normc-bench", *words], input=stdin, capture_output=True, text=True, check=False)


def rows(*words):
    """The benchmarks of a run that must succeed, each checked against google-benchmark's schema."""
    done = bench(*words, "--format=json", "--threads=2", "--repetitions=3")
    check(done.returncode == 0 and not done.stderr, f"{words}: exit code {done.returncode}: {done.stderr}")
    if done.returncode != 0:
        return []
    document = json.loads(done.stdout)
    check(set(document) == {"context", "benchmarks"}, f"{words}: {sorted(document)}")
    context = document["context"]
    for key, kind in (("date", str), ("host_name", str), ("executable", str), ("num_cpus", int), ("caches", list),
                      ("mhz_per_cpu", (int, float)), ("cpu_scaling_enabled", bool), ("load_avg", list),
                      ("library_build_type", str)):
        check(isinstance(context.get(key), kind), f"{words}: context {key} is {context.get(key)!r}")
    check(context["date"][:2] == "20" and context["executable"].endswith("normc-bench"), f"{words}: {context}")
    for cache in context["caches"]:
        check(set(cache) == {"level", "num_sharing", "size", "type"}, f"{words}: {cache}")
    for index, row in enumerate(document["benchmarks"]):
        expected = {"run_name": row["name"], "run_type": "iteration", "family_index": index, "threads": 2,
                    "per_family_instance_index": 0, "repetitions": 3, "repetition_index": 0, "time_unit": "ns"}
        for key, value in expected.items():
            check(row.get(key) == value, f"{words}: {key} is {row.get(key)!r}, not {value!r}")
        check(row["iterations"] >= 3, f"{words}: {row['iterations']} iterations")
        for key in ("real_time", "cpu_time", "certified_bytes", "minimum_bytes", "ratio_to_copy", "bytes_per_second",
                    "ratio_to_copy_by_median", "ratio_to_minimum_copy", "fastest_time", "fastest_copy_time", "copy_time"):
            check(row[key] > 0 and math.isfinite(row[key]), f"{words}: {key} is {row[key]}")
        check(row["fastest_time"] <= row["real_time"], f"{words}: the fastest is slower than the median")
        check(math.isclose(row["bytes_per_second"] * row["real_time"] * 1e-9, row["certified_bytes"], rel_tol=1e-6),
              f"{words}: bytes per second")
        for kind in ("certified", "minimum"):
            check(row[f"{kind}_bytes_read"] + row[f"{kind}_bytes_written"] == row[f"{kind}_bytes"], f"{words}: {kind} bytes")
        check(row["certified_bytes"] >= row["minimum_bytes"], f"{words}: certified below the minimum")
    return document["benchmarks"]


def numbers(benchmarks, *keys):
    return [tuple(row[key] for key in ("name", *keys)) for row in benchmarks]


def fault(text, *words, status=1, stdin=None):
    done = bench(*words, stdin=stdin)
    check(done.returncode == status and text in done.stderr and not done.stdout,
          f"{words}: exit code {done.returncode}, {done.stderr!r}, where {status} and {text!r} are expected")


def main():
    graph = os.path.join(examples, "batch_norm.mlir")
    least = ("minimum_bytes_read", "minimum_bytes_written", "working_set_bytes", "fits_caches")

    # Each argument once and each result once; the forward's saved mu and ivar are 64 numbers of f32 or f64.
    function = rows(graph, "--function=batch_norm", "--shapes=37x64xf32")
    x = 37 * 64 * 4
    check(numbers(function, *least) == [("batch_norm", x + 512, x, 2 * x + 512, 1)], f"batch norm: {function}")
    gradient = rows(graph, "--function=batch_norm_grad", "--shapes=37x64xf32")
    check([row["name"] for row in gradient] == ["batch_norm_grad_forward", "batch_norm_grad_backward"], f"rows: {gradient}")
    forward, backward = gradient if len(gradient) == 2 else sys.exit("no two rows")
    saved = forward["minimum_bytes_written"] - x
    check(forward["minimum_bytes_read"] == x + 512 and saved in (512, 1024), f"forward: {forward}")
    check(backward["minimum_bytes_read"] == 2 * x + 256 + saved, f"backward reads: {backward}")
    check(backward["minimum_bytes_written"] == x + 512, f"backward writes: {backward}")

    # All shapes may be given, also that of the cotangent; a module says the same as its graph.
    subprocess.run(["normc", graph, "-o", os.path.join(folder, "bn.so")], check=True)
    full = rows(os.path.join(folder, "bn.so"), "--function=batch_norm_grad", "--shapes=37x64xf32,1x64xf32,1x64xf32,37x64xf32")
    check(numbers(full, *least) == numbers(gradient, *least), f"the module: {full}")
    # A half of a pair is a function too; all that it takes must be given.
    half = rows(os.path.join(folder, "bn.so"), "--function=batch_norm_grad_forward", "--shapes=37x64xf32")
    check(numbers(half, *least) == numbers(gradient[:1], *least), f"a half: {half}")

    # Static extents need no shapes, and may be merged; other types; arrays without elements; labels; state.
    group = os.path.join(examples, "group_norm.mlir")
    check(numbers(rows(group, "--function=group_norm_grad"), *least) ==
          numbers(rows(group, "--function=group_norm_grad", "--shapes=2x12x8x8xf32,12xf32,12xf32"), *least), "merged axes")
    path = os.path.join(folder, "types.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(TYPES)
    types = rows(path, "--function=types", "--shapes=7x5xf16,7x5xbf16,7x5xi1,7x1xi32")
    check(numbers(types, *least[:2]) == [("types", 7 * (10 + 10 + 5 + 4) + 40, 70)], f"types: {types}")
    # More is written than read.
    outer = rows(path, "--function=outer", "--shapes=301x1xf32,1x307xf32")
    check(numbers(outer, *least[:2]) == [("outer", 4 * (301 + 307), 4 * 301 * 307)], f"outer: {outer}")
    check(bench(path, "--function=types", "--shapes=0x5xf16,0x5xbf16,0x5xi1,0x1xi32", "--threads=1",
                "--repetitions=1").returncode == 0, "arrays without elements")
    training = rows(os.path.join(examples, "batch_norm_training.mlir"), "--function=batch_norm_grad", "--shapes=9x64xf32")
    check(len(training) == 2, f"state: {training}")

    # Faults.
    good = (graph, "--function=batch_norm", "--shapes=3x64xf32")
    fault("the extents of argument 'x' are not known: it is ?x64xf32", graph, "--function=batch_norm")
    fault("argument 'x' is ?x64xf32, but --shapes has f64 for it", graph, "--function=batch_norm", "--shapes=3x64xf64")
    fault("argument 'x' is ?x64, but the array is 3x65", graph, "--function=batch_norm", "--shapes=3x65xf32")
    fault("--shapes has 4 arrays, but 'batch_norm' takes 3", graph, "--function=batch_norm",
          "--shapes=3x64xf32,1x64xf32,1x64xf32,3x64xf32")
    fault("they must agree", graph, "--function=batch_norm_grad", "--shapes=3x64xf32,1x64xf32,1x64xf32,4x64xf32")
    for text, why in (("3x64", "'3x64' does not end with a type"), ("3x-4xf32", "'-4' is not an extent"),
                      ("f32", "the rank must be 1 to 8, but it is 0"), ("3x64xf32,", "'' does not end with a type")):
        fault(f"--shapes={text}: {why}; write a type for each argument, like", graph, "--function=batch_norm",
              f"--shapes={text}")
    fault("no memory for an array", graph, "--function=batch_norm", "--shapes=100000000000000x64xf32")
    fault("there is no function 'nothing'", graph, "--function=nothing")
    fault("missing.mlir", "missing.mlir", "--function=f")
    fault("error:", "-", "--function=f", stdin="func.func @f(")
    for words in (("--threads=0",), ("--threads=4097",), ("--repetitions=0",), ("--device=gpu",), ("--format=text",),
                  ("--unknown",)):
        fault("", *good, *words, status=2)
    fault("--threads must be 1 to 4096, not 0", *good, "--threads=0", status=2)
    fault("", graph, status=2)
    help_text = bench("--help")
    check(help_text.returncode == 0 and "usage: normc-bench" in help_text.stdout, "--help")

    for text in faults:
        print(f"WRONG {text}")
    print(f"{checks} checks, {len(faults)} wrong")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
