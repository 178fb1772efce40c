//===- simt_hooks.h - GPU kernels on the host ---------------------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Between the host twin of a GPU kernel and the engine that runs it. A twin is the LLVM IR that becomes PTX, compiled for
// the host, with a hook before each access of memory and in place of each barrier, shuffle and special register. The
// compiler emits twins into a module; the runtime has the engine (Simt/Machine.h). This header is part of the module's
// format, like module_format.h: its layout changes with NORMC_SIMT_VERSION, which a module states.
//
// One thread of the GPU is one call of `run` on a stack of its own. All threads of a launch take turns on one thread of the
// host, so a twin needs no locks, and it has no state but its thread.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_SIMT_HOOKS_H
#define NORMC_RUNTIME_SIMT_HOOKS_H

#include "module_format.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NORMC_SIMT_VERSION 1
#define NORMC_SIMT_SYMBOL "normc_simt"

/* Address spaces, by NVPTX's numbers. */
enum normc_simt_space { NORMC_SIMT_GENERIC = 0, NORMC_SIMT_GLOBAL = 1, NORMC_SIMT_SHARED = 3 };

/* What an access does. Volatile ones are atomic if they have 1, 2, 4 or 8 bytes, and order nothing by themselves. */
enum normc_simt_kind {
  NORMC_SIMT_LOAD = 1,
  NORMC_SIMT_STORE = 2,
  NORMC_SIMT_VOLATILE_LOAD = 3,
  NORMC_SIMT_VOLATILE_STORE = 4,
  NORMC_SIMT_ATOMIC = 5 /* reads, computes and writes in one; by the hook `atomic` only */
};

enum normc_simt_operation {
  NORMC_SIMT_EXCHANGE = 1,
  NORMC_SIMT_ADD = 2,
  NORMC_SIMT_AND = 3,
  NORMC_SIMT_OR = 4,
  NORMC_SIMT_XOR = 5,
  NORMC_SIMT_MAX = 6, /* of signed integers */
  NORMC_SIMT_MIN = 7,
  NORMC_SIMT_UMAX = 8,
  NORMC_SIMT_UMIN = 9,
  NORMC_SIMT_COMPARE_EXCHANGE = 10
};

/* As PTX's shfl.sync. */
enum normc_simt_shuffle { NORMC_SIMT_UP = 0, NORMC_SIMT_DOWN = 1, NORMC_SIMT_BUTTERFLY = 2, NORMC_SIMT_INDEX = 3 };
/* As PTX's vote.sync. */
enum normc_simt_vote { NORMC_SIMT_ALL = 0, NORMC_SIMT_ANY = 1, NORMC_SIMT_UNIFORM = 2, NORMC_SIMT_BALLOT = 3 };

/* One access in the code of a kernel, of so many bytes in each lane. */
typedef struct normc_simt_access {
  int32_t operand;   /* which of the kernel's operands; -1 for none, as for shared memory */
  int32_t sweep;     /* the sweep of the kernel that it belongs to */
  int32_t bytes;     /* 1 to 64 */
  int32_t alignment; /* what the instruction asks of the address, a power of two */
  int32_t space;     /* enum normc_simt_space */
  int32_t kind;      /* enum normc_simt_kind */
} normc_simt_access;

/* An array in shared memory. */
typedef struct normc_simt_shared {
  const char *name;
  int32_t offset; /* from normc_simt_thread.shared, a multiple of 16 */
  int32_t bytes;  /* -1: what the launch asks for; at most one, and the last */
} normc_simt_shared;

struct normc_simt_hooks;

/* A thread of the GPU, as its kernel sees it: the start of what the engine knows of it. All is along x. */
typedef struct normc_simt_thread {
  const struct normc_simt_hooks *hooks;
  char *shared; /* of its block */
  int32_t tid;
  int32_t ntid;
  int32_t ctaid;
  int32_t nctaid;
  int32_t laneid;
  int32_t cluster_ctarank;
  int32_t cluster_nctarank;
  int32_t clusterid;
  int32_t nclusterid;
  int32_t reserved;
} normc_simt_thread;

/* `access` counts within the kernel's accesses, `place` within its places. A hook that finds a fault does not return. */
typedef struct normc_simt_hooks {
  uint32_t version; /* NORMC_SIMT_VERSION */
  uint32_t reserved;
  /* Before a load or a store. */
  void (*access)(normc_simt_thread *thread, const void *address, int32_t access);
  /* An atomic operation on 4 or 8 bytes, relaxed; yields the value before it. `compare` is read by COMPARE_EXCHANGE. */
  uint64_t (*atomic)(normc_simt_thread *thread, void *address, int32_t access, int32_t operation, uint64_t value,
                     uint64_t compare);
  /* membar.cta (`device` 0), .gl or .sys (1). */
  void (*fence)(normc_simt_thread *thread, int32_t place, int32_t device);
  /* barrier.sync of `count` threads, or of the whole block where it is 0. */
  void (*barrier)(normc_simt_thread *thread, int32_t place, int32_t id, int32_t count);
  /* bar.warp.sync. */
  void (*warp_barrier)(normc_simt_thread *thread, int32_t place, uint32_t mask);
  /* shfl.sync of 32 bits: the value in the low half, the predicate in bit 32. It orders no memory. */
  uint64_t (*shuffle)(normc_simt_thread *thread, int32_t place, int32_t mode, uint32_t mask, uint32_t value,
                      uint32_t lane, uint32_t clamp);
  /* vote.sync: the ballot, or 0 or 1. It orders no memory. */
  uint32_t (*vote)(normc_simt_thread *thread, int32_t place, int32_t mode, uint32_t mask, int32_t predicate);
  /* barrier.cluster.arrive (`relaxed`: it orders no memory) and .wait. */
  void (*cluster_arrive)(normc_simt_thread *thread, int32_t place, int32_t relaxed);
  void (*cluster_wait)(normc_simt_thread *thread, int32_t place);
  /* mapa: the same address in the shared memory of another block of the cluster. */
  void *(*map_shared)(normc_simt_thread *thread, int32_t place, void *address, int32_t rank);
  void (*trap)(normc_simt_thread *thread, int32_t place);
} normc_simt_hooks;

/* `parameters`: where the value of each parameter lies, as the driver's launch takes them. */
typedef void (*normc_simt_function)(normc_simt_thread *thread, const void *const *parameters);

typedef struct normc_simt_kernel {
  const char *name; /* as in the PTX */
  normc_simt_function run;
  int32_t parameter_count;
  int32_t operand_count;
  int32_t access_count;
  int32_t place_count;
  int32_t shared_count;
  int32_t static_shared; /* bytes that its arrays of fixed size take on a GPU */
  const char *const *operands;
  const normc_simt_access *accesses;
  const char *const *places; /* what stands there, for messages */
  const normc_simt_shared *shared;
} normc_simt_kernel;

/* All twins of a module: normc_module.simt. */
struct normc_simt_module {
  uint32_t version; /* NORMC_SIMT_VERSION */
  int32_t kernel_count;
  const normc_simt_kernel *kernels;
};

#ifdef __cplusplus
}
#endif

#endif /* NORMC_RUNTIME_SIMT_HOOKS_H */
