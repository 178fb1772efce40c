"""Compiles the C++ of graphs with Clang, no warning allowed: check_warnings.py FOLDER or FILE.."""

import os
import shutil
import sys

import tools

compiler = shutil.which("clang++-19") or shutil.which("clang++") or tools.fail("there is no clang++")
paths = [path for argument in sys.argv[1:]
         for path in ([os.path.join(argument, name) for name in sorted(os.listdir(argument))] if os.path.isdir(argument) else [argument])]
for path in paths:
    if path.endswith(".mlir"):
        source = tools.run("normc", path, "--emit=cpp")
        tools.run(compiler, *tools.WARNINGS, "-fopenmp", "-o", os.devnull, text=source)
        tools.run(compiler, *tools.WARNINGS, "-fsyntax-only", text=source)
