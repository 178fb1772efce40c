"""Checks that a derivation is LaTeX as far as that can be seen without it: latex.py FILE

Braces, environments and \\left with \\right are balanced, and no character of LaTeX's own stands for itself. Where pdflatex is
installed, it must take the file."""

import re
import shutil
import subprocess
import sys
import tempfile



def check(text):
    """What is wrong with a document; empty if nothing is."""
    faults = []
    plain = re.sub(r"\\[\\_$%#&{},]", "", text)
    depth = 0
    for place, c in enumerate(plain):
        depth += {"{": 1, "}": -1}.get(c, 0)
        if depth < 0:
            faults.append(f"a brace closes what none opened: ..{plain[max(0, place - 40):place + 1]}")
            break
    if depth > 0:
        faults.append(f"{depth} braces stay open")
    open_names = []
    for verb, name in re.findall(r"\\(begin|end)\{([^}]*)\}", text):
        if verb == "begin":
            open_names.append(name)
        elif not open_names or open_names.pop() != name:
            faults.append(f"\\end{{{name}}} ends another environment")
    if open_names:
        faults.append(f"environments stay open: {open_names}")
    for line in text.splitlines():
        if len(re.findall(r"\\left\b", line)) != len(re.findall(r"\\right\b", line)):
            faults.append(f"\\left and \\right do not match: {line}")
    if re.search(r"[$%#]", plain):
        faults.append("a character of LaTeX's own is not escaped")
    if re.search(r"\w_\w", re.sub(r"_\{", "", plain).replace("\\operatorname", "")):
        faults.append("an underscore is not escaped")
    return faults


def main():
    with open(sys.argv[1]) as file:
        text = file.read()
    faults = check(text)
    if not text.startswith("\\documentclass") or "\\begin{document}" not in text:
        faults.append("it is no document")
    if shutil.which("pdflatex"):
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run(["pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error",
                                     f"-output-directory={folder}", sys.argv[1]], capture_output=True, text=True,
                                    errors="replace")
            if result.returncode:
                faults.append("pdflatex refuses it: " + "".join(re.findall(r"^!.*\n|^l\.\d.*\n", result.stdout, re.M)))
    print("\n".join(faults) or "balanced")
    return 1 if faults else 0


sys.exit(main())
