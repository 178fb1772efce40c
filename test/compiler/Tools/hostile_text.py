"""Feeds what no parser wants to tools: python hostile_text.py FOLDER TOOL...

Each tool must answer each text with one complaint that begins with the file's name, and with exit code 1: no crash, no
assertion, no stack trace, no waiting, no memory in proportion to what the text would expand to.
"""

import os
import re
import subprocess
import sys
import time

MAX_SECONDS = 60
MAX_MEMORY = 1 << 30

GRAPH = """func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = norm.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
"""


def aliases(definition, count=60):
    """Aliases that each name the one before twice, or once in a deeper place."""
    lines = ["!t0 = i32", "#a0 = 1"] + [definition.format(new=i + 1, old=i) for i in range(count)]
    return "\n".join(lines) + f"\nfunc.func private @g(!t{count})\n" + GRAPH


def nested(depth):
    regions = "module {\n" * depth
    # Closed and open: with the end of the text, or an error, as deep as that.
    return {
        f"parentheses-{depth}": "#a = affine_map" + "(" * depth,
        f"brackets-{depth}": "#a = " + "[" * depth,
        f"brackets-closed-{depth}": "#a = " + "[" * depth + "]" * depth,
        f"braces-{depth}": "#a = " + "{a = " * depth,
        f"angles-{depth}": "!a = " + "tuple<" * depth,
        f"angles-closed-{depth}": "!a = " + "tuple<" * depth + "i32" + ">" * depth,
        f"functions-{depth}": "!a = " + "(" * depth + ")" * depth,
        f"regions-{depth}": regions,
        f"regions-closed-{depth}": regions + "}\n" * depth,
        f"generic-regions-{depth}": '"builtin.module"() ({\n' * depth,
        f"locations-{depth}": GRAPH.replace("\n  return", ' loc("a"(' * depth + "\n  return"),
        f"minus-{depth}": "#a = " + "-" * depth + "1",
        f"minus-apart-{depth}": "#a = " + "- " * depth + "1",
        f"minus-lines-{depth}": "#a = " + "-\n// a comment\n" * depth + "1",
        f"minus-constant-{depth}": GRAPH.replace("norm.neg %x", "norm.constant " + "-" * depth + "1.0"),
        f"affine-minus-{depth}": "#a = affine_map<(d0) -> (" + "-" * depth + "d0)>",
        f"affine-sum-{depth}": "#a = affine_map<(d0) -> (d0" + " + d0" * depth + ")>",
        f"affine-set-{depth}": "#a = affine_set<(d0) : (d0" + " + d0" * depth + " >= 0)>",
        f"alias-types-{depth}": aliases("!t{new} = tuple<!t{old}>", depth),
        f"alias-attributes-{depth}": aliases("#a{new} = [#a{old}]", depth),
        f"alias-locations-{depth}": '#loc0 = loc("a":1:1)\n'
        + "".join(f'#loc{i + 1} = loc("a"(#loc{i}))\n' for i in range(depth))
        + GRAPH,
    }


