"""The PTX of each example, forward and backward, in f32, f16 and bf16, for each target.

  check_assembly.py EXAMPLES WORK [--ptxas]

In the text nothing flushes subnormal numbers, approximates, or fuses what the graph does not; no function is called. With
--ptxas each is assembled for its target and for a newer one: nothing is spilled, and registers and shared memory stay within
what lets a block run. Exit status 1: something differs.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "execution"))
import tools  # noqa: E402

TARGETS = ["sm_75", "sm_80", "sm_90"]
ALL_TARGETS = ["sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_90a"]  # of one example
NEWER = {"sm_75": "sm_80", "sm_80": "sm_86", "sm_86": "sm_89", "sm_89": "sm_90"}  # sm_90a runs on nothing else
MOST_REGISTERS, MOST_SHARED = 208, 48 << 10
FORBIDDEN = {
    "flushes subnormal numbers": r"\.ftz\b",
    "approximates": r"\.approx\b|\.full\b|\bex2\b|\blg2\b|\brsqrt\b|\btanh\.",
    "rounds some other way": r"\b(add|sub|mul|fma|div|sqrt)\.(rz|rm|rp)\.f",
    # ptxas may fuse a product and a sum that do not say how they round.
    "leaves rounding open": r"\b(add|sub|mul|div|sqrt)\.f(32|64)\b",
    "has 16-bit floats compute": r"\.(f16|f16x2|bf16|bf16x2)\b",
    "calls a function": r"\bcall\b|\.extern\s+\.func",
}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def check_assembled(path, gpu, what):
    status, _, text = run("ptxas", "-v", f"--gpu-name={gpu}", path, "-o", path + ".cubin")
    if status:
        return [f"{what}: ptxas refuses it for {gpu}:\n{text}"]
    faults = []
    entries = re.split(r"Compiling entry function '", text)[1:]
    if not entries:
        return [f"{what}: ptxas names no entry:\n{text}"]
    for entry in entries:
        name = entry.split("'")[0]
        spills = [int(n) for n in re.findall(r"(\d+) bytes spill", entry)]
        registers = int(re.search(r"Used (\d+) registers", entry).group(1))
        shared = re.search(r"(\d+) bytes smem", entry)
        if len(spills) != 2 or any(spills):
            faults.append(f"{what}, {name} for {gpu}: spills {spills}")
        if registers > MOST_REGISTERS:
            faults.append(f"{what}, {name} for {gpu}: {registers} registers")
        if shared and int(shared.group(1)) > MOST_SHARED:
            faults.append(f"{what}, {name} for {gpu}: {shared.group(1)} bytes of shared memory")
    return faults


def check(example, kind, target, work, assembles):
    name = os.path.basename(example)
    what = f"{name}, {kind}, {target}"
    with open(example, encoding="utf-8") as file:
        text = file.read()
    source = os.path.join(work, f"{kind}.{target}.{name}")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text if kind == "f32" else tools.with_element(text, kind))
    path = source + ".ptx"
    status, _, errors = run("normc", source, "--emit=ptx", f"--target={target}", "-o", path)
    if status:
        # A graph that converts types by hand may not stand for one of another type.
        return [] if kind != "f32" and "error:" in errors and "norm.cast" in text else [f"{what}: {errors}"]
    with open(path, encoding="utf-8") as file:
        ptx = "\n".join(line.split("//")[0] for line in file)
    faults = []
    for rule, pattern in FORBIDDEN.items():
        found = re.search(pattern, ptx)
        if found:
            faults.append(f"{what}: {rule}: {ptx[max(0, found.start() - 60):found.end() + 60]!r}")
    if f".target {target}\n" not in ptx or ".visible .entry" not in ptx:
        faults.append(f"{what}: has no entry for its target")
    if assembles:
        for gpu in (target, NEWER.get(target)):
            faults += check_assembled(path, gpu, what) if gpu else []
    return faults


def main():
    examples, work, assembles = sys.argv[1], sys.argv[2], "--ptxas" in sys.argv
    os.makedirs(work, exist_ok=True)
    jobs = []
    for name in sorted(os.listdir(examples)):
        if not name.endswith(".mlir"):
            continue
        # Each generation with f32, every type on one; the text is much the same elsewhere, so that without ptxas one target does.
        generations = ALL_TARGETS if name == "layer_norm.mlir" else TARGETS
        for kind, targets in (("f32", generations if assembles else ["sm_80"]), ("f16", ["sm_80"]), ("bf16", ["sm_90"])):
            jobs += [(os.path.join(examples, name), kind, target) for target in targets]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as workers:
        faults = sum(workers.map(lambda job: check(*job, work, assembles), jobs), [])
    print("\n".join(faults + [f"{len(jobs)} texts, {len(faults)} faults"]))
    sys.exit(1 if faults or not jobs else 0)


if __name__ == "__main__":
    main()
