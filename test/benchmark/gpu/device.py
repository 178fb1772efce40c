"""The runtime's GPU for Python: memory, a stream and events of normrt_device.h, and functions on arrays there."""

import ctypes
import math
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from interface import (ARGUMENT, COTANGENT, MAX_RANK, RESULT, VERSION, DLTensor, Error, Options, Value,  # noqa: E402
                       check)

CUDA = 2  # both NORMRT_CUDA and kDLCUDA
# DLPack's code and the bits of each enum normc_type.
TYPES = {1: (2, 16), 2: (4, 16), 3: (2, 32), 4: (2, 64), 5: (0, 32), 6: (0, 64), 7: (1, 8)}
# Past this, allocating takes longer than measuring.
MOST_ROTATIONS = 256


class Properties(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 256), *((name, ctypes.c_int32) for name in
                                                 ("capability", "multiprocessors", "shared_per_block", "driver_version")),
                ("l2_bytes", ctypes.c_int64), ("memory_bytes", ctypes.c_int64)]


class Traffic(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("read", "written", "minimum_read", "minimum_written")]


class Device:
    """A GPU, with all that was allocated on it."""

    def __init__(self, library, index=0):
        self.library, self.index, self.error = ctypes.CDLL(library), index, Error()
        self.library.normrt_device_stream.restype = ctypes.c_void_p
        self.handle, self.addresses, self.events = ctypes.c_void_p(), [], []
        self.call("normrt_device_open", index, ctypes.byref(self.handle))
        self.properties = Properties()
        self.call("normrt_device_describe", self.handle, ctypes.byref(self.properties))
        self.stream = self.library.normrt_device_stream(self.handle)

    def call(self, name, *arguments):
        status = getattr(self.library, name)(*arguments, ctypes.byref(self.error))
        check(status, self.error.message.decode())

    def describe(self):
        gpu = self.properties
        return (f"GPU {self.index}: {gpu.name.decode()}, sm_{gpu.capability}, {gpu.multiprocessors} multiprocessors, "
                f"{gpu.l2_bytes >> 20} MiB of level 2 cache, driver for CUDA "
                f"{gpu.driver_version // 1000}.{gpu.driver_version % 1000 // 10}")

    def allocate(self, size):
        address = ctypes.c_void_p()
        self.call("normrt_device_allocate", self.handle, ctypes.c_int64(size), ctypes.byref(address))
        self.addresses.append(address)
        return address.value

    def copy_in(self, address, data):
        memory = (ctypes.c_char * len(data)).from_buffer(data)
        self.call("normrt_device_copy_in", self.handle, ctypes.c_void_p(address), memory, ctypes.c_int64(len(data)))

    def copy_out(self, data, address):
        memory = (ctypes.c_char * len(data)).from_buffer(data)
        self.call("normrt_device_copy_out", self.handle, memory, ctypes.c_void_p(address), ctypes.c_int64(len(data)))

    def copy(self, to, source, size):
        self.call("normrt_device_copy", self.handle, ctypes.c_void_p(to), ctypes.c_void_p(source), ctypes.c_int64(size))

    def synchronize(self):
        self.call("normrt_device_synchronize", self.handle)

    def event(self):
        event = ctypes.c_void_p()
        self.call("normrt_event_create", self.handle, ctypes.byref(event))
        self.events.append(event)
        return event

    def elapsed(self, run, times, first, events):
        """Seconds that runs numbered from `first` take, by the GPU's clock."""
        self.call("normrt_event_record", events[0])
        for number in range(first, first + times):
            run(number)
        self.call("normrt_event_record", events[1])
        milliseconds = ctypes.c_double()
        self.call("normrt_event_elapsed", *events, ctypes.byref(milliseconds))
        return max(1e-3 * milliseconds.value, 1e-9)

    def rotations(self, size):
        """How many copies of something are four times the level 2 cache, as far as half of the memory holds them."""
        gpu = self.properties
        return max(1, min(-(-4 * gpu.l2_bytes // max(size, 1)), gpu.memory_bytes // 2 // max(size, 1), MOST_ROTATIONS))

    def free(self):
        """Gives back what was allocated."""
        for event in self.events:
            self.library.normrt_event_destroy(event)
        for address in self.addresses:
            self.call("normrt_device_free", self.handle, address)
        self.events, self.addresses = [], []

    def close(self):
        self.free()
        self.library.normrt_device_close(self.handle)


class Copy:
    """A copy within the GPU's memory that moves so many bytes, half of them from one place to another, each time elsewhere."""

    def __init__(self, device, moved):
        self.device, self.size = device, -(-moved // 2 // 256) * 256 or 256
        self.count = device.rotations(2 * self.size)
        self.source, self.to = (device.allocate(self.size * self.count) for _ in range(2))
        zeros = bytearray(self.size)
        for number in range(self.count):
            device.copy_in(self.source + number * self.size, zeros)

    def __call__(self, number):
        place = number % self.count * self.size
        self.device.copy(self.to + place, self.source + place, self.size)


class Half:
    """One entry of a module on sets of arrays."""

    def __init__(self, device, handle, is_half):
        self.device, self.handle, self.is_half = device, ctypes.c_void_p(handle), is_half
        library = device.library
        library.normrt_argument_count.argtypes = library.normrt_result_count.argtypes = [ctypes.c_void_p]
        self.values = []
        for count, describe in ((library.normrt_argument_count(handle), "normrt_argument"),
                                (library.normrt_result_count(handle), "normrt_result")):
            values = [Value() for _ in range(count)]
            for index, value in enumerate(values):
                device.call(describe, self.handle, index, ctypes.byref(value))
            self.values.append(values)
        self.shapes = [[(ctypes.c_int64 * MAX_RANK)(*value.extents) for value in values] for values in self.values]
        self.options = Options(VERSION, 0, CUDA, device.index, device.stream, None, None)
        self.sets = []

    def keys(self, is_result):
        return [(value.role, value.position) if self.is_half else ("result" if is_result else "argument", index)
                for index, value in enumerate(self.values[is_result])]

    def size(self, is_result, index):
        value = self.values[is_result][index]
        return TYPES[value.type][1] // 8 * math.prod(value.extents[:value.rank])

    def add(self, arrays):
        """A set of arrays: their addresses by key; those that are missing are allocated."""
        tensors = []
        for is_result in (0, 1):
            row = []
            for index, key in enumerate(self.keys(is_result)):
                if key not in arrays:
                    arrays[key] = self.device.allocate(self.size(is_result, index))
                value = self.values[is_result][index]
                row.append(DLTensor(arrays[key], CUDA, self.device.index, value.rank, *TYPES[value.type], 1,
                                    self.shapes[is_result][index], None, 0))
            tensors.append((DLTensor * len(row))(*row))
        self.sets.append(tensors)

    def working_set(self):
        return sum(self.size(is_result, index) for is_result in (0, 1) for index in range(len(self.values[is_result])))

    def traffic(self):
        traffic = Traffic()
        self.device.call("normrt_traffic", self.handle, self.sets[0][0], len(self.values[0]), ctypes.byref(traffic))
        return traffic

    def __call__(self, number):
        inputs, outputs = self.sets[number % len(self.sets)]
        self.device.call("normrt_call", self.handle, inputs, len(self.values[0]), outputs, len(self.values[1]),
                         ctypes.byref(self.options))


class Module:
    """A module's function, open until `close`."""

    def __init__(self, device, path, name):
        self.device, self.module = device, ctypes.c_void_p()
        device.call("normrt_open", path.encode(), ctypes.byref(self.module))
        function, forward, backward = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        device.call("normrt_find", self.module, name.encode(), ctypes.byref(function))
        device.call("normrt_gradient_entries", function, ctypes.byref(forward), ctypes.byref(backward))
        self.is_gradient = bool(forward)
        self.halves = ({"forward": Half(device, forward.value, True), "backward": Half(device, backward.value, True)}
                       if forward else {"forward": Half(device, function.value, False)})

    def fill(self, arguments, cotangent):
        """Sets of arrays past the level 2 cache, with these bytes; the forward has run on each. Returns their addresses."""
        size = min(half.working_set() for half in self.halves.values())
        sets = []
        for _ in range(self.device.rotations(size)):
            arrays = {}
            keys = [(ARGUMENT, index) if self.is_gradient else ("argument", index) for index in range(len(arguments))]
            given = list(zip(keys, arguments)) + ([((COTANGENT, 0), cotangent)] if self.is_gradient else [])
            for key, values in given:
                arrays[key] = self.device.allocate(len(values))
                self.device.copy_in(arrays[key], values)
            for half in self.halves.values():
                half.add(arrays)
            sets.append(arrays)
        for number in range(len(sets)):
            self.halves["forward"](number)
        self.device.synchronize()
        return sets

    def result(self, sets, size):
        """The bytes of the function's first result, as the forward left it."""
        array = bytearray(size)
        self.device.copy_out(array, sets[0][(RESULT, 0) if self.is_gradient else ("result", 0)])
        return array

    def close(self):
        self.device.library.normrt_close(self.module)
