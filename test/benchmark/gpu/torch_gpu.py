"""PyTorch on a GPU, eager and compiled, on the stream that normc uses; on the CPU, to try all of this where no GPU is."""

import contextlib
import os
import sys

import torch
import torch._dynamo
import torch._functorch.config

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import peer_torch  # noqa: E402

# How far its results may be from normc's, relative to the largest element: both round, in orders of their own.
TOLERANCE = 1e-3


def from_graph(case, data, shape, place):
    """An array of the graph on a device, as PyTorch sees an image: N, C, H, W whatever the layout, groups as channels."""
    tensor = torch.frombuffer(data, dtype=torch.float32).reshape(shape).to(place, copy=True)
    if case["layout"] == "NHWC":
        return tensor.permute(0, 3, 1, 2)
    return tensor.view(case["image"]) if case["image"] else tensor


def to_graph(case, tensor):
    tensor = tensor.detach()
    return (tensor.permute(0, 2, 3, 1) if case["layout"] == "NHWC" else tensor).reshape(case["shape"]).cpu()


def on_stream(stream):
    return torch.cuda.stream(stream) if stream else contextlib.nullcontext()


class Peers:
    """Candidates for each case, on the GPU with an index or on the CPU for None. Raises RuntimeError where PyTorch finds no GPU."""

    NAMES = peer_torch.NAMES

    def __init__(self, index):
        self.place = torch.device("cpu" if index is None else f"cuda:{index}")
        if index is not None:
            torch.cuda.set_device(index)
        # The backward runs many times on what one forward saved.
        torch._functorch.config.donated_buffer = False

    @staticmethod
    def version():
        return torch.__version__

    def candidates(self, case, arguments, cotangent, device, result, sets):
        """{name: {half: run(number)}}, after its results have been found to agree."""
        stream = torch.cuda.ExternalStream(device.stream, device=self.place) if self.place.type == "cuda" else None
        candidates = {}
        for name in self.NAMES:
            try:
                candidates[name] = self.candidate(name, case, arguments, cotangent, stream, result, sets)
            except Exception as reason:  # its compiler's own, of many kinds
                print(f"{case['name']}: {name} is left out: {str(reason).splitlines()[0]}", file=sys.stderr)
        return candidates

    def release(self):
        """Gives back what PyTorch keeps of the last case's memory, so that the next one finds it."""
        if self.place.type == "cuda":
            torch.cuda.empty_cache()

    def candidate(self, name, case, arguments, cotangent, stream, result, sets):
        torch._dynamo.reset()
        function = peer_torch.layer(case)
        if name == "torch.compile":
            function = torch.compile(function, dynamic=False)
        with on_stream(stream):
            rotation = [self.leaves(case, arguments) for _ in range(sets)]
            outputs = [self.run(function, case, leaves) for leaves in rotation]
            self.compare(case, outputs[0], result)
            if not case["training"]:
                return {"forward": self.on(stream, lambda number: self.run(function, case, rotation[number % sets]))}
            cotangents = [from_graph(case, cotangent, case["shape"], self.place) for _ in range(sets)]

            def backward(number):
                at = number % sets
                return torch.autograd.grad(outputs[at], rotation[at], cotangents[at], retain_graph=True)

            backward(0)
        return {"forward": self.on(stream, lambda number: self.run(function, case, rotation[number % sets])),
                "backward": self.on(stream, backward)}

    @staticmethod
    def on(stream, run):
        def candidate(number):
            with on_stream(stream):
                run(number)
        return candidate

    def leaves(self, case, arguments):
        tensors = [from_graph(case, arguments[0], case["shape"], self.place)]
        tensors += [torch.frombuffer(data, dtype=torch.float32).to(self.place, copy=True) for data in arguments[1:]]
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
