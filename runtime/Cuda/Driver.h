//===- Driver.h - NVIDIA's driver library, opened at run time ---*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_CUDA_DRIVER_H
#define NORMC_RUNTIME_CUDA_DRIVER_H

#include "runtime/Cuda/DriverTypes.h"
#include "runtime/Status.h"

#include <memory>

namespace normc::runtime::cuda {

class Driver;

/// A function of the driver. What it returns is checked at every call: a failure names the function and the code.
template <typename>
class Call;
template <typename... Parameters>
class Call<Result(Parameters...)> {
public:
  Status operator()(Parameters... parameters) const;

private:
  friend class Driver;
  const Driver *driver = nullptr;
  const char *name = nullptr;
  Result (*function)(Parameters...) = nullptr;
};

/// libcuda.so.1, or the file that the environment variable NORMC_LIBCUDA names. It stays loaded as long as the process.
class Driver {
public:
  /// The version whose interface is used here, as cuDriverGetVersion counts: 1000 * major + 10 * minor.
  static constexpr int oldestVersion = 11080;

  /// Opens the library, checks its version, then looks its functions up, and initializes it. Where one of this fails
  /// there is no GPU to run on: one sentence says why.
  static Status open(std::unique_ptr<const Driver> &driver);

  Driver(const Driver &) = delete;
  Driver &operator=(const Driver &) = delete;

  /// A code that function `name` returned, other than success, in words.
  Status describe(const char *name, Result result) const;

  int getVersion() const { return version; }

#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS) Call<Result PARAMETERS> MEMBER;
#include "runtime/Cuda/DriverFunctions.def"

private:
  Driver() = default;
  Status load(const std::string &path);
  template <typename Function>
  Status lookUp(void *library, const std::string &path, const char *name, const char *symbol, Function &call) const;

  int version = 0;
};

template <typename... Parameters>
Status Call<Result(Parameters...)>::operator()(Parameters... parameters) const {
  const Result result = function(parameters...);
  return result == success ? Status() : driver->describe(name, result);
}

/// "11.8"
std::string versionText(int version);

} // namespace normc::runtime::cuda

#endif // NORMC_RUNTIME_CUDA_DRIVER_H
