//===- module_format.h - what a compiled module exports -----------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only thing that the compiler and the runtime share. A module is a shared
// object that exports the function `normc_module_v1`, which returns its table.
// Emitted C++ repeats these declarations, so that it depends on no file; a test
// holds both against each other. Layout changes go with a new version number; the
// function keeps its name, and `version` its place, so that every runtime can say
// of which version a module is. Version 2 added the traffic of entries, version 3
// plans for GPUs.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_MODULE_FORMAT_H
#define NORMC_RUNTIME_MODULE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NORMC_MODULE_VERSION 3
#define NORMC_MODULE_SYMBOL "normc_module_v1"

/* How elements are stored. f16 and bf16 are two bytes, i1 is one byte, 0 or 1. */
enum normc_type {
  NORMC_F16 = 1,
  NORMC_BF16 = 2,
  NORMC_F32 = 3,
  NORMC_F64 = 4,
  NORMC_I32 = 5,
  NORMC_I64 = 6,
  NORMC_I1 = 7
};

/* What a value is to the graph that the user wrote; `position` counts within a role. */
enum normc_role {
  NORMC_ARGUMENT = 1,  /* argument `position` of the function */
  NORMC_RESULT = 2,    /* result `position` of the function */
  NORMC_SAVED = 3,     /* value `position` that the forward keeps for the backward */
  NORMC_COTANGENT = 4, /* cotangent `position`, in the order of the differentiable results */
  NORMC_GRADIENT = 5   /* gradient `position`, in the order of `wrt` */
};

/* Nonzero in `flags`: only the extents of the value are read, its buffer may be null. */
#define NORMC_EXTENTS_ONLY 1
/* Nonzero in `flags`: of a gradient, this device's share; the shares add up to the gradient. */
#define NORMC_SHARE 2
/* Of a result: made to be written over the argument that it updates, of which nothing is needed afterwards. */
#define NORMC_INPLACE 4
/* Nonzero in `flags`: of an argument, no element may be 0. An entry's own function looks after that; who launches its GPU plan does. */
#define NORMC_NONZERO 8

typedef struct normc_value {
  const char *name;       /* the user's name, never null */
  int32_t type;           /* enum normc_type */
  int32_t role;           /* enum normc_role */
  int32_t position;
  int32_t flags;
  int32_t updates;        /* result: the argument that it may be written over, or -1 */
  int32_t rank;           /* 1 to 8 */
  const int64_t *extents; /* rank of them; -1 - k stands for extent symbol k of the entry */
  int32_t shard;          /* 0, or 1 + the axis along which it is split over the devices of the group */
  int32_t reserved;
  int64_t joined;         /* where it is split: its extent along that axis on all devices, or -1 where the graph does not say */
} normc_value;

/* Gathers `count` elements of `type` (enum normc_type) from each rank into `all`, in rank order; every rank calls it with the same
   operation, type and count. Nonzero where that failed, on every rank, and then `message` names the rank at fault and the operation. */
typedef int32_t (*normc_all_gather_function)(void *state, const char *operation, int32_t type, int64_t count,
                                             const void *mine, void *all, char *message, size_t message_size);

/* The devices that a call shares with others, of which this is one. */
typedef struct normc_group {
  uint32_t version;                            /* NORMC_MODULE_VERSION */
  int32_t rank;                                /* of this device, from 0 */
  int32_t size;                                /* how many there are */
  int32_t reserved;
  void *state;                                 /* what the functions take */
  normc_all_gather_function all_gather;        /* between buffers of the host */
  normc_all_gather_function all_gather_device; /* between buffers of GPUs, done when it returns; null where the group cannot */
} normc_group;

/* What a call brings along. */
typedef struct normc_context {
  uint32_t version;    /* NORMC_MODULE_VERSION */
  int32_t threads;     /* 0: as many as OpenMP would use */
  char *message;       /* where the entry writes a sentence when it fails; may be null */
  size_t message_size; /* bytes at `message` */
  const normc_group *group; /* null for a single device */
} normc_context;

/* What an entry returns. */
enum normc_entry_status {
  NORMC_ENTRY_DONE = 0,
  NORMC_ENTRY_OUT_OF_MEMORY = 1,
  NORMC_ENTRY_COLLECTIVE = 2,  /* a collective failed, or the ranks contradict one another */
  NORMC_ENTRY_BAD_ARGUMENT = 3 /* an argument holds what it must not; nothing has been written */
};

/* `buffers`: arguments, then results, each dense in row-major order; `symbols`: the values of the entry's extent
   symbols, all >= 0. The caller has checked that extents agree. Results overlap with nothing, except that one with
   `updates = K` may lie exactly over argument K. */
