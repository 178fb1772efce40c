"""Two backwards by hand against the gradient that is derived, in f64: check_forms.py FILE WORK"""

import os
import sys

import npy
import tools

file, work = sys.argv[1:]
os.makedirs(work, exist_ok=True)
graph = tools.write_text(os.path.join(work, "f64.mlir"), tools.with_element(tools.read_text(file), "f64"))
functions = {function.name: function for function in tools.functions_of(graph)}
for rows, mean, std in ((128, 0.0, 1.0), (37, 5.0, 0.5), (2, 0.0, 3.0), (1000, -20.0, 4.0)):
    paths = []
    for seed, extents in enumerate(((rows, 64), (1, 64), (1, 64), (rows, 64))):
        paths.append(os.path.join(work, f"{rows}.{seed}.npy"))
        npy.write(paths[-1], npy.make("f64", extents, seed, *((mean, std) if seed == 0 else (0.5, 1.0))))
    x, gamma, beta, dout = paths
    derived = tools.evaluate(graph, functions["batch_norm_grad"], [x, gamma, beta, dout], os.path.join(work, "derived"))
    by_hand = tools.evaluate(graph, functions["batch_norm_backward"], [x, gamma, dout], os.path.join(work, "by_hand"))
    tools.compare(by_hand, derived[1:], 1e-12, f"{rows} rows: by hand, against what is derived")
