"""Inputs on which normalizations lose everything when they are computed carelessly: check_accuracy.py EXAMPLES WORK

In f32, forward and backward: batch norm of rows of features, of planes (NCHW) and of channels that come last (NHWC), layer
norm, RMS norm, instance norm and one with the statistics of other data. Each result must be within the bound that is derived for it (normc-run --check), and each
element of the output within 1e-6 of the largest of its group. Then NaN and infinity: they poison the group that they are in,
and no other.
"""

import math
import os
import sys

import npy
import tools

LIMIT = 1e-6

CHANNELS_LAST = """
func.func @batch_norm(%x: tensor<?x?x?x16xf32>, %gamma: tensor<1x1x1x16xf32>, %beta: tensor<1x1x1x16xf32>)
    -> tensor<?x?x?x16xf32> {
  %out = norm.batch_norm %x, %gamma, %beta over [0, 1, 2] {eps = 1.0e-5}
      : tensor<?x?x?x16xf32>, tensor<1x1x1x16xf32>, tensor<1x1x1x16xf32>
  return %out : tensor<?x?x?x16xf32>
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
"""

# The statistics are those of other data, so what is subtracted from x is no mean of x.
STATISTICS_OF_OTHERS = """
func.func @other_norm(%x: tensor<?x64xf32>, %z: tensor<?x64xf32>, %beta: tensor<1x64xf32>) -> tensor<?x64xf32> {
  %mu = norm.mean %z over [0] : tensor<?x64xf32>
  %var = norm.variance %z over [0] : tensor<?x64xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : tensor<1x64xf32>, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : tensor<1x64xf32>
  %xmu = norm.sub %x, %mu : tensor<?x64xf32>, tensor<1x64xf32>
  %xhat = norm.mul %xmu, %ivar : tensor<?x64xf32>, tensor<1x64xf32>
  %out = norm.add %xhat, %beta : tensor<?x64xf32>, tensor<1x64xf32>
  return %out : tensor<?x64xf32>
}
norm.gradient @other_norm_grad of @other_norm wrt [0, 1, 2]
"""

# The weights follow from the deviations from the mean, or from the maximum, and the statistics are weighted.
WEIGHTED_BY_ITSELF = """
func.func @weighted_norm(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %center = norm.mean %x over [1] : tensor<?x64xf32>
  %d = norm.sub %x, %center : tensor<?x64xf32>, tensor<?x1xf32>
  %w = norm.sigmoid %d : tensor<?x64xf32>
  %wx = norm.mul %w, %x : tensor<?x64xf32>, tensor<?x64xf32>
  %a = norm.sum %wx over [1] : tensor<?x64xf32>
  %n = norm.sum %w over [1] : tensor<?x64xf32>
  %mu = norm.div %a, %n : tensor<?x1xf32>, tensor<?x1xf32>
  %xmu = norm.sub %x, %mu : tensor<?x64xf32>, tensor<?x1xf32>
  %sq = norm.square %xmu : tensor<?x64xf32>
  %wsq = norm.mul %w, %sq : tensor<?x64xf32>, tensor<?x64xf32>
  %s = norm.sum %wsq over [1] : tensor<?x64xf32>
  %var = norm.div %s, %n : tensor<?x1xf32>, tensor<?x1xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : tensor<?x1xf32>, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : tensor<?x1xf32>
  %out = norm.mul %xmu, %ivar : tensor<?x64xf32>, tensor<?x1xf32>
  return %out : tensor<?x64xf32>
}
norm.gradient @weighted_norm_grad of @weighted_norm wrt [0]
"""
WEIGHTED_BY_A_FUNCTION = WEIGHTED_BY_ITSELF.replace("norm.mean", "norm.max_over")

# A position and a normally distributed number, to the number that is tried.
CASES = {
    "ordinary numbers": lambda i, v: v,
    "a mean a million times the deviation": lambda i, v: 1e6 + v,
    "a mean a million times the deviation, of small numbers": lambda i, v: (1e6 + v) * 2.0**-60,
    "a mean a thousand times the deviation": lambda i, v: -1e3 + v,
    "a constant": lambda i, v: 0.1,
    "a large constant": lambda i, v: 3e5,
    "columns and rows that are constant": lambda i, v: 7.7 if i % 64 < 3 or i // 64 < 3 else v,
    "subnormal numbers": lambda i, v: v * 2.0**-140,
    "large numbers": lambda i, v: v * 2.0**55,
    "one number far from all others": lambda i, v: 1e7 if i == 325 else v,
    "numbers of all sizes": lambda i, v: v * 2.0 ** (i % 61 - 30),
    "two values that are neighbours": lambda i, v: 1.0 + (i % 2) * 2.0**-23,
}


class Graph:
    """`reduced` are the axes of a group; `one` are extents with which each group has one element, if it can. A parameter of None
    is x again. Of all numbers a share, `compared`, has a finite bound. `without` are the cases
    that are left out: products of subnormal numbers have few bits."""

    def __init__(self, file, extents, reduced, parameters, one=None, compared=0.9, without=()):
        self.file, self.extents, self.reduced, self.parameters, self.one = file, extents, reduced, parameters, one
        self.compared, self.without = compared, without

    def groups(self, extents):
        """The group of each position."""
        numbers = []
        for at in range(math.prod(extents)):
            group, rest = [], at
            for axis in reversed(range(len(extents))):
                rest, index = divmod(rest, extents[axis])
                group.append(0 if axis in self.reduced else index)
            numbers.append(tuple(group))
        return numbers


