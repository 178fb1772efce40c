//===- Mock.cpp - the state of a driver without a GPU -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Mock.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sstream>
#include <unistd.h>

namespace normc::runtime::cuda {

static constexpr int leakStatus = 97;

static std::string variable(const char *name) {
  const char *text = std::getenv(name);
  return text ? text : "";
}

static int number(const char *name, int otherwise) {
  std::string text = variable(name);
  return text.empty() ? otherwise : std::atoi(text.c_str());
}

MockSettings MockSettings::read() {
  MockSettings settings;
  settings.version = number("NORMC_MOCK_VERSION", settings.version);
  settings.gpus = number("NORMC_MOCK_GPUS", settings.gpus);
  settings.capability = number("NORMC_MOCK_CAPABILITY", settings.capability);
  settings.pools = number("NORMC_MOCK_POOLS", 1) != 0;
  std::istringstream files(variable("NORMC_MOCK_MODULE")), fail(variable("NORMC_MOCK_FAIL"));
  for (std::string file; std::getline(files, file, ':');)
    settings.modules.push_back(file);
  char colon;
  std::getline(fail, settings.failingName, ':');
  fail >> settings.failingCall >> colon >> settings.failingCode;
  return settings;
}

Mock &Mock::get() {
  static Mock mock;
  return mock;
}

Mock::Mock() {
  clear();
}

Mock::~Mock() {
  std::string leaks = findLeaks();
  if (leaks.empty())
    return;
  std::fprintf(stderr, "mock libcuda: not given back: %s\n", leaks.c_str());
  std::fflush(nullptr);
  _exit(leakStatus);
}

void Mock::clear() {
  settings = MockSettings::read();
  simt::Settings gpu;
  gpu.capability = settings.capability;
  queue.clear();
  modules.clear();
  functions.clear();
  streams.clear();
  events.clear();
  pools.clear();
  memory.clear();
  memoryOfPools.clear();
  contexts.clear();
  context = {};
  fault = success;
  faultText.clear();
  calls.clear();
  counted = 0;
  machine = std::make_unique<simt::Machine>(gpu);
}

std::string Mock::reset() {
  std::lock_guard lock(mutex);
  wait();
  std::string leaks = findLeaks();
  clear();
  return leaks;
}

std::string Mock::findLeaks() const {
  std::string text;
  auto count = [&](size_t number, const char *what) {
    if (number > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + what;
  };
  count(memory.size(), "allocations");
  count(memoryOfPools.size(), "allocations of pools");
  count(modules.size(), "modules");
  count(streams.size(), "streams");
  count(events.size(), "events");
  count(pools.size(), "pools");
  for (const auto &[thread, current] : contexts)
    count(current.size(), "current contexts");
  count(size_t(context.retained), "retained contexts");
  return text;
}

bool Mock::isToFail(const char *name) {
  if (settings.failingName.empty() || (settings.failingName != "*" && settings.failingName != name))
    return false;
  return ++counted == settings.failingCall;
}

Result Mock::wait() {
  std::vector<std::function<Result()>> work;
  work.swap(queue);
  for (const std::function<Result()> &step : work)
    if (Result result = step(); fault == success)
      fault = result;
  return fault;
}

Result Mock::refuse(Result code, const std::string &reason) const {
  std::fprintf(stderr, "mock libcuda: %s\n", reason.c_str());
  return code;
}

Result Mock::findModule(const char *ptx, const normc_module *&table, std::string &log) const {
  log = "no module of NORMC_MOCK_MODULE has this PTX";
  for (const std::string &file : settings.modules) {
    void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    auto function = handle ? reinterpret_cast<normc_module_function>(dlsym(handle, NORMC_MODULE_SYMBOL)) : nullptr;
    const normc_module *found = function ? function() : nullptr;
    if (!found || !found->ptx || std::strcmp(found->ptx, ptx) != 0)
      continue;
    if (std::atoi(found->ptx_target + std::strlen("sm_")) > settings.capability) {
      log = "the GPU is older than the target\nof the PTX";
      return errorNoBinaryForGpu;
    }
    table = found;
    return success;
  }
  return errorInvalidPtx;
}

} // namespace normc::runtime::cuda

/// For tests in the same process: what was not given back until now, valid until the next call.
extern "C" __attribute__((visibility("default"))) const char *mock_cuda_reset(void) {
  static std::string leaks;
  leaks = normc::runtime::cuda::Mock::get().reset();
  return leaks.c_str();
}

/// From now on no call is made to fail.
extern "C" __attribute__((visibility("default"))) void mock_cuda_fail_no_more(void) {
  normc::runtime::cuda::Mock::get().settings.failingName.clear();
}

/// The functions called since the reset, each followed by a line's end.
extern "C" __attribute__((visibility("default"))) const char *mock_cuda_calls(void) {
  static std::string text;
  text.clear();
  for (const std::string &call : normc::runtime::cuda::Mock::get().calls)
    text += call + "\n";
  return text.c_str();
}
