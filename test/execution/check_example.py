"""Holds one example against everything that must be true of it.

  check_example.py FILE WORK [--sizes 0=37 2=9 ..] [--positive NAME ..] [--integers LO HI]

As f32, every stage is emitted, the text round-trips, the C++ has no warnings, and the module runs. As f32, f64, f16 and bf16
the compiled functions agree with the reference, forward and backward, and as f32 and f64 the gradients with differences;
the options are those of check_agreement.py.
"""

import argparse
import os

import check_agreement
import tools


def check_stages(file, work):
    for stage in ("graph", "gradient", "kernels"):
        if not tools.run("normc", file, f"--emit={stage}").strip():
            tools.fail(f"--emit={stage} is empty")
    printed = tools.run("normc-opt", file)
    if tools.run("normc-opt", "-", text=printed) != printed:
        tools.fail(f"{file} does not print as it reads")
    graph = tools.run("normc", file, "--emit=graph")
    if tools.run("normc", "-", "--emit=kernels", text=graph) != tools.run("normc", file, "--emit=kernels"):
        tools.fail(f"--emit=graph of {file} does not mean what the file does")
    source = tools.run("normc", file, "--emit=cpp")
    tools.run("g++", *tools.WARNINGS, "-fopenmp", "-o", os.path.join(work, "kernels.o"), text=source)
    module = os.path.join(work, "module.so")
    tools.run("normc", file, "-o", module)
    return module


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    check_agreement.add_options(parser)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    check_agreement.check(options.file, "f32", options, module=check_stages(options.file, options.work))
    text = tools.read_text(options.file)
    for kind in ("f64", "f16", "bf16"):
        path = os.path.join(options.work, f"{kind}.mlir")
        check_agreement.check(tools.write_text(path, tools.with_element(text, kind)), kind, options)


if __name__ == "__main__":
    main()
