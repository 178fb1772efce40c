"""What the runtime's C interface takes, for Python."""

import ctypes

VERSION = 3
MAX_RANK = 8
ARGUMENT, RESULT, SAVED, COTANGENT, GRADIENT = range(1, 6)


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int32), ("message", ctypes.c_char * 512)]


class Value(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), *((name, ctypes.c_int32) for name in
                                             ("type", "role", "position", "flags", "updates", "rank")),
                ("extents", ctypes.c_int64 * MAX_RANK), ("shard", ctypes.c_int32), ("joined", ctypes.c_int64)]


class Options(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("threads", ctypes.c_int32), ("device", ctypes.c_int32),
                ("device_index", ctypes.c_int32), ("stream", ctypes.c_void_p), ("simt", ctypes.c_void_p),
                ("group", ctypes.c_void_p)]


class DLTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.c_void_p), ("byte_offset", ctypes.c_uint64)]


def check(status, what):
    if status != 0:
        raise RuntimeError(what)
