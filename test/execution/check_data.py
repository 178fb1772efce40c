"""Batch normalization, forward and backward, of the digits and the photographs: check_data.py EXAMPLES WORK"""

import os
import sys

import npy
import tools


def main():
    examples, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)

    def store(name, values):
        path = os.path.join(work, name + ".npy")
        npy.write(path, values)
        return path

    for graph, data, parameter in (("batch_norm", "digits", (1, 64)), ("batch_norm_nchw", "photos_nchw", (1, 3, 1, 1))):
        values = npy.read(os.path.join(examples, "data", data + ".npy"))
        text = tools.read_text(os.path.join(examples, graph + ".mlir"))
        for kind in ("f32", "f64"):
            file = tools.write_text(os.path.join(work, f"{graph}.{kind}.mlir"), tools.with_element(text, kind))
            function = next(f for f in tools.functions_of(file) if f.name == "batch_norm_grad")
            inputs = [store(f"{data}.{kind}", npy.cast(values, kind)),
                      store(f"gamma.{kind}", npy.make(kind, parameter, 1, mean=1, std=0.2)),
                      store(f"beta.{kind}", npy.make(kind, parameter, 2)),
                      store(f"dout.{kind}", npy.make(kind, values.extents, 3))]
            prefix = os.path.join(work, f"{data}.{kind}")
            want = tools.evaluate(file, function, inputs, prefix + ".want", device="reference")
            got = tools.evaluate(file, function, inputs, prefix + ".got")
            tools.compare(got, want, tools.BOUNDS[kind], f"{data}, {kind}")
            if kind == "f32":
                tools.check(file, function, inputs)
            if data != "digits":
                continue
            # Where a pixel never changes, the output is beta, and x - mean is 0, exactly.
            pixels = [values.values[pixel::64] for pixel in range(64)]
            same = [pixel for pixel in range(64) if len(set(pixels[pixel])) == 1]
            if not same:
                tools.fail("no pixel of the digits is constant; nothing met a variance of 0")
            out, beta, dgamma = npy.read(got[0]).values, npy.read(inputs[2]).values, npy.read(got[2]).values
            if any(out[pixel] != beta[pixel] or dgamma[pixel] != 0 for pixel in same):
                tools.fail("the output of a constant pixel is not beta, or its dgamma is not 0")


if __name__ == "__main__":
    main()
