"""Runs every command of examples/README.md, from the folder above it: check_readme.py EXAMPLES"""

import os
import re
import shlex
import sys

import tools

examples = sys.argv[1]
text = tools.read_text(os.path.join(examples, "README.md"))
commands = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line]
if len(commands) < 10:
    tools.fail("examples/README.md has no commands")
os.chdir(os.path.dirname(examples))
for command in commands:
    if not tools.run(*shlex.split(command)).strip():
        tools.fail(f"this prints nothing: {command}")
