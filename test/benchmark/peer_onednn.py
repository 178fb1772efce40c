"""oneDNN, through its C interface. PyPI's package runs on SYCL, which needs intel-opencl-rt for the processor."""

import ctypes
import os
import sys

import numpy

NAMES = ("oneDNN",)

# oneapi/dnnl/dnnl_types.h
FORWARD_TRAINING, FORWARD_INFERENCE, BACKWARD = 64, 96, 128
F32, CPU, SOFTMAX_ACCURATE = 3, 1, 0x30000
GLOBAL_STATISTICS, SCALE, SHIFT, FUSE_RELU, RMS = 0x1, 0x2, 0x4, 0x8, 0x20
QUERY_WORKSPACE = 135
SRC, DST, MEAN, VARIANCE, ARG_SCALE, ARG_SHIFT, WORKSPACE = 1, 17, 49, 50, 51, 52, 64
DIFF_SRC, DIFF_DST, DIFF_SCALE, DIFF_SHIFT = 129, 145, 255, 256
ALLOCATE = ctypes.c_void_p(-1)

library = engine = stream = None


class Argument(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_int), ("memory", ctypes.c_void_p)]


def call(name, *arguments):
    status = getattr(library, name)(*arguments)
    if status != 0:
        raise RuntimeError(f"{name} returned status {status}")


def make_handle(name, *arguments):
    handle = ctypes.c_void_p()
    call(name, ctypes.byref(handle), *arguments)
    return handle


def start(threads):
    global library, engine, stream
    folder = os.path.join(sys.prefix, "lib")
    os.environ.setdefault("OCL_ICD_FILENAMES", os.path.join(folder, "libintelocl.so"))
    os.environ.setdefault("DPCPP_CPU_NUM_CUS", str(threads))
    library = ctypes.CDLL(os.path.join(folder, "libdnnl.so.3"))
    library.dnnl_primitive_desc_query_md.restype = ctypes.c_void_p
    library.dnnl_memory_desc_get_size.restype = ctypes.c_size_t
    try:
        engine = make_handle("dnnl_engine_create", CPU, ctypes.c_size_t(0))
        stream = make_handle("dnnl_stream_create", engine, 1)
    except RuntimeError as error:
        raise OSError(f"{error}: is intel-opencl-rt installed?") from error


def description(shape, strides=None):
    strides = strides or [int(numpy.prod(shape[axis + 1:])) for axis in range(len(shape))]
    return make_handle("dnnl_memory_desc_create_with_strides", len(shape), (ctypes.c_int64 * 12)(*shape), F32,
                       (ctypes.c_int64 * 12)(*strides))


