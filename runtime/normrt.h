//===- normrt.h - open and run compiled modules -------------------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime's C interface. It opens what normc compiled and runs it; it compiles nothing.
//
// Conventions:
// - A function that can fail returns a status and, where `error` is not null, fills it: with a sentence on failure,
//   with NORMRT_OK and "" on success. Nothing is thrown, printed or kept in globals.
// - Out parameters are written on success only.
// - A module and its functions do not change once opened: any number of threads may use them at once, as long as
//   their calls write to different memory.
// - Strings that are returned belong to the module and live until it is closed.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_NORMRT_H
#define NORMC_RUNTIME_NORMRT_H

#include <dlpack/dlpack.h>
#include <stdint.h>

#include "module_format.h" /* enum normc_type, enum normc_role, NORMC_EXTENTS_ONLY, NORMC_INPLACE, normc_traffic */

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. It grows with every change that a program could notice: 2 added the traffic of functions, 3
   devices other than the CPU (new options, new statuses, and normrt_device.h) and groups of devices. */
#define NORMRT_VERSION 3

#define NORMRT_MAX_RANK 8
#define NORMRT_MAX_THREADS 4096
#define NORMRT_MAX_RANKS 1024
#define NORMRT_MESSAGE_SIZE 512

#if defined(__GNUC__)
#define NORMRT_API __attribute__((visibility("default")))
#else
#define NORMRT_API
#endif

typedef enum normrt_status {
  NORMRT_OK = 0,
  NORMRT_BAD_MODULE = 1,    /* not a module, of another version, damaged, or for another CPU */
  NORMRT_BAD_ARGUMENT = 2,  /* the caller's: a name, an index, a count, a type, extents, strides, memory */
  NORMRT_OUT_OF_MEMORY = 3, /* memory for values saved between forward and backward, or a kernel's own */
  NORMRT_INTERNAL = 4,      /* a kernel failed, or the runtime contradicts itself */
  NORMRT_NO_DEVICE = 5,     /* no GPU, no driver for it, or not the GPU that the module was compiled for */
  NORMRT_DEVICE_FAILED = 6, /* the GPU or its driver failed; the message names the call and the code */
  NORMRT_COLLECTIVE = 7    /* a collective failed: a rank is lost, or does something else than the others */
} normrt_status;

/* What went wrong. Owned by the caller, who need not initialize it. */
typedef struct normrt_error {
  int32_t status;                    /* a normrt_status */
  char message[NORMRT_MESSAGE_SIZE]; /* one sentence, always terminated, cut off where it would not fit */
} normrt_error;

/* An open module. */
typedef struct normrt_module normrt_module;

/* A function of a module, owned by the module: one entry of it, or a gradient, which runs a pair of entries. */
typedef struct normrt_function normrt_function;

/* One rank of a group: of the devices that share a sharded graph. One thread at a time uses it. */
typedef struct normrt_group normrt_group;

/* An argument or a result of a function. */
typedef struct normrt_value {
  const char *name;                 /* the user's name, owned by the module; may be "" */
  int32_t type;                     /* enum normc_type */
  int32_t role;                     /* enum normc_role */
  int32_t position;                 /* counts within the role */
  int32_t flags;                    /* NORMC_EXTENTS_ONLY, NORMC_SHARE, NORMC_INPLACE, or 0 */
  int32_t updates;                  /* of a result: the argument that it may be written over, or -1 */
  int32_t rank;                     /* 1 to 8 */
  int64_t extents[NORMRT_MAX_RANK]; /* `rank` of them, then zeros; -1 for one that is determined by a call */
  int32_t shard;                    /* the axis along which it is split over the devices of a group, or -1 */
  int64_t joined;                   /* its extent along that axis on all devices together, or -1 where the graph does not say */
} normrt_value;

/* Where a call runs. */
enum normrt_device_kind {
  NORMRT_CPU = 0,
  NORMRT_SIMT = 1, /* the GPU kernels, executed and checked on the host */
  NORMRT_CUDA = 2  /* an NVIDIA GPU */
};

/* In which order the simt device runs the threads of a block, and the blocks of a grid. It never changes a result. */
enum normrt_simt_order { NORMRT_ASCENDING = 0, NORMRT_DESCENDING = 1, NORMRT_SHUFFLED = 2 };

/* What one sweep of one kernel moved of one operand between memory and chip, in bytes, over all launches of a call. */
typedef struct normrt_count {
  const char *kernel;
  const char *operand;
  int32_t sweep;
  int32_t reserved;
  int64_t read;
  int64_t written;
} normrt_count;

