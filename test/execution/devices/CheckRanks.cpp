//===- CheckRanks.cpp - what ranks say when one of them is at fault -------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   check-ranks fault KIND FAULT CULPRIT RANKS   three collectives, in the second of which a rank is at fault: none, skip, count, type or
//                                                kill. RANKS is for KIND local; of mpi, it is what mpirun says.
//   check-ranks call MODULE FUNCTION SHAPE ..    a function of one argument of f32 on threads, of which each has a share of this shape
//
// Every rank says what it was told, and how many seconds that took.
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

std::vector<normrt_group *> open(const char *kind, int32_t ranks) {
  std::vector<normrt_group *> groups(static_cast<size_t>(ranks));
  normrt_error error;
  if (normrt_group_open(kind, ranks, nullptr, groups.data(), &error) != NORMRT_OK) {
    std::fprintf(stderr, "check-ranks: error: %s\n", error.message);
    std::exit(1);
  }
  return groups;
}

void say(int32_t rank, const char *message, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::printf("rank %d after %d s: %s\n", rank, int(time.count()), *message ? message : "done");
  std::fflush(stdout);
}

/// One rank; true when all went well.
bool gather(normrt_group *group, const std::string &fault, int32_t culprit) {
  const auto start = std::chrono::steady_clock::now();
  const int32_t rank = normrt_group_rank(group);
  normrt_error error = {};
  for (int64_t index = 0; index < 3; ++index) {
    const bool isAtFault = rank == culprit && index == 1;
    if (isAtFault && fault == "kill")
      std::raise(SIGKILL);
    if (isAtFault && fault == "skip")
      continue;
    const int64_t count = isAtFault && fault == "count" ? 5 : 4;
    const int32_t type = isAtFault && fault == "type" ? NORMC_F32 : NORMC_F64;
    std::vector<double> mine(8, rank), all(8 * size_t(normrt_group_size(group)));
    const std::string name = "operation " + std::to_string(index);
    if (normrt_group_all_gather(group, name.c_str(), type, count, mine.data(), all.data(), &error) != NORMRT_OK)
      break;
  }
  say(rank, error.message, start);
  return error.status == NORMRT_OK;
}

int runFault(char **words) {
  const std::string kind = words[0], fault = words[1];
  const int32_t culprit = std::atoi(words[2]);
  std::vector<normrt_group *> groups = open(words[0], kind == "mpi" ? 1 : std::atoi(words[3]));
  std::vector<std::thread> threads;
  std::vector<char> ok(groups.size());
  for (size_t rank = 0; rank < groups.size(); ++rank)
    threads.emplace_back([&, rank] {
      ok[rank] = gather(groups[rank], fault, culprit);
      normrt_group_close(groups[rank]);
    });
  bool all = true;
  for (size_t rank = 0; rank < groups.size(); ++rank) {
    threads[rank].join();
    all &= ok[rank] != 0;
  }
  return all ? 0 : 1;
}

/// One rank's call on a share of ones.
void call(const normrt_function *function, normrt_group *group, const std::string &text) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<int64_t> shape;
  for (const char *at = text.c_str(); *at;) {
    char *end;
    shape.push_back(std::strtoll(at, &end, 10));
    at = *end ? end + 1 : end;
  }
  auto sizeOf = [](const int64_t *extents, size_t rank) {
    size_t size = 1;
    for (size_t axis = 0; axis < rank; ++axis)
      size *= size_t(extents[axis]);
    return size;
  };
  std::vector<float> x(sizeOf(shape.data(), shape.size()), 1.0f);
  DLTensor input = {x.data(), {kDLCPU, 0}, int32_t(shape.size()), {kDLFloat, 32, 1}, shape.data(), nullptr, 0};
  normrt_error error;
  std::vector<int64_t> extents(NORMRT_MAX_RANK);
  normrt_options options = {NORMRT_VERSION, 1, NORMRT_CPU, 0, nullptr, nullptr, group};
  if (normrt_result_extents(function, &input, 1, extents.data(), 1, &error) == NORMRT_OK) {
    std::vector<float> y(sizeOf(extents.data(), shape.size()));
    DLTensor output = {y.data(), {kDLCPU, 0}, int32_t(shape.size()), {kDLFloat, 32, 1}, extents.data(), nullptr, 0};
    normrt_call(function, &input, 1, &output, 1, &options, &error);
  } else {
    // The call says it again, to the other ranks too.
    normrt_call(function, &input, 1, &input, 1, &options, &error);
  }
  say(normrt_group_rank(group), error.message, start);
}

int runCall(int count, char **words) {
  normrt_module *module;
  const normrt_function *function;
  normrt_error error;
  if (normrt_open(words[0], &module, &error) != NORMRT_OK || normrt_find(module, words[1], &function, &error) != NORMRT_OK) {
    std::fprintf(stderr, "check-ranks: error: %s\n", error.message);
    return 1;
  }
  std::vector<normrt_group *> groups = open("local", count - 2);
  std::vector<std::thread> threads;
  for (size_t rank = 0; rank < groups.size(); ++rank)
    threads.emplace_back([&, rank] { call(function, groups[rank], words[2 + rank]); });
  for (size_t rank = 0; rank < groups.size(); ++rank) {
    threads[rank].join();
    normrt_group_close(groups[rank]);
  }
  normrt_close(module);
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc >= 5 && std::strcmp(argv[1], "fault") == 0 && (argc >= 6 || std::strcmp(argv[2], "mpi") == 0))
    return runFault(argv + 2);
  if (argc >= 5 && std::strcmp(argv[1], "call") == 0)
    return runCall(argc - 2, argv + 2);
  std::fprintf(stderr, "usage: check-ranks fault KIND FAULT CULPRIT RANKS | call MODULE FUNCTION SHAPE ..\n");
  return 2;
}
