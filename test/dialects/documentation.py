"""Checks the pages that TableGen writes: python documentation.py NORMC_OPT PAGE README INVALID_TEST...

Each op has an example, here or in the README, which normc-opt parses, and numbered constraints; each constraint has a case in the tests, under a
comment that names both: `// mean (c2)`. The README lists each op, and its own examples are parsed as well.
"""

import re
import subprocess
import sys

# Ops that only end a region, or whose example is that of the op around them.
WITHOUT_EXAMPLE = {"kernel.return", "kernel.yield", "kernel.kernel", "kernel.load", "kernel.store", "kernel.index",
                   "kernel.count"}
# Ops that are parts of a pattern, which is shown as a whole in the README.
EXAMPLE_IN_README = {"kernel.accumulate", "kernel.rest", "kernel.keep", "kernel.kept"}
WITHOUT_CONSTRAINTS = {"kernel.return", "kernel.yield", "kernel.load", "kernel.count", "kernel.rest"}


def parse(normc_opt, example):
    """What normc-opt says against an example; empty where nothing."""
    parsed = subprocess.run([normc_opt, "-"], input=example, capture_output=True, text=True)
    return (parsed.stderr or "no reason given") if parsed.returncode else ""


def complaints(normc_opt, page, readme, cases):
    readme_examples = re.findall(r"```mlir\n(.*?)```", readme, flags=re.DOTALL)
    for example in readme_examples:
        if fault := parse(normc_opt, example):
            yield f"the README: an example is not parsed\n{fault}"
    sections = re.split(r"^### `([a-z_]+\.[a-z_]+)`.*$", page, flags=re.MULTILINE)[1:]
    ops = dict(zip(sections[::2], sections[1::2]))
    if len(ops) < 5:
        yield f"the page describes {len(ops)} ops only"
    for op, text in ops.items():
        # The block that describes the syntax is not an example.
        examples = re.findall(r"Example:\s*```mlir\n(.*?)```", text, flags=re.DOTALL)
        blocks = re.findall(r"```mlir\n(.*?)```", text, flags=re.DOTALL)
        if len(blocks) != len(examples):
            yield f"{op}: a block of code is not introduced by 'Example:'"
        shown = any(re.search(rf"{re.escape(op)}\b", example) for example in readme_examples)
        if not examples and op not in WITHOUT_EXAMPLE and not (op in EXAMPLE_IN_README and shown):
            yield f"{op}: no example"
        if examples and op in WITHOUT_EXAMPLE | EXAMPLE_IN_README:
            yield f"{op}: has an example, so it need not be exempt"
        for example in examples:
            if op not in example:
                yield f"{op}: the example does not use the op"
            if fault := parse(normc_opt, example):
                yield f"{op}: the example is not parsed\n{fault}"
        if f"`{op.split('.')[1]}`" not in readme:
            yield f"{op}: not in the README"
        numbers = [int(number) for number in re.findall(r"^\s*- \(c(\d+)\)", text, flags=re.MULTILINE)]
        if ("Constraints:" in text) != bool(numbers):
            yield f"{op}: constraints without numbers, or numbers without a heading"
        if not numbers and op not in WITHOUT_CONSTRAINTS:
            yield f"{op}: no constraints"
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{op}: constraints are numbered {numbers}"
        for number in numbers:
            label = f"// {op.split('.')[1]} (c{number})"
            if label not in cases:
                yield f"{op}: no case '{label}' in the tests of invalid input"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(normc_opt, page, readme, *tests):
    found = list(complaints(normc_opt, read(page), read(readme), "".join(map(read, tests))))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