typedef int32_t (*normc_entry_function)(void *const *buffers, const int64_t *symbols, const normc_context *context);

/* What one call moves between memory and chip, in bytes; INT64_MAX stands for that and all above. */
typedef struct normc_traffic {
  int64_t read;            /* as the kernels' certificates say, together */
  int64_t written;
  int64_t minimum_read;    /* what any implementation must move: each argument that is read, once, */
  int64_t minimum_written; /* and each result, once */
} normc_traffic;
typedef void (*normc_traffic_function)(const int64_t *symbols, normc_traffic *traffic);

/* What a GPU offers, as far as plans depend on it. */
typedef struct normc_gpu {
  uint32_t version;         /* NORMC_MODULE_VERSION */
  int32_t capability;       /* 10 * major + minor: 90 for sm_90 */
  int32_t multiprocessors;
  int32_t shared_per_block; /* bytes of shared memory that a block may ask for */
  int64_t l2_bytes;
} normc_gpu;

/* Memory on the GPU that lives as long as a call of the entry. */
typedef struct normc_temporary {
  int64_t bytes;
  int32_t zeroed; /* nonzero: all its bytes are 0 when the first kernel is launched */
  int32_t reserved;
} normc_temporary;

/* One launch: `grid` blocks of `block` threads, both along x; none where `grid` is 0. The kernel's parameters are a pointer
   for each of `buffers`, then the entry's extent symbols, then `scalars`, each of these a 64-bit integer. */
typedef struct normc_launch {
  const char *kernel;     /* its name in the PTX */
  int64_t grid;
  int32_t block;
  int32_t shared;         /* bytes of dynamic shared memory in a block */
  int32_t cluster;        /* blocks in a cluster, 1 for none; divides `grid` */
  int32_t cooperative;    /* nonzero: all blocks are resident at once, and meet at barriers of the grid */
  int32_t buffer_count;
  int32_t scalar_count;
  const int32_t *buffers; /* of the entry: its arguments, then its results, then its temporaries, counted from 0 */
  int64_t scalars[8];
} normc_launch;

/* What a call of an entry launches on a GPU, in order, each after the one before. */
typedef struct normc_gpu_plan {
  int32_t temporary_count;
  int32_t launch_count;
  /* Fill in `temporary_count` temporaries, and the launch at an index, for extent symbols and a GPU. Both return nonzero
     where the plan cannot run, and then explain it in `message`. */
  int32_t (*temporaries)(const int64_t *symbols, const normc_gpu *gpu, normc_temporary *temporaries, char *message,
                         size_t message_size);
  int32_t (*launch)(const int64_t *symbols, const normc_gpu *gpu, int32_t index, normc_launch *launch, char *message,
                    size_t message_size);
} normc_gpu_plan;

typedef struct normc_entry {
  const char *name;
  int32_t argument_count;
  int32_t result_count;
  int32_t symbol_count;
  int32_t reserved;
  const normc_value *arguments;
  const normc_value *results;
  normc_entry_function run;
  normc_traffic_function traffic;
  const normc_gpu_plan *gpu;    /* null where the module has no GPU kernels */
} normc_entry;

/* A gradient is a pair of entries, run one after the other. Its own signature is that of the joint function: the
   function's arguments, then the cotangents; the function's results, then the gradients. */
typedef struct normc_gradient {
  const char *name;
  int32_t forward;  /* index into the module's entries */
  int32_t backward; /* index into the module's entries */
  int32_t argument_count;
  int32_t result_count;
  int32_t symbol_count;
  int32_t reserved;
  const normc_value *arguments;
  const normc_value *results;
} normc_gradient;

/* The GPU kernels compiled for the host: simt_hooks.h. */
typedef struct normc_simt_module normc_simt_module;

typedef struct normc_module {
  uint32_t version;             /* NORMC_MODULE_VERSION */
  int32_t entry_count;
  int32_t gradient_count;
  int32_t reserved;
  const char *instruction_sets; /* what the code needs of the CPU, by GCC's names, separated by spaces; "" for none */
  const normc_entry *entries;
  const normc_gradient *gradients;
  const char *ptx;              /* null where the module has no GPU kernels */
  const char *ptx_target;       /* what the PTX was compiled for, "sm_80"; null without PTX */
  const normc_simt_module *simt; /* a twin of each kernel in the PTX, for the host; null where there are none */
} normc_module;

typedef const normc_module *(*normc_module_function)(void);

#ifdef __cplusplus
}
#endif

#endif /* NORMC_RUNTIME_MODULE_FORMAT_H */
