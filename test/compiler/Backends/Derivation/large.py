"""Writes a graph of many layers: large.py LAYERS"""

import sys

layers = int(sys.argv[1])
print("func.func @deep(%x: tensor<?x64xf32>, %g: tensor<1x64xf32>) -> tensor<?x64xf32> {")
last = "x"
for number in range(layers):
    print(f"  %n{number} = norm.layer_norm %{last}, %g over [1] : tensor<?x64xf32>, tensor<1x64xf32>")
    print(f"  %t{number} = norm.gelu %n{number} : tensor<?x64xf32>")
    print(f"  %r{number} = norm.add %t{number}, %{last} : tensor<?x64xf32>, tensor<?x64xf32>")
    last = f"r{number}"
print(f"  return %{last} : tensor<?x64xf32>\n}}\nnorm.gradient @deep_grad of @deep wrt [0, 1]")
