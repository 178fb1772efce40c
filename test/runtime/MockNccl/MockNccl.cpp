//===- MockNccl.cpp - NCCL over ranks that are threads ----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A libnccl.so.2 for machines without a GPU: communicators are local groups. It says that it is MOCK_NCCL_VERSION, and its all-gather
// fails where MOCK_NCCL_FAILURE is set.
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/LocalGroup.h"
#include "test/runtime/MockNccl/MockStream.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

using normc::runtime::Group;

namespace {

struct Id {
  char bytes[128];
};

struct Communicator {
  std::unique_ptr<Group> group;
};

std::mutex mutex;
/// By id: the ranks that nobody has taken yet.
std::map<std::string, std::vector<std::unique_ptr<Group>>> waiting;

} // namespace

extern "C" {

int ncclGetVersion(int *version) {
  const char *text = std::getenv("MOCK_NCCL_VERSION");
  *version = text ? std::atoi(text) : 21805;
  return 0;
}

const char *ncclGetErrorString(int) { return "a mocked failure"; }

int ncclGetUniqueId(Id *id) {
  static int count = 0;
  std::lock_guard<std::mutex> lock(mutex);
  std::memset(id, 0, sizeof *id);
  std::snprintf(id->bytes, sizeof id->bytes, "communicator %d", ++count);
  return 0;
}

int ncclCommInitRank(Communicator **communicator, int ranks, Id id, int rank) {
  std::lock_guard<std::mutex> lock(mutex);
  auto &groups = waiting[id.bytes];
  if (groups.empty())
    groups = normc::runtime::openLocalGroup(ranks, {});
  if (!id.bytes[0] || int(groups.size()) != ranks || !groups[rank])
    return 4; // an invalid argument
  *communicator = new Communicator{std::move(groups[rank])};
  return 0;
}

int ncclAllGather(const void *mine, void *all, std::size_t count, int type, Communicator *communicator, MockStream *stream) {
  if (std::getenv("MOCK_NCCL_FAILURE") || type != 0 || !stream)
    return 2;
  stream->work = std::async(std::launch::async, [=] {
    return communicator->group->allGather({"ncclAllGather", NORMC_I1, int64_t(count), mine, all, false}) ? 1 : 0;
  });
  return 0;
}

int ncclCommGetAsyncError(Communicator *, int *error) {
  *error = 0;
  return 0;
}

int ncclCommAbort(Communicator *communicator) {
  delete communicator;
  return 0;
}

int ncclCommDestroy(Communicator *communicator) {
  delete communicator;
  return 0;
}
}
