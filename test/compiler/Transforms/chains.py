"""Compiles chains of layers: chains.py NORMC FOLDER"""

import os
import subprocess
import sys

normc, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
WIDE, NARROW = "tensor<?x64xf32>", "tensor<1x64xf32>"


def lines_of(stage, layers, kinds):
    """How many lines a stage of so many layers has, forward and backward."""
    body = [f"  %x{i + 1} = norm.{kinds[i % len(kinds)]} : {WIDE}, {NARROW}".replace("%x ,", f"%x{i},") for i in range(layers)]
    text = "\n".join([f"func.func @f(%x0: {WIDE}, %g: {NARROW}) -> {WIDE} {{", *body, f"  return %x{layers} : {WIDE}", "}",
                      "norm.gradient @f_grad of @f wrt [0, 1]", ""])
    path = os.path.join(folder, f"{layers}.mlir")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    done = subprocess.run([normc, path, f"--emit={stage}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{stage} of {layers} layers: {done.stderr}")
    return done.stdout.count("\n")


for kinds in (["layer_norm %x , %g over [1]", "batch_norm %x , %g over [0]"], ["rms_norm %x , %g over [1]"]):
    for stage in ("closed-form", "kernels"):
        short, long = lines_of(stage, 40, kinds), lines_of(stage, 80, kinds)
        if long > 3 * short:
            sys.exit(f"{stage}: twice the layers have {long} lines instead of {short}")


def products(count):
    """z = z y + z, so many times: how many lines the closed form has, forward and backward."""
    body = "".join(f"  %m{k} = norm.mul %z{k}, %y : {WIDE}, {WIDE}\n  %z{k + 1} = norm.add %m{k}, %z{k} : {WIDE}, {WIDE}\n"
                   for k in range(count))
    text = (f"func.func @f(%z0: {WIDE}, %y: {WIDE}) -> {WIDE} {{\n{body}  return %z{count} : {WIDE}\n}}\n"
            "norm.gradient @f_grad of @f wrt [0, 1]\n")
    done = subprocess.run([normc, "-", "--emit=closed-form"], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{count} products: {done.stderr}")
    return done.stdout.count("\n")


if products(400) > 2.5 * products(200):
    sys.exit("closed-form: twice the products have more than twice the lines")
lines_of("closed-form", 200, ["layer_norm %x , %g over [1]", "batch_norm %x , %g over [0]"])
