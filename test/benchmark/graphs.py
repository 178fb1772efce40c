"""The graphs of the suite, made from templates with static extents."""

from dataclasses import dataclass, field

EPS = 1e-5
IMAGES = [(64, 64, 112, 112), (64, 256, 56, 56), (64, 512, 28, 28), (256, 256, 14, 14), (256, 2048, 7, 7), (8, 3, 512, 512)]


@dataclass(frozen=True)
class Case:
    """One layer on one shape. `shape` is that of x in the graph; `image` what a framework would pass, where that differs."""
    kind: str              # batch_norm, layer_norm, rms_norm, group_norm, instance_norm, softmax
    shape: tuple
    axes: tuple            # of the statistics
    channels: tuple        # axes along which scale and shift vary
    layout: str = ""       # NCHW or NHWC
    relu: bool = False
    training: bool = True  # otherwise by given statistics, forward only
    image: tuple = field(default=())

    @property
    def name(self):
        words = [self.kind.replace("_", " "), self.layout, "x".join(map(str, self.image or self.shape)),
                 "" if self.training else "inference", "+ relu" if self.relu else ""]
        return " ".join(word for word in words if word)

    @property
    def function(self):
        """What is measured: the gradient, or the function where there is none."""
        return "layer_grad" if self.training else "layer"

    @property
    def bytes(self):
        total = 4
        for extent in self.shape:
            total *= extent
        return total

    def halved(self):
        """The same with half as many samples."""
        def half(shape):
            return (shape[0] // 2, *shape[1:]) if shape else shape
        return Case(self.kind, half(self.shape), self.axes, self.channels, self.layout, self.relu, self.training,
                    half(self.image))

    def small(self):
        """The same on a shape for a smoke test."""
        def shrink(shape):
            return tuple(min(extent, 6 + axis) for axis, extent in enumerate(shape))
        image = ()
        if self.image:
            n, g, c, hw = shrink(self.shape)
            image = (n, g * c, 1, hw)
        return Case(self.kind, shrink(self.shape), self.axes, self.channels, self.layout, self.relu, self.training, image)

    def text(self):
        """The graph: a function `layer` and, in training, its gradient."""
        x = tensor(self.shape)
        c = tensor(extent if axis in self.channels else 1 for axis, extent in enumerate(self.shape))
        axes = ", ".join(map(str, self.axes))
        settings = f"{{eps = {EPS:.1e}}}"
        arguments = {"softmax": [], "rms_norm": ["gamma"]}.get(self.kind, ["gamma", "beta"])
        operands = "".join(f", %{name}" for name in arguments)
        types = ", ".join([x] + [c] * len(arguments))
        body = [f"%y = norm.{self.kind} %x{operands} over [{axes}] {settings} : {types}"]
        if self.kind == "softmax":
            body = [f"%y = norm.softmax %x over [{axes}] : {x}"]
        if not self.training:
            arguments += ["running_mean", "running_var"]
            one = tensor(1 for _ in self.shape)
            body = [f"%xmu = norm.sub %x, %running_mean : {x}, {c}",
                    f"%eps = norm.constant {EPS:.1e} : {one}",
                    f"%vareps = norm.add %running_var, %eps : {c}, {one}",
                    f"%ivar = norm.rsqrt %vareps : {c}",
                    f"%xhat = norm.mul %xmu, %ivar : {x}, {c}",
                    f"%scaled = norm.mul %gamma, %xhat : {c}, {x}",
                    f"%y = norm.add %scaled, %beta : {x}, {c}"]
        result = "%y"
        if self.relu:
            body.append(f"%z = norm.relu %y : {x}")
            result = "%z"
        parameters = ", ".join([f"%x: {x}"] + [f"%{name}: {c}" for name in arguments])
        lines = [f"func.func @layer({parameters}) -> {x} {{", *(f"  {line}" for line in body),
                 f"  return {result} : {x}", "}"]
        if self.training:
            wrt = ", ".join(map(str, range(1 + len(arguments))))
            lines.append(f"norm.gradient @layer_grad of @layer wrt [{wrt}]")
        return "\n".join(lines) + "\n"


def tensor(extents):
    return f"tensor<{'x'.join(map(str, extents))}xf32>"


def batch_norm(image, layout, **rest):
    n, c, h, w = image
    if layout == "NCHW":
        return Case("batch_norm", (n, c, h, w), (0, 2, 3), (1,), layout, **rest)
    return Case("batch_norm", (n, h, w, c), (0, 1, 2), (3,), layout, **rest)


def suite():
    """Every case, in the order of the table."""
    cases = []
    for layout in ("NCHW", "NHWC"):
        for relu in (False, True):
            cases += [batch_norm(image, layout, relu=relu) for image in IMAGES]
        cases += [batch_norm(image, layout, training=False) for image in IMAGES]
    cases += [Case("layer_norm", shape, (1,), (1,)) for shape in ((8192, 768), (16384, 1024), (4096, 4096), (512, 65536))]
    cases += [Case("rms_norm", shape, (1,), (1,)) for shape in ((4096, 4096), (2048, 8192))]
    # Groups are an axis of the graph: N x G x C/G x HW.
    cases.append(Case("group_norm", (4, 8, 32, 64 * 64), (2, 3), (1, 2), image=(4, 256, 64, 64)))
    cases.append(Case("instance_norm", (4, 64, 128, 128), (2, 3), (1,)))
    cases += [Case("softmax", shape, (1,), ()) for shape in ((16384, 1024), (2048, 32768))]
    return cases


def quick():
    """One small case of each form."""
    forms = {}
    for case in suite():
        forms.setdefault((case.kind, case.layout, case.relu, case.training), case.small())
    return list(forms.values())