def cases():
    yield from nested(10_000).items()
    yield from nested(1_000_000).items()
    # Closed again right away, so that only what encloses it counts.
    yield "wide-then-deep", "#a = [" + "[], " * 100_000 + "[" * 300 + "\n"
    # 60 doublings are 2^60.
    yield "aliases-of-types", aliases("!t{new} = tuple<!t{old}, !t{old}>")
    yield "aliases-on-two-lines", aliases("!t{new} =\n  tuple<!t{old}, !t{old}>")
    yield "aliases-of-functions", aliases("!t{new} = (!t{old}) ->\n  !t{old}")
    yield "aliases-with-comments", aliases("!t{new} = // =\n  tuple // )>\n  // \"\n  <!t{old}, // !x = i32\n !t{old}>")
    yield "aliases-on-one-line", aliases("!t{new} = tuple<!t{old}, !t{old}>").replace("\n!t", " !t")
    yield "aliases-of-attributes", aliases("#a{new} = [#a{old}, #a{old}]")
    yield "aliases-of-dictionaries", aliases("#a{new} = {{a = #a{old}, b = #a{old}}}")
    yield "aliases-in-types", aliases("!t{new} = tuple<!t{old}, tensor<4xf32, [#a{old}, #a{old}]>>\n#a{new} = #a{old}")
    yield "aliases-named-loc", aliases("#a{new} = [#a{old}, #a{old}]").replace("#a", "#loc")
    # What looks as if it closed a bracket must not hide a definition.
    yield "aliases-after-a-set", "#s = affine_set<(d0) : (d0 <= 0)>\n" + aliases("!t{new} = tuple<!t{old}, !t{old}>")
    yield "aliases-after-a-string", '#s = "<([{"\n' + aliases("!t{new} = tuple<!t{old}, !t{old}>")
    # What is no text.
    yield "binary", bytes(range(256)) * 64
    yield "random", bytes((i * i * 31 + i * 7) % 251 for i in range(100_000))
    yield "nul", b"\0"
    yield "nul-in-a-graph", GRAPH.replace("norm.neg", "norm.\0neg")
    yield "nul-at-the-end", GRAPH + "\0"
    yield "bytecode", b"ML\xefR\x03MLIR19\0" + bytes(100)
    yield "bytecode-magic-only", b"ML\xefR"
    yield "elf", b"\x7fELF\x02\x01\x01" + bytes(57)
    yield "latin-1", GRAPH.replace("%y", "%\xe4").encode("latin-1")
    yield "utf-16", GRAPH.encode("utf-16")
    yield "byte-order-mark", b"\xef\xbb\xbf" + GRAPH.encode()
    # What is no graph.
    yield "empty", ""
    yield "spaces", " \t\r\n" * 1000
    yield "comment", "// nothing\n"
    yield "comment-without-end", "// nothing"
    for length in (10, 40, 60, 90, 110):
        yield f"truncated-{length}", GRAPH[:length]
    yield "unterminated-string", GRAPH.replace("norm.neg", '"norm.neg')
    yield "unterminated-escape", '#a = "\\'
    yield "escaped-line-end", GRAPH + '#a = "\\\n"\n'
    yield "closed-too-often", GRAPH + "}" * 1000
    yield "arrows", "func.func @f" + "-> " * 100_000
    # One long line, with an error at its end.
    yield "line-of-1-mb", "// " + "x" * 1_000_000 + "\n" + GRAPH.replace("return %y", "return %z")
    yield "error-after-1-mb", "#a = [" + "1, " * 330_000 + "\n"
    yield "name-of-1-mb", GRAPH.replace("%y", "%" + "y" * 1_000_000).replace("norm.neg", "norm.nag")
    yield "number-of-1-mb", GRAPH.replace("norm.neg %x", "norm.constant " + "1" * 1_000_000)
    yield "fraction-of-1-mb", GRAPH.replace("norm.neg %x", "norm.constant 0." + "1" * 1_000_000 + "e-5 : i32")
    yield "string-of-1-mb", GRAPH.replace("{\n", 'attributes {a = "' + "s" * 1_000_000 + '"} {\n', 1)
    yield "axes-of-1-mb", GRAPH.replace("norm.neg %x", "norm.sum %x over [" + "0, " * 330_000 + "0]")
    yield "shape-of-1-mb", GRAPH.replace("tensor<4xf32>", "tensor<" + "4x" * 500_000 + "f32>", 1)
    yield "rest-of-a-shape-of-1-mb", GRAPH.replace("tensor<4xf32>", "tensor<?x" + "4x" * 500_000 + "f32>", 1)
    yield "shape-of-many-words", GRAPH.replace("tensor<4xf32>", "tensor<" + "?x4x" * 250_000 + "f32>", 1)
    yield "more-than-64-mb", b"\n" * (65 << 20)
    # Numbers that no machine has.
    yield "extent", GRAPH.replace("tensor<4x", "tensor<99999999999999999999x", 1)
    yield "negative-extent", GRAPH.replace("tensor<4x", "tensor<-4x", 1)
    yield "axis", GRAPH.replace("norm.neg %x", "norm.sum %x over [9223372036854775807]")
    yield "axis-of-65-bits", GRAPH.replace("norm.neg %x", "norm.sum %x over [18446744073709551616]")
    yield "gradient", GRAPH + "norm.gradient @g of @f wrt [9223372036854775807]\n"
    yield "shard", GRAPH.replace("f32>)", "f32> {norm.shard = -9223372036854775808 : i64})", 1)
    # Attributes of another kind than their op's.
    yield "eps", GRAPH.replace("norm.neg %x", "norm.rms_norm %x over [0] {eps = 1}")
    yield "slope", GRAPH.replace("norm.neg %x", 'norm.leaky_relu %x {slope = "a"}')
    # Ops of other dialects, which the parser knows.
    yield "load", 'kernel.plan @p() {\n  kernel.kernel "k" space [4] parallel [0] {\n    "kernel.load"() : () -> f32\n  }\n}\n'
    yield "store", 'kernel.plan @p() {\n  kernel.kernel "k" space [4] parallel [0] {\n    "kernel.store"() : () -> ()\n  }\n}\n'
    yield "yield", '"kernel.yield"() : () -> ()\n'


