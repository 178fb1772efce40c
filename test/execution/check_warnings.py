"""Compiles the C++ of every example with Clang, no warning allowed: check_warnings.py EXAMPLES"""

import os
import shutil
import sys

import tools

compiler = shutil.which("clang++-19") or shutil.which("clang++") or tools.fail("there is no clang++")
for name in sorted(os.listdir(sys.argv[1])):
    if name.endswith(".mlir"):
        source = tools.run("normc", os.path.join(sys.argv[1], name), "--emit=cpp")
        tools.run(compiler, *tools.WARNINGS, "-fopenmp", "-o", os.devnull, text=source)
        tools.run(compiler, *tools.WARNINGS, "-fsyntax-only", text=source)
