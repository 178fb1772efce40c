"""The same bits for any number of threads, and run to run: check_determinism.py FILE WORK [options of check_agreement.py]"""

import argparse
import os

import check_agreement
import tools

parser = argparse.ArgumentParser(description=__doc__)
check_agreement.add_options(parser)
options = parser.parse_args()
os.makedirs(options.work, exist_ok=True)
module = os.path.join(options.work, "module.so")
tools.run("normc", options.file, "-o", module)
for function in tools.functions_of(options.file):
    inputs = [check_agreement.make_input(value, "f32", 1 + position, options, options.work)
              for position, value in enumerate(function.arguments)]
    first = None
    for threads in ("1", "2", "3", "7", "16", "2"):
        results = tools.evaluate(module, function, inputs, os.path.join(options.work, f"{function.name}.{threads}"),
                                 environment={"OMP_NUM_THREADS": threads})
        first = first or results
        tools.compare_bits(results, first, f"@{function.name} on {threads} threads and on 1")
