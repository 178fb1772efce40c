//===- NcclLibrary.cpp - NCCL and the driver, opened at run time *- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/NcclLibrary.h"

#include "runtime/Groups/Fingerprint.h"

#include <dlfcn.h>

namespace normc::runtime {

static constexpr const char *ncclFile = "libnccl.so.2", *driverFile = "libcuda.so.1";
/// 2.9.0, from which on versions are counted like this, up to 3.
static constexpr int leastVersion = 20900, versionLimit = 30000;

template <typename Function>
static Status find(void *handle, const char *file, const char *name, Function &function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function ? Status() : badArgument("there is no group 'nccl': " + std::string(file) + " has no function " + name);
}

static Status openFile(const char *file, void *&handle) {
  handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle)
    return {};
  const char *reason = dlerror();
  return badArgument("there is no group 'nccl': " + std::string(reason ? reason : file));
}

Status NcclLibrary::open(NcclLibrary &library) {
  void *handle = nullptr, *driver = nullptr;
  if (Status failed = openFile(ncclFile, handle))
    return failed;
  int (*getVersion)(int *) = nullptr;
  if (Status failed = find(handle, ncclFile, "ncclGetVersion", getVersion))
    return failed;
  int version = 0;
  if (getVersion(&version) != 0 || version < leastVersion || version >= versionLimit)
    return badArgument("there is no group 'nccl': " + std::string(ncclFile) + " is version " + std::to_string(version) +
                       ", but versions from " + std::to_string(leastVersion) + " (2.9) up to 3 are needed");
#define X(name, parameters)                                                                                            \
  if (Status failed = find(handle, ncclFile, #name, library.name))                                                     \
    return failed;
  NORMC_NCCL_FUNCTIONS(X)
#undef X
  if (Status failed = find(handle, ncclFile, "ncclGetErrorString", library.ncclGetErrorString))
    return failed;
  if (Status failed = openFile(driverFile, driver))
    return failed;
#define X(member, name, parameters)                                                                                    \
  if (Status failed = find(driver, driverFile, name, library.member))                                                  \
    return failed;
  NORMC_NCCL_DRIVER_FUNCTIONS(X)
#undef X
  return {};
}

Status NcclLibrary::nccl(int code, const char *what) const {
  return code == 0 ? Status() : badCollective(std::string(what) + " failed: " + ncclGetErrorString(code));
}

Status NcclLibrary::cuda(int code, const char *what) const {
  return code == 0 ? Status() : badCollective(std::string(what) + " failed: the driver's error " + std::to_string(code));
}

} // namespace normc::runtime
