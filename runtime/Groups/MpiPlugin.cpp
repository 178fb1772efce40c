//===- MpiPlugin.cpp - the plugin that is built against MPI -----*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/mpi_plugin.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mpi.h>
#include <new>
#include <thread>
#include <vector>

namespace {

MPI_Comm communicator = MPI_COMM_NULL;
bool hasStarted = false;
constexpr int tag = 1;

/// Requests that nobody waits for any more, and the memory that they still refer to, for the life of the process.
struct Abandoned {
  std::vector<MPI_Request> requests;
  std::vector<char> mine, all;
};

int32_t report(int code, const char *what, char *message, size_t size) {
  if (code == MPI_SUCCESS)
    return 0;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  std::snprintf(message, size, "%s failed: %s", what, text);
  return 1;
}

int32_t start(int32_t *rank, int32_t *size, char *message, size_t messageSize) {
  int isInitialized = 0, isFinalized = 0, level = 0, number = 0, count = 0;
  MPI_Initialized(&isInitialized);
  MPI_Finalized(&isFinalized);
  if (isFinalized) {
    std::snprintf(message, messageSize, "MPI has been finalized in this process");
    return 1;
  }
  if (!isInitialized) {
    if (report(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level), "MPI_Init_thread", message, messageSize))
      return 1;
    hasStarted = true;
  }
  if (report(MPI_Comm_dup(MPI_COMM_WORLD, &communicator), "MPI_Comm_dup", message, messageSize))
    return 1;
  MPI_Comm_set_errhandler(communicator, MPI_ERRORS_RETURN);
  MPI_Comm_rank(communicator, &number);
  MPI_Comm_size(communicator, &count);
  *rank = number;
  *size = count;
  return 0;
}

int32_t allGather(const void *mine, void *all, int64_t bytes, char *message, size_t messageSize) {
  int size = 0;
  MPI_Comm_size(communicator, &size);
  // Counts of MPI are ints: larger messages go in pieces, each gathered and put where it belongs.
  constexpr int64_t piece = int64_t(1) << 28;
  if (bytes <= piece)
    return report(MPI_Allgather(mine, int(bytes), MPI_BYTE, all, int(bytes), MPI_BYTE, communicator), "MPI_Allgather", message,
                  messageSize);
  std::vector<char> part;
  try {
    part.resize(size_t(piece) * size_t(size));
  } catch (const std::bad_alloc &) {
    std::snprintf(message, messageSize, "no memory for a message of %lld bytes", static_cast<long long>(bytes));
    return 1;
  }
  for (int64_t at = 0; at < bytes; at += piece) {
    const int64_t length = std::min(piece, bytes - at);
    if (report(MPI_Allgather(static_cast<const char *>(mine) + at, int(length), MPI_BYTE, part.data(), int(length), MPI_BYTE,
                             communicator),
               "MPI_Allgather", message, messageSize))
      return 1;
    for (int r = 0; r < size; ++r)
      std::memcpy(static_cast<char *>(all) + r * bytes + at, part.data() + r * length, size_t(length));
  }
  return 0;
}

int32_t exchange(const void *mine, void *all, int32_t bytes, uint8_t *arrived, double seconds, char *message,
                 size_t messageSize) {
  int rank = 0, size = 0;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_size(communicator, &size);
  auto *state = new (std::nothrow) Abandoned;
  if (!state) {
    std::snprintf(message, messageSize, "out of memory");
    return 1;
  }
  state->mine.assign(static_cast<const char *>(mine), static_cast<const char *>(mine) + bytes);
  state->all.resize(size_t(bytes) * size_t(size));
  state->requests.assign(2 * size_t(size), MPI_REQUEST_NULL);
  for (int r = 0; r < size; ++r) {
    arrived[r] = r == rank;
    if (r == rank)
      continue;
    if (report(MPI_Irecv(state->all.data() + size_t(r) * size_t(bytes), bytes, MPI_BYTE, r, tag, communicator, &state->requests[r]),
               "MPI_Irecv", message, messageSize) ||
        report(MPI_Isend(state->mine.data(), bytes, MPI_BYTE, r, tag, communicator, &state->requests[size + r]), "MPI_Isend",
               message, messageSize))
      return 1;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  bool isComplete = false;
  for (int polls = 0; !isComplete; ++polls) {
    isComplete = true;
    for (int r = 0; r < 2 * size; ++r) {
      int done = 1;
      // What a lost rank was to receive or send fails, or stays.
      if (state->requests[r] != MPI_REQUEST_NULL && MPI_Test(&state->requests[r], &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done &&
          r < size)
        arrived[r] = 1;
      isComplete &= done != 0;
    }
    if (!isComplete && std::chrono::steady_clock::now() > end)
      break;
    if (polls > 200)
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  std::memcpy(state->all.data() + size_t(rank) * size_t(bytes), mine, size_t(bytes));
  std::memcpy(all, state->all.data(), state->all.size());
  if (isComplete)
    delete state;
  return 0;
}

void finish(int32_t broken) {
  int isFinalized = 0;
  MPI_Finalized(&isFinalized);
  if (isFinalized)
    return;
  if (broken) {
    // Others say what they know first; a launcher ends them when one has ended.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (hasStarted)
      MPI_Abort(communicator, 1);
    return;
  }
  MPI_Comm_free(&communicator);
  if (hasStarted)
    MPI_Finalize();
}

const normc_mpi_plugin plugin = {NORMC_MPI_PLUGIN_VERSION, start, allGather, exchange, finish};

} // namespace

extern "C" __attribute__((visibility("default"))) const normc_mpi_plugin *normrt_mpi_plugin(void) {
  return &plugin;
}
