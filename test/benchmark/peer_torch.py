"""PyTorch, eager and compiled."""

import torch
import torch._dynamo
import torch._functorch.config
from torch.nn import functional

NAMES = ("PyTorch eager", "torch.compile")


def start(threads):
    torch.set_num_threads(threads)
    # The backward runs many times on what one forward saved.
    torch._functorch.config.donated_buffer = False


def layer(case):
    """The layer as a function of x and its parameters."""
    kind, eps = case["kind"], case["eps"]

    def run(x, *parameters):
        if kind == "batch_norm":
            weight, bias, *running = parameters
            mean, variance = running or (None, None)
            y = functional.batch_norm(x, mean, variance, weight, bias, case["training"], 0.0, eps)
        elif kind == "layer_norm":
            y = functional.layer_norm(x, x.shape[1:], *parameters, eps)
        elif kind == "rms_norm":
            y = functional.rms_norm(x, x.shape[1:], *parameters, eps)
        elif kind == "group_norm":
            y = functional.group_norm(x, case["shape"][1], *parameters, eps)
        elif kind == "instance_norm":
            y = functional.instance_norm(x, None, None, *parameters, True, 0.0, eps)
        else:
            y = functional.softmax(x, 1)
        return functional.relu(y) if case["relu"] else y

    return run


def from_graph(case, array):
    """As PyTorch sees an image: N, C, H, W whatever the layout, groups as channels."""
    tensor = torch.from_numpy(array)
    if case["layout"] == "NHWC":
        return tensor.permute(0, 3, 1, 2)
    return tensor.view(case["image"]) if case["image"] else tensor


def to_graph(case, tensor):
    tensor = tensor.detach()
    if case["layout"] == "NHWC":
        tensor = tensor.permute(0, 2, 3, 1)
    return tensor.contiguous().numpy()


def make(name, case, arguments, cotangent):
    torch._dynamo.reset()
    function = layer(case)
    if name == "torch.compile":
        function = torch.compile(function, dynamic=False)
    x = from_graph(case, arguments[0])
    parameters = [torch.from_numpy(array).reshape(-1) for array in arguments[1:]]
    if not case["training"]:
        def infer():
            with torch.no_grad():
                return function(x, *parameters)
        return {"forward": infer}, {"forward": to_graph(case, infer())}
    leaves = [tensor.detach().requires_grad_() for tensor in (x, *parameters)]
    dy = from_graph(case, cotangent)
    y = function(*leaves)

    def forward():
        return function(*leaves)

    def backward():
        return torch.autograd.grad(y, leaves, dy, retain_graph=True)

    return {"forward": forward, "backward": backward}, {"forward": to_graph(case, y), "backward": to_graph(case, backward()[0])}
