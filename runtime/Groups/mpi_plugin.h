//===- mpi_plugin.h - what the MPI plugin exports -----------------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime does not link MPI: a plugin, built against the MPI at hand, does. It is opened by name, and this is all that the
// two know of each other.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_GROUPS_MPI_PLUGIN_H
#define NORMC_RUNTIME_GROUPS_MPI_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NORMC_MPI_PLUGIN_VERSION 1
#define NORMC_MPI_PLUGIN_FILE "libnormrt_mpi.so"
#define NORMC_MPI_PLUGIN_SYMBOL "normrt_mpi_plugin"

/* All functions return 0, or nonzero after writing a sentence to `message`. */
typedef struct normc_mpi_plugin {
  uint32_t version; /* NORMC_MPI_PLUGIN_VERSION */
  /* Starts MPI where the process has not, and joins a communicator of all processes. */
  int32_t (*start)(int32_t *rank, int32_t *size, char *message, size_t message_size);
  /* `bytes` of each rank, in rank order: MPI_Allgather. */
  int32_t (*all_gather)(const void *mine, void *all, int64_t bytes, char *message, size_t message_size);
  /* The same for a few bytes, which gives up on ranks that have not sent theirs within `seconds`: `arrived`, a byte for each rank,
     says which have. */
  int32_t (*exchange)(const void *mine, void *all, int32_t bytes, uint8_t *arrived, double seconds, char *message,
                      size_t message_size);
  /* Ends MPI where `start` started it; `broken`: other ranks may be gone, so nothing waits for them. */
  void (*finish)(int32_t broken);
} normc_mpi_plugin;

typedef const normc_mpi_plugin *(*normc_mpi_plugin_function)(void);

#ifdef __cplusplus
}
#endif

#endif /* NORMC_RUNTIME_GROUPS_MPI_PLUGIN_H */