/* How the simt device runs. */
typedef struct normrt_simt {
  int32_t order;           /* enum normrt_simt_order */
  int32_t multiprocessors; /* of the GPU that is played; 0 for a small one */
  uint64_t seed;           /* of NORMRT_SHUFFLED */
  void (*count)(void *data, const normrt_count *count); /* null, or told what was counted, after the call has succeeded */
  void *data;                                           /* handed to `count` */
} normrt_simt;

/* How to run a call. Fields that are left 0 mean the CPU. */
typedef struct normrt_options {
  uint32_t version;        /* NORMRT_VERSION */
  int32_t threads;         /* of the CPU: 1 to NORMRT_MAX_THREADS; 0 for as many as OpenMP would use. It never changes a
                              result. */
  int32_t device;          /* enum normrt_device_kind */
  int32_t device_index;    /* which GPU, as its driver counts them */
  void *stream;            /* NORMRT_CUDA: the CUstream that the call joins; null for CUDA's default stream */
  const normrt_simt *simt; /* NORMRT_SIMT: null for ascending order */
  normrt_group *group;     /* NORMRT_CPU: the rank that this call is, or null for a single device, whose share is everything */
} normrt_options;

/* How a group is opened. */
typedef struct normrt_group_options {
  uint32_t version; /* NORMRT_VERSION */
  int32_t checked;  /* 1: before each collective the ranks compare sequence number, operation, type and count; 0: they do not */
  double deadline;  /* seconds that a checked collective waits for a rank; 0 for 4 */
} normrt_group_options;

/* The NORMRT_VERSION that the library was built with. */
NORMRT_API uint32_t normrt_version(void);

/* Opens the module at `path` (a file, never searched for along library paths). `*module` is the caller's, to be given
   to normrt_close. A file that was opened under the same path before, in this process, stays what it was then.
   Fails with NORMRT_BAD_MODULE where the file is missing, is no module, is damaged, or needs instructions that this CPU
   does not have. */
NORMRT_API normrt_status normrt_open(const char *path, normrt_module **module, normrt_error *error);

/* Closes a module; its functions and strings are gone afterwards. Null is allowed. */
NORMRT_API void normrt_close(normrt_module *module);

/* The number of functions: entries, then gradients. */
NORMRT_API int32_t normrt_function_count(const normrt_module *module);

/* The function at `index`, from 0 to normrt_function_count - 1. */
NORMRT_API normrt_status normrt_function_at(const normrt_module *module, int32_t index,
                                            const normrt_function **function, normrt_error *error);

/* The function of this name. On failure the message lists the names there are. */
NORMRT_API normrt_status normrt_find(const normrt_module *module, const char *name, const normrt_function **function,
                                     normrt_error *error);

NORMRT_API const char *normrt_function_name(const normrt_function *function);

/* The two entries that a gradient runs, or null and null where the function is not a gradient. */
NORMRT_API normrt_status normrt_gradient_entries(const normrt_function *function, const normrt_function **forward,
                                                 const normrt_function **backward, normrt_error *error);

NORMRT_API int32_t normrt_argument_count(const normrt_function *function);
NORMRT_API int32_t normrt_result_count(const normrt_function *function);

/* Describes the argument or the result at `index`. A gradient has the arguments of its function, then the cotangents,
   and the results of its function, then the gradients. */
NORMRT_API normrt_status normrt_argument(const normrt_function *function, int32_t index, normrt_value *value,
                                         normrt_error *error);
NORMRT_API normrt_status normrt_result(const normrt_function *function, int32_t index, normrt_value *value,
                                       normrt_error *error);

/* The extents that the results will have for arguments with the extents of `inputs`, so that callers can allocate.
   Of the inputs only `ndim` and `shape` are read. `extents` holds NORMRT_MAX_RANK numbers for each result: result r has
   its extents at extents[NORMRT_MAX_RANK * r], as many as its rank, then zeros. */
NORMRT_API normrt_status normrt_result_extents(const normrt_function *function, const DLTensor *inputs,
                                               int32_t input_count, int64_t *extents, int32_t result_count,
                                               normrt_error *error);

/* The bytes that a call with the extents of `inputs` moves between memory and chip: what the kernels are certified to move, and
   the least that any implementation moves, each argument that is read once and each result once. Of the inputs only `ndim` and
   `shape` are read. A gradient moves what its forward and its backward move, one after the other. */
NORMRT_API normrt_status normrt_traffic(const normrt_function *function, const DLTensor *inputs, int32_t input_count,
                                        normc_traffic *traffic, normrt_error *error);

