"""PyTorch on a GPU, eager and compiled, on the stream that normc uses."""

import os
import sys

import torch
import torch._dynamo
import torch._functorch.config

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import peer_torch  # noqa: E402

# How far its results may be from normc's, relative to the largest element: both round, in orders of their own.
TOLERANCE = 1e-3


def from_graph(case, data, shape):
    """An array of the graph on the GPU, as PyTorch sees an image: N, C, H, W whatever the layout, groups as channels."""
    tensor = torch.frombuffer(data, dtype=torch.float32).reshape(shape).cuda()
    if case["layout"] == "NHWC":
        return tensor.permute(0, 3, 1, 2)
    return tensor.view(case["image"]) if case["image"] else tensor


def to_graph(case, tensor):
    tensor = tensor.detach()
    return (tensor.permute(0, 2, 3, 1) if case["layout"] == "NHWC" else tensor).reshape(case["shape"]).cpu()


class Peers:
    """Candidates for each case. Raises RuntimeError where PyTorch finds no GPU."""

    NAMES = peer_torch.NAMES

    def __init__(self, index):
        torch.cuda.set_device(index)
        # The backward runs many times on what one forward saved.
        torch._functorch.config.donated_buffer = False
        self.index = index

    @staticmethod
    def version():
        return torch.__version__

    def candidates(self, case, arguments, cotangent, device, result, sets):
        """{name: {half: run(number)}}, after its results have been found to agree."""
        stream = torch.cuda.ExternalStream(device.stream, device=self.index)
        candidates = {}
        for name in self.NAMES:
            try:
                candidates[name] = self.candidate(name, case, arguments, cotangent, stream, result, sets)
            except Exception as reason:  # its compiler's own, of many kinds
                print(f"{case['name']}: {name} is left out: {str(reason).splitlines()[0]}", file=sys.stderr)
        return candidates

    def candidate(self, name, case, arguments, cotangent, stream, result, sets):
        torch._dynamo.reset()
        function = peer_torch.layer(case)
        if name == "torch.compile":
            function = torch.compile(function, dynamic=False)
        with torch.cuda.stream(stream):
            rotation = [self.leaves(case, arguments) for _ in range(sets)]
            outputs = [self.run(function, case, leaves) for leaves in rotation]
            self.compare(case, outputs[0], result)
            if not case["training"]:
                return {"forward": self.on(stream, lambda number: self.run(function, case, rotation[number % sets]))}
            cotangents = [from_graph(case, cotangent, case["shape"]) for _ in range(sets)]

            def backward(number):
                at = number % sets
                return torch.autograd.grad(outputs[at], rotation[at], cotangents[at], retain_graph=True)

            backward(0)
        return {"forward": self.on(stream, lambda number: self.run(function, case, rotation[number % sets])),
                "backward": self.on(stream, backward)}

    @staticmethod
    def on(stream, run):
        def candidate(number):
            with torch.cuda.stream(stream):
                run(number)
        return candidate

    @staticmethod
    def leaves(case, arguments):
        tensors = [from_graph(case, arguments[0], case["shape"])]
        tensors += [torch.frombuffer(data, dtype=torch.float32).cuda() for data in arguments[1:]]
        return [tensor.detach().requires_grad_(case["training"]) for tensor in tensors]

    @staticmethod
    def run(function, case, leaves):
        if case["training"]:
            return function(*leaves)
        with torch.no_grad():
            return function(*leaves)

    @staticmethod
    def compare(case, output, result):
        got, want = to_graph(case, output), torch.frombuffer(result, dtype=torch.float32).reshape(case["shape"])
        error = float((got - want).abs().max() / want.abs().max())
        if not error <= TOLERANCE:
            raise RuntimeError(f"its result is {error:.1e} away from normc's")
