#!/usr/bin/env python3
"""Runs a command that must end with a certain status: exit_status.py STATUS COMMAND.."""
import subprocess
import sys

done = subprocess.run(sys.argv[2:], check=False)
if done.returncode != int(sys.argv[1]):
    sys.exit(f"exit status {done.returncode}, not {sys.argv[1]}")