def main():
    examples, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    example = lambda name: os.path.join(examples, name + ".mlir")
    last = tools.write_text(os.path.join(work, "batch_norm_nhwc.mlir"), CHANNELS_LAST)
    weighted = [tools.write_text(os.path.join(work, f"weighted_norm_{k}.mlir"), text)
                for k, text in enumerate((WEIGHTED_BY_ITSELF, WEIGHTED_BY_A_FUNCTION))]
    others = tools.write_text(os.path.join(work, "other_norm.mlir"), STATISTICS_OF_OTHERS)
    for graph in (Graph(example("batch_norm"), (40, 64), [0], [(1, 64)] * 2, (1, 64)),
                  Graph(example("batch_norm_nchw"), (4, 3, 14, 15), [0, 2, 3], [(1, 3, 1, 1)] * 2, (1, 3, 1, 1)),
                  Graph(last, (5, 4, 8, 16), [0, 1, 2], [(1, 1, 1, 16)] * 2, (1, 1, 1, 16)),
                  Graph(example("layer_norm"), (40, 64), [1], [(1, 64)] * 2),
                  Graph(example("rms_norm"), (40, 64), [1], [(1, 64)]),
                  Graph(others, (40, 64), [0], [None, (1, 64)], (1, 64)),
                  *(Graph(file, (40, 64), [1], [], compared=0.5, without=["subnormal numbers"]) for file in weighted),
                  Graph(example("instance_norm"), (3, None, 20, 21), [2, 3], None, (3, None, 1, 1))):
        check(graph, work)


def check(graph, work):
    name = os.path.splitext(os.path.basename(graph.file))[0]
    functions = {function.name: function for function in tools.functions_of(graph.file)}
    function = next(function for function in functions.values() if function.name.endswith("_grad"))
    fill = lambda extents: tuple(known if e is None else e for e, known in zip(extents, function.arguments[0].extents))
    parameters = graph.parameters if graph.parameters is not None else [value.extents for value in function.arguments[1:-1]]

    def store(what, values):
        path = os.path.join(work, f"{name}.{what}.npy")
        npy.write(path, values)
        return path

    calls, prefixes = [], {}

    def plan(case, values, extents, seed):
        inputs = [store(f"{len(calls)}.x", npy.Array("f32", extents, values))]
        inputs += [store(f"{len(calls)}.p{k}", npy.make("f32", shape, seed + k, mean=1 - k, std=0.3)) if shape else inputs[0]
                   for k, shape in enumerate(parameters)]
        inputs.append(store(f"{len(calls)}.dout", npy.make("f32", extents, seed + 2)))
        prefixes[case] = os.path.join(work, f"{name}.{len(calls)}"), inputs, extents
        calls.append(" ".join([function.name, *(f"@{path}" for path in inputs), ">", prefixes[case][0]]))

    extents = fill(graph.extents)
    normal = npy.make("f32", extents, 1).values
    for case, make in CASES.items():
        if case in graph.without:
            continue
        plan(case, [make(i, v) for i, v in enumerate(normal)], extents, 2)
    if graph.one:
        one = fill(graph.one)
        for center in (0.0, 1e6):
            plan(f"one element in a group, near {center:g}", npy.make("f32", one, 3, mean=center).values, one, 5)
    at = len(normal) // 2 + 9
    poisons = {str(poison): poison for poison in (math.nan, math.inf, -math.inf)}
    for case, poison in poisons.items():
        plan(case, normal[:at] + [poison] + normal[at + 1:], extents, 2)
    tools.check_calls(graph.file, calls, os.path.join(work, f"{name}.calls"), graph.compared)

    for case, (prefix, inputs, shape) in prefixes.items():
        if case not in poisons:
            want = npy.read(tools.evaluate(graph.file, function, inputs, prefix + ".want", "reference")[0])
            compare(f"{name} of {case}", npy.read(f"{prefix}.0.npy").values, want.values, graph.groups(shape))
    # out and dx of other groups have the same bits with and without the poison.
    groups = graph.groups(extents)
    for case in poisons:
        for index, result in enumerate(("out", "dx")):
            clean, poisoned = (npy.read(f"{prefixes[of][0]}.{index}.npy").values for of in ("ordinary numbers", case))
            for i, (before, after) in enumerate(zip(clean, poisoned)):
                if groups[i] != groups[at] and after != before:
                    tools.fail(f"{name}: {case} at {at} changed {result} at {i}, of another group, to {after}")
            if math.isfinite(poisoned[at]):
                tools.fail(f"{name}: {case} at {at} left {result} there finite")


def compare(what, got, want, groups):
    """Relative to the largest of the group."""
    largest = {}
    for group, value in zip(groups, want):
        largest[group] = max(largest.get(group, 0.0), abs(value))
    for at, (g, w, group) in enumerate(zip(got, want, groups)):
        if not abs(g - w) <= LIMIT * largest[group]:
            tools.fail(f"{what}: at {at} the output is {g!r}, expected is {w!r}; the largest of the group is "
                       f"{largest[group]:.3g}")


if __name__ == "__main__":
    main()