class Memory:
    """Memory of oneDNN's own, so that it lies where the library likes it."""

    def __init__(self, desc, values=None):
        self.handle = make_handle("dnnl_memory_create", desc, engine, ALLOCATE)
        self.bytes = library.dnnl_memory_desc_get_size(desc)
        if values is not None:
            self.array(values.shape)[...] = values
        else:
            self.array((self.bytes // 4,))[...] = 0

    def array(self, shape):
        data = ctypes.c_void_p()
        call("dnnl_memory_get_data_handle", self.handle, ctypes.byref(data))
        floats = ctypes.cast(data, ctypes.POINTER(ctypes.c_float))
        return numpy.ctypeslib.as_array(floats, (self.bytes // 4,)).reshape(shape)

    def __del__(self):
        library.dnnl_memory_destroy(self.handle)


def runner(descriptor, memories):
    """Runs a primitive and waits for it; `memories` by what they are to it."""
    primitive = make_handle("dnnl_primitive_create", descriptor)
    arguments = (Argument * len(memories))(*[Argument(arg, memory.handle) for arg, memory in memories.items()])

    def run(_keep=tuple(memories.values())):
        call("dnnl_primitive_execute", primitive, stream, len(arguments), arguments)
        call("dnnl_stream_wait", stream)

    return run


def make(_, case, arguments, cotangent):
    kind, eps = case["kind"], ctypes.c_float(case["eps"])
    shape = case["image"] or case["shape"]
    strides = None
    if case["layout"] == "NHWC":
        n, h, w, c = shape
        shape, strides = (n, c, h, w), (h * w * c, 1, w * c, c)
    if kind == "instance_norm":
        groups = shape[1]
    else:
        groups = case["shape"][1]
    if case["relu"] and not case["training"]:
        raise NotImplementedError("inference with a rectifier is not set up")
    x = description(shape, strides)
    flags = sum(({"scale": SCALE, "shift": SHIFT}[what] for what, _ in zip(("scale", "shift"), arguments[1:])), 0)
    flags |= (FUSE_RELU if case["relu"] else 0) | (RMS if kind == "rms_norm" else 0)
    flags |= 0 if case["training"] else GLOBAL_STATISTICS
    phase = FORWARD_TRAINING if case["training"] else FORWARD_INFERENCE

    if kind == "softmax":
        forward = make_handle("dnnl_softmax_forward_primitive_desc_create", engine, phase, SOFTMAX_ACCURATE, x, x, 1, None)
        source, result = Memory(x, arguments[0]), Memory(x)
        run = runner(forward, {SRC: source, DST: result})
        backward = make_handle("dnnl_softmax_backward_primitive_desc_create", engine, SOFTMAX_ACCURATE, x, x, x, 1, forward,
                               None)
        dx = Memory(x)
        back = runner(backward, {DST: result, DIFF_DST: Memory(x, cotangent), DIFF_SRC: dx})
        run()
        back()
        return ({"forward": run, "backward": back},
                {"forward": result.array(case["shape"]).copy(), "backward": dx.array(case["shape"]).copy()})

    # What each primitive takes between the descriptions and epsilon.
    if kind == "batch_norm":
        name, statistics, extra = "batch", description((shape[1],)), ()
    elif kind in ("group_norm", "instance_norm"):
        name, statistics, extra = "group", description((shape[0], groups)), (ctypes.c_int64(groups),)
    else:
        statistics = description((shape[0],))
        name, extra = "layer", (statistics,)
    forward = make_handle(f"dnnl_{name}_normalization_forward_primitive_desc_create", engine, phase, x, x, *extra, eps, flags,
                          None)
    source, result = Memory(x, arguments[0]), Memory(x)
    memories = {SRC: source, DST: result}
    c = description((arguments[1].size,))
    for arg, array in zip((ARG_SCALE, ARG_SHIFT), arguments[1:]):
        memories[arg] = Memory(c, array.reshape(-1))
    given = [array.reshape(-1) for array in arguments[3:]] or [None, None]
    moments = {MEAN: Memory(statistics, given[0]), VARIANCE: Memory(statistics, given[1])}
    if kind == "rms_norm":
        del moments[MEAN]
    memories.update(moments)
    workspace = {}
    found = library.dnnl_primitive_desc_query_md(forward, QUERY_WORKSPACE, 0)
    if found and library.dnnl_memory_desc_get_size(ctypes.c_void_p(found)):
        workspace[WORKSPACE] = Memory(ctypes.c_void_p(found))
    run = runner(forward, {**memories, **workspace})
    run()
    y = result.array(case["shape"]).copy()
    if not case["training"]:
        return {"forward": run}, {"forward": y}
    backward = make_handle(f"dnnl_{name}_normalization_backward_primitive_desc_create", engine, BACKWARD, x, x, x, *extra, eps,
                           flags, forward, None)
    dx = Memory(x)
    memories = {SRC: source, **moments, **workspace, DIFF_DST: Memory(x, cotangent), DIFF_SRC: dx,
                ARG_SCALE: memories[ARG_SCALE], DIFF_SCALE: Memory(c)}
    if flags & SHIFT:
        memories[DIFF_SHIFT] = Memory(c)
    back = runner(backward, memories)
    back()
    return {"forward": run, "backward": back}, {"forward": y, "backward": dx.array(case["shape"]).copy()}
