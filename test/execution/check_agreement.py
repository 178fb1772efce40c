"""Holds each function of a graph, compiled, against the reference, within a part of the largest element and within the bound
that is derived for each, and each gradient against differences.

  check_agreement.py FILE WORK [--sizes 0=37 2=9 ..] [--types f32 f64 ..] [--functions NAME ..] [--positive NAME ..]
                     [--integers LO HI] [--absolute A] [--bits] [--no-differences]

  FILE, WORK        a graph, and a folder for what is made on the way
  --sizes           how long `?` is along an axis
  --types           the graph is written with f32, and is tried with each of these in its place; f32 is the default
  --functions       only these; all otherwise
  --positive        arguments that must be positive, as variances are
  --integers        the range of integer arguments
  --absolute        an error that never counts: where a result is 0 and its terms are not, they leave what they round to
  --bits            compiled and reference must have the same bits: for graphs that compute nothing that could round
  --no-differences  gradients are not held against differences
"""

import argparse
import os

import npy
import tools


def add_options(parser):
    parser.add_argument("file")
    parser.add_argument("work")
    parser.add_argument("--sizes", nargs="*", default=[])
    parser.add_argument("--positive", nargs="*", default=[])
    parser.add_argument("--integers", nargs=2, type=int, default=[0, 9])


def make_input(value, kind, seed, options, work):
    sizes = dict(size.split("=") for size in options.sizes)
    extents = [int(sizes[str(axis)]) if extent == "?" else extent for axis, extent in enumerate(value.extents)]
    if not npy.is_float(value.kind):
        low, high = options.integers if value.kind != "i1" else (0, 1)
        made = npy.integers(value.kind, extents, low, high, seed=seed)
    else:
        made = npy.make(kind, extents, seed, mean=0.5, std=1.5)
        if value.name in options.positive:
            made = npy.Array(kind, extents, [0.1 + abs(element) for element in made.values])
    path = os.path.join(work, f"{kind}.{seed}.npy")
    npy.write(path, made)
    return path


def check(file, kind, options, module=None, functions=(), bits=False, differences=True, absolute=0.0):
    text = tools.read_text(file)
    for number, function in enumerate(tools.functions_of(file)):
        if functions and function.name not in functions:
            continue
        inputs = [make_input(value, kind, 1 + 10 * number + position, options, options.work)
                  for position, value in enumerate(function.arguments)]
        prefix = os.path.join(options.work, f"{kind}.{number}")
        want = tools.evaluate(file, function, inputs, prefix + ".want", device="reference")
        got = tools.evaluate(module or file, function, inputs, prefix + ".got")
        what = f"{kind}: @{function.name}"
        if bits:
            tools.compare_bits(got, want, what)
        else:
            tools.compare(got, want, tools.BOUNDS[kind], what, absolute)
            tools.check(file, function, inputs)
        is_gradient = f'norm.gradient @{function.name} ' in text or f'norm.gradient @"{function.name}" ' in text
        if differences and is_gradient and kind in ("f32", "f64"):
            tools.check_gradients(file, function, inputs, {"f32": 1e-6, "f64": 1e-7}[kind])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--types", nargs="*", default=["f32"])
    parser.add_argument("--functions", nargs="*", default=[])
    parser.add_argument("--absolute", type=float, default=0.0)
    parser.add_argument("--bits", action="store_true")
    parser.add_argument("--no-differences", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    text = tools.read_text(options.file)
    for kind in options.types:
        file = options.file
        if kind != "f32":
            file = tools.write_text(os.path.join(options.work, f"{kind}.mlir"), tools.with_element(text, kind))
        check(file, kind, options, functions=options.functions, bits=options.bits, absolute=options.absolute,
              differences=not options.no_differences)


if __name__ == "__main__":
    main()
