"""The GPU's kernels of a graph, run on the host: the CPU's bits in three orders of their threads, and the certified bytes.

  check_simt.py [--target=sm_90] [--launches=SUFFIX] WORK FILE FUNCTION EXTENTS ..

Of each argument its type and extents: f32:33x64. With --launches a kernel whose name ends so must have been launched.

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
    options = dict(word[2:].split("=") for word in sys.argv[1:] if word.startswith("--"))
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    work, file, function = words[:3]
    target = options.get("target", "sm_80")
    os.makedirs(work, exist_ok=True)
    inputs, symbols = [], {}
    for index, argument in enumerate(words[3:]):
        kind, extents = argument.split(":")
        path = os.path.join(work, f"{function}.{index}.npy")
        shape = npy.parse_extents(extents)
        npy.write(path, npy.integers(kind, shape, 0, 1, index) if kind[0] == "i"
                  else npy.make(kind, shape, seed=index + 1, mean=3.0 if index == 0 else 0.0))
        inputs.append(f"@{path}")
    calls = tools.write_text(os.path.join(work, f"{function}.calls"), f"{' '.join([function, *inputs])}\n")
    print(tools.run("check-calls", file, calls, target))

    module = os.path.join(work, f"{function}.{target}.so")
    tools.run("normc", file, "--emit=module", f"--target={target}", "-o", module)
    counted = counts_of(tools.run("normc-run", module, f"--function={function}", "--device=simt", "--simt-counters",
                                  *[f"--input={path}" for path in inputs]))
    ptx = tools.run("normc", file, "--emit=ptx", f"--target={target}")
    certificates = certificates_of(ptx)
    # What the first symbols are worth, by the arguments of the first function that has this name, or its forward's.
    names = subprocess.run(["normc", file, "--emit=kernels"], capture_output=True, text=True, check=True).stdout
    signature = re.search(rf"kernel\.plan @{function}(?:_forward)?\((.*)", names).group(1)
    for argument, given in zip(re.findall(r"kernel\.extents = array<i64: ([^>]*)>", signature), words[3:]):
        for extent, value in zip(argument.split(", "), npy.parse_extents(given.split(":")[1])):
            if int(extent) < 0:
                symbols.setdefault(f"n{-1 - int(extent)}", value)
    held = 0
    for name, lines in certificates.items():
        if re.search(r"(_sweep\d+|_scalars\d+|_riders|_wide)$", name):
            continue
        # The sums that ride along are merged by one kernel, however the groups were held.
        base = re.sub(r"_(held|grid)$", "", name)
        launches = {launch for launch, _ in counted if re.fullmatch(rf"{name}(_sweep\d+|_scalars\d+)?(_wide)?|{base}_riders(_wide)?", launch)}
        if name not in launches and f"{name}_sweep0" not in launches:
            continue
        for operand, most, formula, how in lines:
            bytes_moved = sum(counted.get((launch, operand), (0, 0))[how == "written"] for launch in launches)
            certified = eval(formula, {}, symbols)  # integers, symbols, * and +
            if not (bytes_moved <= certified if most else bytes_moved == certified):
                tools.fail(f"{name}: {operand} moved {bytes_moved} bytes, {how}; certified are {most}{formula} = {certified}")
            held += 1
    wanted = options.get("launches", "")
    if not any(launch.endswith(wanted) for launch, _ in counted):
        tools.fail(f"no launch of a kernel *{wanted}: {sorted({launch for launch, _ in counted})}")
    if not held:
        tools.fail(f"nothing was held against a certificate:\n{counted}\n{certificates}")
    print(f"{held} operands moved as many bytes as is certified")


if __name__ == "__main__":
    main()