def arguments(tool, path):
    name = os.path.basename(tool)
    if name == "normc-run":
        return [tool, path, "--function=f", "--input=4xf32=1"]
    if name == "normc-bench":
        return [tool, path, "--function=f", "--repetitions=1"]
    if name == "normc-opt":
        # What the parser lets pass must not survive the passes.
        return [tool, path, "--verify-graph"]
    return [tool, path, "--emit=graph", "-o", os.devnull]


def complaint(tool, path):
    """What is wrong with the answer to one text; empty where nothing is."""
    start = time.monotonic()
    with subprocess.Popen(arguments(tool, path), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        try:
            answer = process.communicate(timeout=MAX_SECONDS)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return f"no answer within {MAX_SECONDS} s"
    text = answer.decode("utf-8", errors="replace")
    shown = text[:500]
    if process.returncode != 1:
        return f"exit code {process.returncode} instead of 1, after {time.monotonic() - start:.1f} s: {shown}"
    if re.search("Stack dump|Assertion|PLEASE submit|Sanitizer", text):
        return f"a crash: {shown}"
    if not re.match(re.escape(path) + r"(:\d+:\d+)?: error: .", text):
        return f"the answer does not begin with the place: {shown}"
    return ""


def peak_memory(tool, path):
    """The most memory that the tool held, in bytes; in a process of its own, as the system keeps one maximum for all."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True);" \
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    run = subprocess.run([sys.executable, "-c", script, *arguments(tool, path)], capture_output=True, text=True)
    return int(run.stdout) * 1024


def main(folder, *tools):
    os.makedirs(folder, exist_ok=True)
    count, failures = 0, 0
    paths = [("missing", os.path.join(folder, "missing", "file.mlir")), ("folder", folder)]
    for name, content in cases():
        path = os.path.join(folder, f"{name}.mlir")
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        paths.append((name, path))
    for tool in tools:
        for name, path in paths:
            if name == "elf" and os.path.basename(tool) in ("normc-run", "normc-bench"):
                continue  # which take it for a module
            count += 1
            fault = complaint(tool, path)
            if not fault and name.startswith("alias") and (memory := peak_memory(tool, path)) > MAX_MEMORY:
                fault = f"{memory >> 20} MB of memory"
            if fault:
                failures += 1
                print(f"{os.path.basename(tool)}, {name}: {fault}")
    for _, path in paths[2:]:
        os.remove(path)
    print(f"{count} answers, {failures} wrong")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
