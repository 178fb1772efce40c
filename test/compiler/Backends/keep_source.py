#!/usr/bin/env python3
"""Stands in for a C++ compiler: keep_source.py COPY .. -x c++ INPUT -o OUTPUT keeps what it was given to compile."""
import shutil
import sys

source = next(a for a in sys.argv[2:] if a.endswith(".cpp"))
shutil.copy(source, sys.argv[1])
shutil.copy(source, sys.argv[sys.argv.index("-o") + 1])
