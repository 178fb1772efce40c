"""The runtime's C interface for Python, as far as the benchmark needs it: runs a module's function on NumPy arrays."""

import ctypes

import numpy

from interface import ARGUMENT, COTANGENT, VERSION, DLTensor, Error, Options, Value, check

TYPES = {3: numpy.float32, 4: numpy.float64}  # those of the suite's graphs
ALIGNMENT = 64


def aligned(shape, dtype=numpy.float32):
    """An array of zeros that begins with a cache line."""
    count = int(numpy.prod(shape)) * numpy.dtype(dtype).itemsize
    memory = numpy.empty(count + ALIGNMENT, numpy.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    array = memory[start:start + count].view(dtype).reshape(shape)
    array.fill(0)
    return array


def tensor(array):
    """A view of an array; the array must outlive it."""
    shape = (ctypes.c_int64 * array.ndim)(*array.shape)
    return DLTensor(array.ctypes.data, 1, 0, array.ndim, 2, 8 * array.itemsize, 1, shape, None, 0)


class Entry:
    """One entry, with arrays for its arguments and results, which lie in `arrays` by role and position."""

    def __init__(self, library, handle, arrays, is_half, threads):
        self.library, self.handle = library, handle
        library.normrt_argument_count.argtypes = library.normrt_result_count.argtypes = [ctypes.c_void_p]
        counts = library.normrt_argument_count(handle), library.normrt_result_count(handle)
        values = [[Value() for _ in range(count)] for count in counts]
        for describe, list_ in zip((library.normrt_argument, library.normrt_result), values):
            for index, value in enumerate(list_):
                check(describe(ctypes.c_void_p(handle), index, ctypes.byref(value), None), "normrt_argument")
        tensors = []
        for is_result, list_ in enumerate(values):
            for index, value in enumerate(list_):
                key = (value.role, value.position) if is_half else ("result" if is_result else "argument", index)
                if key not in arrays:
                    arrays[key] = aligned(value.extents[:value.rank], TYPES[value.type])
                tensors.append(tensor(arrays[key]))
        self.inputs = (DLTensor * counts[0])(*tensors[:counts[0]])
        self.outputs = (DLTensor * counts[1])(*tensors[counts[0]:])
        self.counts = counts
        self.options = Options(VERSION, threads)
        self.error = Error()

    def __call__(self):
        status = self.library.normrt_call(ctypes.c_void_p(self.handle), self.inputs, self.counts[0], self.outputs,
                                          self.counts[1], ctypes.byref(self.options), ctypes.byref(self.error))
        check(status, self.error.message.decode())


def open_function(library_path, module, name, inputs, threads):
    """The halves of a gradient, or a function, on given arrays: ({half: Entry}, arrays by role and position). A function's
    arrays are by ("argument" or "result", index)."""
    library = ctypes.CDLL(library_path)
    error, handle, function = Error(), ctypes.c_void_p(), ctypes.c_void_p()
    check(library.normrt_open(module.encode(), ctypes.byref(handle), ctypes.byref(error)), error.message.decode())
    check(library.normrt_find(handle, name.encode(), ctypes.byref(function), ctypes.byref(error)), error.message.decode())
    forward, backward = ctypes.c_void_p(), ctypes.c_void_p()
    check(library.normrt_gradient_entries(function, ctypes.byref(forward), ctypes.byref(backward), ctypes.byref(error)),
          error.message.decode())
    if not forward:
        arrays = {("argument", index): array for index, array in enumerate(inputs["arguments"])}
        return {"forward": Entry(library, function.value, arrays, False, threads)}, arrays
    arrays = {(ARGUMENT, index): array for index, array in enumerate(inputs["arguments"])}
    arrays[COTANGENT, 0] = inputs["cotangent"]
    return {half: Entry(library, entry.value, arrays, True, threads)
            for half, entry in (("forward", forward), ("backward", backward))}, arrays
