"""Runs normc's tools for tests: every failure ends the test and says which command failed, and how."""

import os
import re
import subprocess
import sys
from collections import namedtuple

import npy

# Element types are nowhere else followed by these in a graph.
ELEMENT = re.compile(r"\bf32\b|(?<=x)f32\b")
BOUNDS = {"f32": 1e-5, "f64": 1e-12, "f16": 2 * 2.0**-10, "bf16": 2 * 2.0**-7}  # relative to the largest

# How the emitted C++ is compiled where no warning is allowed.
WARNINGS = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-O2", "-c", "-x", "c++", "-"]

Value = namedtuple("Value", "name kind extents")  # extents: numbers, and '?'
Function = namedtuple("Function", "name arguments results")


def fail(message):
    sys.exit(f"FAILED: {message}")


def run(*command, status=0, text=None, environment=None):
    """Standard output of a command that must exit with `status`."""
    command = [str(word) for word in command]
    done = subprocess.run(command, input=text, capture_output=True, text=True,
                          env={**os.environ, **(environment or {})}, check=False)
    if done.returncode != status:
        fail(f"{' '.join(command)}\nexited with {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
    return done.stdout


def fault(*command, status=1, text=None):
    """Standard error of a command that must fail."""
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True, check=False)
    if done.returncode != status or "error:" not in done.stderr:
        fail(f"{' '.join(map(str, command))}\nexited with {done.returncode}, not {status} and an error\n{done.stderr}")
    return done.stderr


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def with_element(text, kind):
    """A graph with another floating-point type."""
    return ELEMENT.sub(kind, text)


def balanced(text, start):
    """The text between the bracket at `start` and the one that closes it."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "(<{") - (text[at] in ")>}" and text[at - 1] != "-")
        if depth == 0:
            return text[start + 1:at]
    fail(f"no bracket closes {text[start:start + 40]}")


def values_of(text):
    values = []
    for name, extents, kind in re.findall(r"(?:%([\w$.-]+): )?tensor<((?:[0-9?]+x)+)(\w+)>", text):
        values.append(Value(name, kind, tuple(e if e == "?" else int(e) for e in extents.split("x")[:-1])))
    return values


def functions_of(path):
    """The functions of a graph and its gradients, with what they take and return."""
    functions = []
    for line in run("normc", path, "--emit=gradient").splitlines():
        header = re.match(r'\s*func\.func @("[^"]*"|[\w$.-]+)\(', line)
        if not header:
            continue
        arguments = balanced(line, header.end() - 1)
        results = line[header.end() + len(arguments):]
        name = re.sub(r'\\(["\\])', r"\1", header.group(1).strip('"'))
        functions.append(Function(name, values_of(arguments), values_of(results)))
    if not functions:
        fail(f"{path} has no function")
    return functions


def evaluate(file, function, inputs, prefix, device="cpu", environment=None, results=None):
    """Runs a function on .npy files, or splats; returns the paths of its results."""
    outputs = [f"{prefix}.{index}.npy" for index in range(len(function.results) if results is None else results)]
    run("normc-run", file, f"--function={function.name}", f"--device={device}",
        *[f"--input={value if '=' in str(value) else f'@{value}'}" for value in inputs],
        *[f"--output=@{output}" for output in outputs], environment=environment)
    return outputs


def check(file, function, inputs):
    """The compiled function is within the bound that is derived for it; returns the table."""
    return run("normc-run", file, f"--function={function.name}", "--check",
               *[f"--input={value if '=' in str(value) else f'@{value}'}" for value in inputs])


def check_calls(file, calls, path, compared, device=()):
    """Likewise for many calls, "FUNCTION INPUT ..", of which a share of all numbers must have a finite bound."""
    report = run("check-calls", file, write_text(path, "".join(f"{call}\n" for call in calls)), *device)
    done, failed, told, numbers = re.search(r"(\d+) calls, (\d+) failed, (\d+) of (\d+) numbers compared", report).groups()
    if int(done) != len(calls) or int(failed) or not int(told) >= compared * int(numbers) > 0:
        fail(f"{file}: of {len(calls)} calls\n{report}")


def compare(got_paths, want_paths, bound, what, absolute=0.0):
    for index, (got, want) in enumerate(zip(got_paths, want_paths)):
        wrong = npy.difference(npy.read(got), npy.read(want), bound, absolute)
        if wrong:
            fail(f"{what}, result {index}: {wrong}")


def compare_bits(got_paths, want_paths, what):
    for index, (got, want) in enumerate(zip(got_paths, want_paths)):
        wrong = npy.first_difference_in_bits(got, want)
        if wrong:
            fail(f"{what}, result {index}: {wrong}")


def check_gradients(file, function, inputs, bound):
    """Central differences agree within `bound`, for every argument."""
    report = run("normc-run", file, f"--function={function.name}", "--check-gradients",
                 *[f"--input={value if '=' in str(value) else f'@{value}'}" for value in inputs])
    rows = report.splitlines()[1:]
    if not rows:
        fail(f"the gradients of {function.name} were not compared:\n{report}")
    for row in rows:
        words = row.split()
        relative = float(words[-2])
        agrees = words[-1] == "agrees" and relative <= bound
        # Elements that were all skipped, as kinks or as undefined, say nothing.
        if not agrees or (int(words[-7]) > 0 and int(words[-6]) == 0):
            fail(f"the gradients of {function.name} differ by more than {bound:.0e}:\n{report}")