/* Runs a function and returns when the results are there. `inputs` has a tensor for each argument, `outputs` one for
   each result; all memory is the caller's.

   Each tensor is dense in row-major order, in CPU memory (kDLCPU), aligned to its element, and of the element type that
   the function states: f16 is {kDLFloat, 16}, bf16 {kDLBfloat, 16}, f32 {kDLFloat, 32}, f64 {kDLFloat, 64}, i32
   {kDLInt, 32}, i64 {kDLInt, 64}, i1 {kDLUInt, 8} or {kDLBool, 8} with bytes that are 0 or 1 (not checked).

   On NORMRT_SIMT and NORMRT_CUDA tensors in CPU memory are copied to the device and back. On NORMRT_CUDA they may instead
   all be in the memory of that GPU (kDLCUDA, the device's index): then nothing is copied, and the call returns as soon as
   its work is in the stream, in whose order the results are there; a fault of a kernel shows at a later call.
   What a module needs on a GPU is loaded at the first call there, and stays until the module is closed.

   Where all extents of an argument or result are static, any tensor with the same elements in the same order will do
   whose extents agree once 1s are dropped and adjacent axes merged or split: 4x6x5x5 for 4x2x3x25, but not 6x4 for
   4x6. Otherwise the rank and the static extents must be equal, and extents that the function ties together must agree.

   `data` may be null for a tensor without elements and for an argument with NORMC_EXTENTS_ONLY.

   A result overlaps no argument and no other result, except that one with `updates` = K may lie exactly over argument
   K. With NORMC_INPLACE it is meant to: give both tensors the same memory, and no other is needed, neither by the function
   nor by the backward of its gradient. Where the output has memory of its own, the result is written there and the
   argument stays as it is. A gradient allocates the values that its forward saves for its backward and frees them before it returns.

   `options` may be null. After a failure the contents of the outputs are undefined; after NORMRT_BAD_ARGUMENT and
   NORMRT_BAD_MODULE nothing has been written, but for what the forward of a gradient wrote before its backward found a 0
   in what the forward had computed to divide by. */
NORMRT_API normrt_status normrt_call(const normrt_function *function, const DLTensor *inputs, int32_t input_count,
                                     DLTensor *outputs, int32_t output_count, const normrt_options *options,
                                     normrt_error *error);

/* Groups. Entries of a graph with norm.shard send what their kernels have reduced to all other ranks, and merge what all have sent in
   rank order, so that every rank comes to the same bits. The one collective that this takes is an all-gather:

     normrt_group_open        MPI_Init_thread, MPI_Comm_dup       ncclGetUniqueId, ncclCommInitRank
     normrt_group_rank        MPI_Comm_rank                       ncclCommUserRank
     normrt_group_size        MPI_Comm_size                       ncclCommCount
     normrt_group_all_gather  MPI_Allgather                       ncclAllGather
     normrt_group_close       MPI_Comm_free, MPI_Finalize         ncclCommDestroy; after a failure ncclCommAbort

   After a collective has failed on a rank, all later ones of that rank fail with the same message; so they do on the others
   once they hear of it, in checked mode within the deadline. A rank whose call fails for its own reasons ends the group. */

/* Opens a group of this kind and yields the ranks that this process has in it, `ranks` handles at `groups`:
   "local": all its ranks, each for a thread of its own; "nccl": likewise, one GPU each, or with `ranks` = 1 under a launcher of MPI the one
   that this process is; "mpi": the one that this process is, so `ranks` must be 1. `options` may be null: then the environment
   variable NORMC_CHECK_COLLECTIVES says whether the mode is checked, 1, and with what deadline, a larger number of seconds. */
NORMRT_API normrt_status normrt_group_open(const char *kind, int32_t ranks, const normrt_group_options *options,
                                           normrt_group **groups, normrt_error *error);

/* Ends a rank. To the others of a local group it has left: a collective that still needs it fails. Null is allowed. */
NORMRT_API void normrt_group_close(normrt_group *group);

NORMRT_API int32_t normrt_group_rank(const normrt_group *group);
NORMRT_API int32_t normrt_group_size(const normrt_group *group);

/* Gathers `count` elements of `type` (enum normc_type) of each rank into `all`, in rank order. `operation` names it in messages. */
NORMRT_API normrt_status normrt_group_all_gather(normrt_group *group, const char *operation, int32_t type, int64_t count,
                                                 const void *mine, void *all, normrt_error *error);

#ifdef __cplusplus
}
#endif

#endif /* NORMC_RUNTIME_NORMRT_H */
