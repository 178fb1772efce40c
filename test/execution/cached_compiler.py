"""The system's compiler for normc, which compiles the same text with the same flags once: cached_compiler.py FOLDER COMPILER ARGUMENT..

Many tests compile the examples, each for a question of its own. FOLDER holds what came out, by the contents of all that went in.
"""

import hashlib
import os
import shutil
import subprocess
import sys


def cpu():
    """What -march=native may depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line for line in file if line.startswith(("flags", "Features"))), "")


def key_of(compiler, arguments):
    """A digest of the command, with the files' contents in place of their paths."""
    program = os.stat(shutil.which(compiler))
    digest = hashlib.sha256(f"{compiler} {program.st_size} {program.st_mtime_ns} {cpu()}".encode())
    for before, word in zip(["", *arguments], arguments):
        if before == "-o":
            continue
        if os.path.isfile(word):
            with open(word, "rb") as file:
                word = hashlib.sha256(file.read()).hexdigest()
        digest.update(f" {word}".encode())
    return digest.hexdigest()


def main():
    folder, compiler, *arguments = sys.argv[1:]
    if "none" in arguments:  # of -x none: objects follow, of a GPU's twins; such modules are large, and few are made twice
        os.execvp(compiler, [compiler, *arguments])
    output = arguments[arguments.index("-o") + 1]
    os.makedirs(folder, exist_ok=True)
    kept = os.path.join(folder, key_of(compiler, arguments))
    if not os.path.exists(kept):
        status = subprocess.run([compiler, *arguments], check=False).returncode
        if status:
            sys.exit(status)
        # Renamed, so that nobody ever sees a part.
        partial = f"{kept}.{os.getpid()}"
        shutil.copyfile(output, partial)
        os.replace(partial, kept)
    shutil.copyfile(kept, output)


if __name__ == "__main__":
    main()
