"""Holds the length of emitted C++: each graph makes a file of so many lines at most, with one function of so many."""
import re
import subprocess
import sys

BATCH_NORM = """func.func @f(%x: tensor<{x}xf32>, %gamma: tensor<{c}xf32>, %beta: tensor<{c}xf32>) -> tensor<{x}xf32> {{
  %mu = norm.mean %x over [{axes}] : tensor<{x}xf32>
  %xmu = norm.sub %x, %mu : tensor<{x}xf32>, tensor<{c}xf32>
  %sq = norm.square %xmu : tensor<{x}xf32>
  %var = norm.mean %sq over [{axes}] : tensor<{x}xf32>
  %eps = norm.constant 1.0e-5 : tensor<{one}xf32>
  %vareps = norm.add %var, %eps : tensor<{c}xf32>, tensor<{one}xf32>
  %ivar = norm.rsqrt %vareps : tensor<{c}xf32>
  %xhat = norm.mul %xmu, %ivar : tensor<{x}xf32>, tensor<{c}xf32>
  %gammax = norm.mul %gamma, %xhat : tensor<{c}xf32>, tensor<{x}xf32>
  %out = norm.add %gammax, %beta : tensor<{x}xf32>, tensor<{c}xf32>
  return %out : tensor<{x}xf32>
}}"""
LAYER_NORM = """func.func @f(%x: tensor<8192x768xf32>, %gamma: tensor<1x768xf32>, %beta: tensor<1x768xf32>) -> tensor<8192x768xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<8192x768xf32>, tensor<1x768xf32>, tensor<1x768xf32>
  return %y : tensor<8192x768xf32>
}"""
SOFTMAX = """func.func @f(%x: tensor<16384x1024xf32>) -> tensor<16384x1024xf32> {
  %y = norm.softmax %x over [1] : tensor<16384x1024xf32>
  return %y : tensor<16384x1024xf32>
}"""

# By name: the graph, lines of the file, lines of the kernel.
CASES = {
    "batch norm, N x D": (BATCH_NORM.format(x="?x64", c="1x64", axes="0", one="1x1"), 149, 68),
    "batch norm, N x 256": (BATCH_NORM.format(x="?x256", c="1x256", axes="0", one="1x1"), 149, 68),
    "batch norm, small": (BATCH_NORM.format(x="128x64", c="1x64", axes="0", one="1x1"), 100, 46),
    "batch norm, N x H x W x C": (BATCH_NORM.format(x="128x56x56x64", c="1x1x1x64", axes="0, 1, 2", one="1x1x1x1"), 149, 66),
    "batch norm, N x C x H x W": (BATCH_NORM.format(x="128x64x56x56", c="1x64x1x1", axes="0, 2, 3", one="1x1x1x1"), 222, 62),
    "layer norm": (LAYER_NORM, 159, 50),
    "softmax": (SOFTMAX, 190, 53),
}


def main():
    wrong = False
    for name, (graph, file_bound, kernel_bound) in CASES.items():
        text = subprocess.run(["normc", "-", "--emit=cpp"], input=graph, text=True, check=True, capture_output=True).stdout
        kernel = re.search(r'^extern "C" int32_t normc_f\(.*?^}', text, flags=re.S | re.M).group(0)
        lines, kernel_lines = text.count("\n"), kernel.count("\n") + 1
        print(f"{name}: {lines} lines, of which the kernel {kernel_lines}")
        wrong |= lines > file_bound or kernel_lines > kernel_bound
        helpers = text[: text.index("} // namespace")]
        for number, line in enumerate(helpers.split("\n"), 1):
            if len(line) > 120 and "units in the last place" not in line:
                print(f"{name}: line {number} has {len(line)} characters: {line}")
                wrong = True
    sys.exit(wrong)


if __name__ == "__main__":
    main()
