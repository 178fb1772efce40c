#!/usr/bin/env python3
"""Adds up what the last run of the tests did: summary.py BUILD.

CTest counts the suite of texts as one test; here each of its files counts. Exits with 1 where a test failed.
"""
import os
import re
import sys


def main():
    folder = os.path.join(sys.argv[1], "Testing", "Temporary")
    with open(os.path.join(folder, "LastTest.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    passed = failed = skipped = 0
    skips = []
    # Each test is headed "3/97 Testing: name" and ends with "Test Passed." or another verdict.
    for part in re.split(r"^(?=\d+/\d+ Testing: )", log, flags=re.M)[1:]:
        if part.split("\n", 1)[0].endswith(" Testing: lit"):
            def count(label):
                return sum(int(n) for n in re.findall(rf"^\s*{label}\s*:\s*(\d+)", part, flags=re.M))
            passed += count("Passed")
            failed += count("Failed") + count("Unresolved") + count("Timed Out")
            skipped += count("Unsupported") + count("Skipped")
            skips += re.findall(r"^UNSUPPORTED: (.*?) \(", part, flags=re.M)
        elif re.search(r"^Test Passed\.$", part, flags=re.M):
            passed += 1
        else:
            failed += 1
    for name in skips:
        print(f"skipped: {name}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
