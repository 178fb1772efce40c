#!/usr/bin/env python3
"""Holds the declarations of an emitted module against the runtime's header: module_format.py HEADER EMITTED."""
import re
import sys


def structures(path):
    """The struct and function types of a file by name, without comments and spacing."""
    with open(path) as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    # C++ sees a structure that is not declared yet by its keyword.
    text = re.sub(r"\bconst struct (normc_)", r"const \1", text)
    found = {}
    for body, name in re.findall(r"typedef struct normc_\w+ \{(.*?)\} (normc_\w+);", text, flags=re.S):
        found[name] = re.sub(r"\s+", " ", body).strip()
    for declaration, name in re.findall(r"(typedef \w+ \(\*(normc_\w+_function)\)[^;]*;)", text):
        found[name] = re.sub(r"\s+", " ", declaration)
    return found


def main():
    header, emitted = (structures(path) for path in sys.argv[1:])
    if len(header) < 8:
        sys.exit(f"only {sorted(header)} found in the header")
    for name, body in header.items():
        if emitted.get(name) != body:
            sys.exit(f"{name} differs:\n  header:  {body}\n  emitted: {emitted.get(name)}")
    print(f"{len(header)} declarations agree")


if __name__ == "__main__":
    main()
