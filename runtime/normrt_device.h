//===- normrt_device.h - memory and time on a GPU -----------------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For programs that have no other library for it: find a GPU, allocate arrays
// there, copy them, and measure with the GPU's own clock. With it a program needs
// nothing of the CUDA Toolkit. The conventions are those of normrt.h.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_NORMRT_DEVICE_H
#define NORMC_RUNTIME_NORMRT_DEVICE_H

#include "normrt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A GPU, with a stream of its own. Any number of threads may use it at once. */
typedef struct normrt_device normrt_device;

/* A point in the order of a device's stream, whose time is taken. */
typedef struct normrt_event normrt_event;

typedef struct normrt_device_properties {
  char name[256];
  int32_t capability; /* 10 * major + minor: 90 for sm_90 */
  int32_t multiprocessors;
  int32_t shared_per_block; /* bytes of shared memory that a block may ask for */
  int32_t driver_version;   /* 1000 * major + 10 * minor of the CUDA that the driver is for */
  int64_t l2_bytes;
  int64_t memory_bytes;
} normrt_device_properties;

/* Opens the GPU at `index`, as the driver counts them. Fails with NORMRT_NO_DEVICE where there is no driver or no GPU,
   and with NORMRT_BAD_ARGUMENT where there are fewer. */
NORMRT_API normrt_status normrt_device_open(int32_t index, normrt_device **device, normrt_error *error);

/* Closes a device, after its memory and events have been freed. Null is allowed. */
NORMRT_API void normrt_device_close(normrt_device *device);

NORMRT_API normrt_status normrt_device_describe(const normrt_device *device, normrt_device_properties *properties,
                                                normrt_error *error);

/* The stream that the functions below use, for normrt_options.stream. */
NORMRT_API void *normrt_device_stream(const normrt_device *device);

/* Memory on the GPU, aligned to 256 bytes; `bytes` of 0 gives an address too. */
NORMRT_API normrt_status normrt_device_allocate(normrt_device *device, int64_t bytes, void **address,
                                                normrt_error *error);
/* Waits for the stream first. Null is allowed. */
NORMRT_API normrt_status normrt_device_free(normrt_device *device, void *address, normrt_error *error);

/* Copies from the host and to it; returns when that is done. */
NORMRT_API normrt_status normrt_device_copy_in(normrt_device *device, void *to, const void *from, int64_t bytes,
                                               normrt_error *error);
NORMRT_API normrt_status normrt_device_copy_out(normrt_device *device, void *to, const void *from, int64_t bytes,
                                                normrt_error *error);
/* Copies within the GPU's memory; returns when that is in the stream. */
NORMRT_API normrt_status normrt_device_copy(normrt_device *device, void *to, const void *from, int64_t bytes,
                                            normrt_error *error);

/* Waits for all that is in the stream; a fault of a kernel is known then. */
NORMRT_API normrt_status normrt_device_synchronize(normrt_device *device, normrt_error *error);

NORMRT_API normrt_status normrt_event_create(normrt_device *device, normrt_event **event, normrt_error *error);
/* Null is allowed. */
NORMRT_API void normrt_event_destroy(normrt_event *event);
/* Puts the event at the end of the stream. */
NORMRT_API normrt_status normrt_event_record(normrt_event *event, normrt_error *error);
/* The time that the GPU took from one event to another, both recorded; waits for the second. */
NORMRT_API normrt_status normrt_event_elapsed(normrt_event *from, normrt_event *to, double *milliseconds,
                                              normrt_error *error);

#ifdef __cplusplus
}
#endif

#endif /* NORMC_RUNTIME_NORMRT_DEVICE_H */
