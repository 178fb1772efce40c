"""Batch norm as textbooks and libraries write it, every combination: textbook_forms.py WORK

However it is written, the backward has two reductions over the full size, and the forward saves two values a feature."""

import itertools
import os
import re
import subprocess
import sys

N, C = 12, 4
X, G, ONE = f"tensor<{N}x{C}xf32>", f"tensor<1x{C}xf32>", "tensor<1x1xf32>"


def mean(how, result, value):
    """The mean of a value over the batch."""
    if how == "mean":
        return [f"%{result} = norm.mean %{value} over [0] : {X}"]
    lines = [f"%{result}_s = norm.sum %{value} over [0] : {X}"]
    if how == "count":
        return lines + [f"%{result}_n = norm.count %{value} over [0] : {X} to f32",
                        f"%{result} = norm.div %{result}_s, %{result}_n : {G}, {ONE}"]
    return lines + [f"%{result}_n = norm.constant {how} : {ONE}",
                    f"%{result} = norm.mul %{result}_s, %{result}_n : {G}, {ONE}"]


def variance(how, means):
    """The variance, from deviations or from raw moments, clamped or not."""
    if how == "deviations":
        return [f"%sq = norm.mul %xmu, %xmu : {X}, {X}"] + mean(means, "var", "sq")
    lines = [f"%xx = norm.mul %x, %x : {X}, {X}"] + mean(means, "m2", "xx") + [f"%mm = norm.mul %mu, %mu : {G}, {G}"]
    name = "var" if how == "moments" else "raw"
    lines.append(f"%{name} = norm.sub %m2, %mm : {G}, {G}")
    zero = f"%zero = norm.constant 0.0 : {ONE}"
    return lines + {
        "moments": [],
        "max": [zero, f"%var = norm.max %raw, %zero : {G}, {ONE}"],
        "max of 0": [zero, f"%var = norm.max %zero, %raw : {ONE}, {G}"],
        "relu": [f"%var = norm.relu %raw : {G}"],
        "abs": [f"%var = norm.abs %raw : {G}"],
        "select": [zero, f"%positive = norm.compare gt %raw, %zero : {G}, {ONE}",
                   f"%var = norm.select %positive, %raw, %zero : tensor<1x{C}xi1>, {G}, {ONE}"],
    }[how]


def inverse(how):
    """The reciprocal deviation, or the deviation to divide by."""
    return {
        "rsqrt": [f"%ivar = norm.rsqrt %vareps : {G}"],
        "sqrt": [f"%std = norm.sqrt %vareps : {G}", f"%ivar = norm.reciprocal %std : {G}"],
        "pow": [f"%half = norm.constant -0.5 : {ONE}", f"%ivar = norm.pow %vareps, %half : {G}, {ONE}"],
    }[how]


def output(how):
    """Scale and shift after centring, before it, or folded into one."""
    return {
        "centred": [f"%xhat = norm.mul %xmu, %ivar : {X}, {G}", f"%y0 = norm.mul %xhat, %gamma : {X}, {G}",
                    f"%y = norm.add %y0, %beta : {X}, {G}"],
        "divided": [f"%dev = norm.reciprocal %ivar : {G}", f"%xhat = norm.div %xmu, %dev : {X}, {G}",
                    f"%y0 = norm.mul %gamma, %xhat : {G}, {X}", f"%y = norm.add %y0, %beta : {X}, {G}"],
        "folded": [f"%a = norm.mul %gamma, %ivar : {G}, {G}", f"%ma = norm.mul %mu, %a : {G}, {G}",
                   f"%b = norm.sub %beta, %ma : {G}, {G}", f"%xa = norm.mul %x, %a : {X}, {G}",
                   f"%y = norm.add %xa, %b : {X}, {G}"],
        "scaled first": [f"%a = norm.mul %gamma, %ivar : {G}, {G}", f"%xa = norm.mul %x, %a : {X}, {G}",
                         f"%ma = norm.mul %mu, %a : {G}, {G}", f"%c = norm.sub %xa, %ma : {X}, {G}",
                         f"%y = norm.add %c, %beta : {X}, {G}"],
    }[how]


def graph(name, means, variances, inverses, outputs):
    lines = mean(means, "mu", "x") + [f"%xmu = norm.sub %x, %mu : {X}, {G}"] + variance(variances, means)
    lines += [f"%eps = norm.constant 1.0e-5 : {ONE}", f"%vareps = norm.add %var, %eps : {G}, {ONE}"]
    lines += inverse(inverses) + output(outputs)
    body = "\n".join("  " + line for line in lines)
    return (f"func.func @{name}(%x: {X}, %gamma: {G}, %beta: {G}) -> {X} {{\n{body}\n  return %y : {X}\n}}\n"
            f"norm.gradient @{name}_grad of @{name} wrt [0, 1, 2]\n")


def main():
    work = sys.argv[1]
    os.makedirs(work, exist_ok=True)
    forms = list(itertools.product(("mean", "count", "0.0833333", "0.083333336"),
                                   ("deviations", "moments", "max", "max of 0", "relu", "abs", "select"),
                                   ("rsqrt", "sqrt", "pow"), ("centred", "divided", "folded", "scaled first")))
    path = os.path.join(work, "forms.mlir")
    with open(path, "w") as file:
        file.write("\n".join(graph(f"form{number}", *form) for number, form in enumerate(forms)))
    text = subprocess.run(["normc", path, "--emit=closed-form"], capture_output=True, text=True, check=True).stdout
    wrong = 0
    for number, form in enumerate(forms):
        halves = {half: re.search(rf"func\.func @form{number}_grad_{half}\((.*?)\n  }}", text, re.DOTALL).group(1)
                  for half in ("forward", "backward")}
        backward = re.findall(r"norm\.(?:sum|mean|max_over|min_over)\b", halves["backward"])
        saved = re.findall(r"norm\.saved = \d+", halves["forward"])
        kinks = re.findall(r"norm\.(?:max|min|abs|select|compare)\b", halves["forward"] + halves["backward"])
        if len(backward) != 2 or len(saved) != 2 or kinks or 'norm.saved_bytes = "' not in halves["forward"]:
            wrong += 1
            print(f"{form}: {len(backward)} reductions in the backward, {len(saved)} values saved, choices {kinks}")
    print(f"{len(forms)} forms, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
