"""Arrays that begin anywhere in a GPU's memory: check_unaligned.py LIBRARY WORK, on the mock of a driver (NORMC_LIBCUDA)

Kernels read and write up to 16 bytes at once where arrays are aligned, and an element where they are not. Each graph runs on aligned
arrays, on arrays that all begin an element later, and on arrays of which each begins at another place: all results, forward and
backward, have the same bits. An access of several elements that is not aligned is a fault of the mock's machine.
"""

import array
import os
import random
import sys

import tools

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "benchmark", "gpu"))
import device  # noqa: E402

GRAPHS = {
    "rows": ("9x64", "1x64", "layer_norm", "[1]"),
    "long rows": ("3x2500", "1x2500", "layer_norm", "[1]"),
    "columns": ("70x64", "1x64", "batch_norm", "[0]"),
    "many columns": ("40x260", "1x260", "batch_norm", "[0]"),
    "planes": ("2x3x8x12", "1x3x1x1", "batch_norm", "[0, 2, 3]"),
}
SIZE = {"f32": 4, "bf16": 2}


def graph(x, c, layer, axes, kind):
    x, c = f"tensor<{x}x{kind}>", f"tensor<{c}x{kind}>"
    return f"""func.func @f(%x: {x}, %gamma: {c}, %beta: {c}) -> {x} {{
  %y = norm.{layer} %x, %gamma, %beta over {axes} {{eps = 1.0e-5}} : {x}, {c}, {c}
  return %y : {x}
}}
norm.gradient @g of @f wrt [0, 1, 2]
"""


def numbers(count, kind, seed):
    values = array.array("f", (random.Random(seed).uniform(-2, 2) for _ in range(count)))
    # A bf16 is the upper half of a float.
    return bytearray(values) if kind == "f32" else bytearray(array.array("H", memoryview(values).cast("B").cast("H")[1::2]))


def run(gpu, path, kind, offset):
    """What all results are, with each array so many elements past an aligned place."""
    module = device.Module(gpu, path, "g")
    arrays, results = {}, {}
    for name, half in module.halves.items():
        for is_result in (0, 1):
            for index, key in enumerate(half.keys(is_result)):
                size = half.size(is_result, index)
                if key not in arrays:
                    width = device.TYPES[half.values[is_result][index].type][1] // 8
                    arrays[key] = gpu.allocate(size + 64) + offset(len(arrays)) * width
                    if not is_result and name == "forward" or key[0] == device.COTANGENT:
                        gpu.copy_in(arrays[key], numbers(size // SIZE[kind], kind, len(arrays)))
                if is_result:
                    results[key] = size
        half.add(arrays)
        half(0)
    gpu.synchronize()
    found = {}
    for key, size in results.items():
        found[key] = bytearray(size)
        gpu.copy_out(found[key], arrays[key])
    module.close()
    gpu.free()
    return found


def main():
    library, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    paths = {}
    for name, case in GRAPHS.items():
        for kind in SIZE:
            path = os.path.join(work, f"{name.replace(' ', '_')}.{kind}")
            tools.write_text(path + ".mlir", graph(*case, kind))
            tools.run("normc", path + ".mlir", "--emit=module", "--target=sm_80", "-o", path + ".so",
                      environment={"NORMC_CXXFLAGS": "-O0"})
            paths[name, kind] = path + ".so"
    os.environ["NORMC_MOCK_MODULE"] = ":".join(paths.values())
    gpu = device.Device(library)
    for (name, kind), path in paths.items():
        aligned = run(gpu, path, kind, lambda number: 0)
        if not any(any(result) for result in aligned.values()):
            tools.fail(f"{name}, {kind}: all results are 0")
        for how, offset in (("an element later", lambda number: 1), ("anywhere", lambda number: number % 5)):
            for key, result in run(gpu, path, kind, offset).items():
                if result != aligned[key]:
                    tools.fail(f"{name}, {kind}: result {key} has other bits where arrays begin {how}")
    gpu.close()
    print(f"{len(paths)} modules have the same bits wherever their arrays begin")


if __name__ == "__main__":
    main()
