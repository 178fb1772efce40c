"""Random graphs, compiled, against the reference, forward and backward: check_random.py KIND WORK FIRST LAST

Graph number k is the same for ever. It has up to three arguments and thirty ops, gradients with either way to save, and for
some a gradient of the gradient. Every value stays of the size of 1, so that all of it keeps most of a type's digits. Each
result must be within the bound that is derived for it (normc-run --check).
"""

import os
import random
import sys

import npy
import tools

SIZES = {0: 7, 1: 5, 2: 4}
# Of all numbers, so many must have a finite bound.
COMPARED = 0.9


class Graph:
    def __init__(self, number):
        self.draw = random.Random(number)
        self.name = f"g{number}"
        self.values, self.lines = [], []  # (name, extents)
        self.arguments = [self.new(self.shape()) for _ in range(self.draw.randint(1, 3))]
        for _ in range(self.draw.randint(3, 30)):
            self.step()
        results = self.draw.sample(self.values, min(len(self.values), self.draw.randint(1, 3)))
        if self.draw.random() < 0.8 and self.values[-1] not in results:
            results.append(self.values[-1])
        self.results = results

    def shape(self):
        # Axis 0 and 2 vary at run time, axis 1 is known.
        return tuple(extent if self.draw.random() < 0.7 else 1 for extent in ("?", 5, "?"))

    @staticmethod
    def type_of(extents, element="f32"):
        return f"tensor<{'x'.join(map(str, extents))}x{element}>"

    def new(self, extents):
        self.values.append((f"v{len(self.values)}", extents))
        return self.values[-1]

    def op(self, text, extents):
        name, _ = self.new(extents)
        self.lines.append(f"  %{name} = {text}")

    def pick(self):
        # Recent values more often, so that graphs get deep.
        return self.values[max(self.draw.randrange(len(self.values)), self.draw.randrange(len(self.values)))]

    @staticmethod
    def joined(*shapes):
        return tuple(next((e for e in axis if e != 1), 1) for axis in zip(*shapes))

    def step(self):
        a, shape = self.pick()
        b, other = self.pick()
        both, joined = f"{self.type_of(shape)}, {self.type_of(other)}", self.joined(shape, other)
        kind = self.draw.randrange(12)
        if kind <= 2:
            op = self.draw.choice(("neg", "abs", "tanh", "sigmoid", "erf"))
            self.op(f"norm.{op} %{a} : {self.type_of(shape)}", shape)
        elif kind <= 5:
            op = self.draw.choice(("add", "sub", "mul", "max", "min"))
            self.op(f"norm.{op} %{a}, %{b} : {both}", joined)
            if op in ("add", "sub", "mul"):
                self.op(f"norm.tanh %{self.values[-1][0]} : {self.type_of(joined)}", joined)
        elif kind <= 8:
            axes = self.draw.sample((0, 1, 2), self.draw.randint(1, 3))
            op = self.draw.choice(("mean", "mean", "max_over", "min_over", "sum"))
            reduced = tuple(1 if axis in axes else extent for axis, extent in enumerate(shape))
            self.op(f"norm.{op} %{a} over {axes} : {self.type_of(shape)}", reduced)
            if op == "sum":
                self.op(f"norm.sigmoid %{self.values[-1][0]} : {self.type_of(reduced)}", reduced)
        elif kind == 9:
            relation = self.draw.choice(("gt", "le", "ne"))
            self.lines.append(f"  %m{len(self.values)} = norm.compare {relation} %{a}, %{b} : {both}")
            c, third = self.pick()
            shapes = (joined, shape, third)
            types = ", ".join([self.type_of(joined, "i1"), self.type_of(shape), self.type_of(third)])
            self.op(f"norm.select %m{len(self.values)}, %{a}, %{c} : {types}", self.joined(*shapes))
        elif kind == 10:
            axis = self.draw.randrange(3)
            alone = tuple(extent if i == axis else 1 for i, extent in enumerate(shape))
            choice = self.draw.randrange(2)
            text = (f"norm.index {axis} of %{a} : {self.type_of(shape)} to f32" if choice else
                    f"norm.count %{a} over [{axis}] : {self.type_of(shape)} to f32")
            made = alone if choice else (1, 1, 1)
            self.op(text, made)
            self.op(f"norm.tanh %{self.values[-1][0]} : {self.type_of(made)}", made)
        elif all(e == 1 or f == e for e, f in zip(shape, other)):
            self.op(f"norm.broadcast %{a} like %{b} : {both}", other)
        else:
            layer = self.draw.choice(("layer_norm", "softmax", "rms_norm"))
            axes = self.draw.sample((0, 1, 2), self.draw.randint(1, 2))
            self.op(f"norm.{layer} %{a} over {axes} : {self.type_of(shape)}", shape)

    def text(self):
        arguments = ", ".join(f"%{name}: {self.type_of(extents)}" for name, extents in self.arguments)
        types = ", ".join(self.type_of(extents) for _, extents in self.results)
        values = ", ".join(f"%{name}" for name, _ in self.results)
        wrt = self.draw.sample(range(len(self.arguments)), self.draw.randint(1, len(self.arguments)))
        save = self.draw.choice(("", ' {save = "all"}'))
        text = (f"func.func @{self.name}({arguments}) -> ({types}) {{\n" + "\n".join(self.lines) +
                f"\n  return {values} : {types}\n}}\nnorm.gradient @{self.name}_grad of @{self.name} wrt {wrt}{save}\n")
        if len(self.lines) < 14:
            text += f"norm.gradient @{self.name}_grad_grad of @{self.name}_grad wrt {[wrt[0]]}\n"
        return text


def main():
    kind, work, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.environ["NORMC_CXXFLAGS"] = "-O1"  # a module of a hundred graphs takes minutes otherwise
    os.makedirs(work, exist_ok=True)
    text = "".join(Graph(number).text() for number in range(first, last + 1))
    file = tools.write_text(os.path.join(work, "random.mlir"), tools.with_element(text, kind))
    calls, made = [], {}
    for function in tools.functions_of(file):
        words = [function.name]
        for position, value in enumerate(function.arguments):
            extents = tuple(SIZES[axis] if extent == "?" else extent for axis, extent in enumerate(value.extents))
            if (position, extents) not in made:
                path = made[position, extents] = os.path.join(work, f"{len(made)}.npy")
                npy.write(path, npy.make(kind, extents, seed=position + 1))
            words.append(f"@{made[position, extents]}")
        calls.append(" ".join(words))
    tools.check_calls(file, calls, os.path.join(work, "calls"), COMPARED)


if __name__ == "__main__":
    main()
