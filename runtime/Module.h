//===- Module.h - an open module --------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_RUNTIME_MODULE_H
#define NORMC_RUNTIME_MODULE_H

#include "runtime/Function.h"
#include "runtime/Gpu/Devices.h"
#include "runtime/Status.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace normc::runtime {

/// An open module. Everything that its functions point to lives as long as it does.
class Module {
public:
  /// Opens the shared object at `path`, checks that it is made for this runtime and this CPU, and checks its table.
  static Status open(const std::string &path, std::unique_ptr<Module> &module);

  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  /// Entries, then gradients.
  const std::vector<Function> &getFunctions() const { return functions; }

  Status find(std::string_view name, const Function *&function) const;

private:
  Module(std::string path, void *handle) : path(std::move(path)), handle(handle) {}
  Status readTable();

  std::string path;
  void *handle;
  std::vector<Function> functions;
  std::unique_ptr<gpu::Devices> devices;
};

} // namespace normc::runtime

#endif // NORMC_RUNTIME_MODULE_H
