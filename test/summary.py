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
    for part in re.split(r"^-{58}\n", log, flags=re.M):
        head = re.search(r"^\d+/\d+ Testing: (.*)$", part, flags=re.M)
        verdict = re.search(r"^Test (Passed|Failed|\w.*)\.$", part, flags=re.M)
        if not head and not verdict:
            continue
        if head and head[1] == "lit" or "Testing Time:" in part:
            count = lambda label: sum(int(n) for n in re.findall(rf"^\s*{label}\s*:\s*(\d+)", part, flags=re.M))
            found = count("Passed") + count("Expectedly Failed"), count("Failed") + count("Unresolved") + count(
                "Timed Out") + count("Unexpectedly Passed"), count("Unsupported") + count("Skipped")
            if any(found):
                passed, failed, skipped = passed + found[0], failed + found[1], skipped + found[2]
                skips += re.findall(r"^UNSUPPORTED: (.*?) \(", part, flags=re.M)
                continue
        if verdict:
            passed += verdict[1] == "Passed"
            failed += verdict[1] != "Passed"
    for name in skips:
        print(f"skipped: {name}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
