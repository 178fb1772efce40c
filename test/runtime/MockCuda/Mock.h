//===- Mock.h - the state of a driver without a GPU -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A libcuda for machines without a GPU: it checks how it is used, and runs kernels
// by their twins on the machine of fibers. What a driver may do later is done as
// late as possible, at the next wait, so that a wait that is missing shows.
//
// Environment:
//   NORMC_MOCK_MODULE=FILE[:FILE..]   modules whose PTX may be loaded
//   NORMC_MOCK_FAIL=NAME:N:CODE       call N (from 1) of NAME, or of any function for *, fails with CODE
//   NORMC_MOCK_VERSION=12040          of the driver
//   NORMC_MOCK_GPUS=1                 how many there are
//   NORMC_MOCK_CAPABILITY=90          of all of them
//   NORMC_MOCK_POOLS=1                whether memory comes in the order of streams
//
// At the end of the process what has not been given back is listed on standard
// error, and the process ends with status 97.
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_MOCKCUDA_MOCK_H
#define NORMC_TEST_RUNTIME_MOCKCUDA_MOCK_H

#include "runtime/Cuda/DriverTypes.h"
#include "runtime/Simt/Machine.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace normc::runtime::cuda {

struct ContextTag {
  int retained = 0;
};
struct ModuleTag {
  const normc_module *table;
};
struct FunctionTag {
  const normc_simt_kernel *kernel;
  int sharedBytes = 48 * 1024; ///< what launches may ask for
};
struct StreamTag {};
struct EventTag {
  bool recorded = false, happened = false;
  std::chrono::steady_clock::time_point time;
};
struct PoolTag {};

/// What the environment asks for.
struct MockSettings {
  int version = 12040, gpus = 1, capability = 90;
  bool pools = true;
  std::string failingName; ///< empty for none
  long failingCall = 0;
  Result failingCode = success;
  std::vector<std::string> modules;

  static MockSettings read();
};

class Mock {
public:
  static Mock &get();
  Mock();
  ~Mock();

  /// Runs `body` as one call of function `name`, unless it is to fail. Calls that give something back do so all the
  /// same.
  template <typename Body>
  Result enter(const char *name, bool givesBack, bool needsContext, Body body) {
    std::lock_guard lock(mutex);
    calls.push_back(name);
    const bool fails = isToFail(name);
    if (fails && !givesBack)
      return settings.failingCode;
    if (needsContext && currentContexts().empty())
      return errorInvalidContext;
    // After a kernel's fault nothing works any more but to give back what one has.
    if (fault != success && needsContext && !givesBack)
      return fault;
    const Result result = body(*this);
    return fails ? settings.failingCode : result;
  }

  /// Forgets what happened and reads the environment again. Returns what had not been given back.
  std::string reset();
  std::string findLeaks() const;

  /// Puts work at the end of all streams, which are one here, or does what is there.
  void later(std::function<Result()> work) { queue.push_back(std::move(work)); }
  Result wait();
  std::vector<Context> &currentContexts() { return contexts[std::this_thread::get_id()]; }

  Result findModule(const char *ptx, const normc_module *&table, std::string &log) const;
  bool isStream(Stream stream) const { return !stream || streams.count(stream); }
  bool isDevice(DeviceHandle device) const { return device >= 0 && device < settings.gpus; }
  /// Says why a call was refused, for whoever reads standard error.
  Result refuse(Result code, const std::string &reason) const;

  MockSettings settings;
  std::unique_ptr<simt::Machine> machine;
  ContextTag context;
  std::map<std::thread::id, std::vector<Context>> contexts; ///< current ones of each thread, the latest last
  std::map<Module, std::unique_ptr<ModuleTag>> modules;
  std::map<Function, std::pair<Module, std::unique_ptr<FunctionTag>>> functions;
  std::map<Stream, std::unique_ptr<StreamTag>> streams;
  std::map<Event, std::shared_ptr<EventTag>> events;
  std::map<Pool, std::unique_ptr<PoolTag>> pools;
  std::set<DevicePointer> memory, memoryOfPools;
  Result fault = success;
  std::string faultText;
  std::vector<std::string> calls; ///< since the last reset

private:
  bool isToFail(const char *name);
  void clear();

  std::mutex mutex;
  std::vector<std::function<Result()>> queue;
  long counted = 0;
};

} // namespace normc::runtime::cuda

#endif // NORMC_TEST_RUNTIME_MOCKCUDA_MOCK_H
