"""Fails if an example has no test, or none of its bits: check_coverage.py EXAMPLES TESTS"""

import os
import sys


def names(folder, suffix):
    return {os.path.splitext(name)[0] for name in os.listdir(folder) if name.endswith(suffix)}


examples, tests = names(sys.argv[1], ".mlir"), names(sys.argv[2], ".test") - {"coverage", "readme"}
readme = open(os.path.join(sys.argv[1], "README.md"), encoding="utf-8").read()
faults = [f"examples/{name}.mlir has no test/execution/examples/{name}.test" for name in sorted(examples - tests)]
faults += [f"test/execution/examples/{name}.test is of no example" for name in sorted(tests - examples)]
determinism = open(os.path.join(os.path.dirname(sys.argv[2]), "determinism.test"), encoding="utf-8").read()
faults += [f"test/execution/determinism.test does not run {name}.mlir" for name in sorted(examples)
           if f"%examples/{name}.mlir" not in determinism]
faults += [f"examples/README.md has no command with {name}.mlir" for name in sorted(examples)
           if f"examples/{name}.mlir" not in readme]
if faults or not examples:
    sys.exit("\n".join(faults or [f"no examples in {sys.argv[1]}"]))
