//===- Module.cpp - an open module ------------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Module.h"

#include "runtime/Cpu.h"
#include "runtime/Elf.h"
#include "runtime/Table.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <sys/stat.h>

namespace normc::runtime {

static std::string quote(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// What dlerror says, without the path that its text begins with.
static std::string loaderMessage(const std::string &file) {
  const char *text = dlerror();
  std::string message = text ? text : "the loader gives no reason";
  if (message.compare(0, file.size() + 2, file + ": ") == 0)
    message.erase(0, file.size() + 2);
  return message;
}

Status Module::open(const std::string &path, std::unique_ptr<Module> &module) {
  struct stat information;
  if (path.empty())
    return badArgument("the path of a module is empty");
  if (stat(path.c_str(), &information) != 0)
    return badModule("cannot open module " + quote(path) + ": " + std::strerror(errno));
  // Devices and pipes would block or be emptied.
  if (!S_ISREG(information.st_mode))
    return badModule(quote(path) + " is not a module: it is not a regular file");
  std::string fault = findElfFault(path);
  if (!fault.empty())
    return badModule(quote(path) + " is not a module: it " + fault);

  // A name without a slash would be searched for along the library paths.
  std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  // Never unloaded: the threads of OpenMP's pool outlive the call, and their code would go with the last module.
  void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle)
    return badModule("cannot load module " + quote(path) + ": " + loaderMessage(file));
  std::unique_ptr<Module> opened(new Module(path, handle));
  if (Status failed = opened->readTable())
    return failed;
  module = std::move(opened);
  return {};
}

Module::~Module() {
  dlclose(handle);
}

Status Module::readTable() {
  auto function = reinterpret_cast<normc_module_function>(dlsym(handle, NORMC_MODULE_SYMBOL));
  if (!function)
    return badModule(quote(path) + " is not a module: it does not export " NORMC_MODULE_SYMBOL);
  const normc_module *table = function();
  if (!table)
    return badModule(quote(path) + " is not a module: its table is null");
  if (table->version != NORMC_MODULE_VERSION)
    return badModule(quote(path) + " is a module of version " + std::to_string(table->version) +
                     ", but this runtime reads version " + std::to_string(NORMC_MODULE_VERSION) +
                     "; compile it again with the normc that belongs to this runtime");
  std::string missing = missingInstructionSets(table->instruction_sets ? table->instruction_sets : "");
  if (!missing.empty())
    return badModule(quote(path) + " " + missing + "; compile it again for this CPU");
  if (Status failed = checkTable(*table))
    return badModule(quote(path) + " has a damaged table: " + failed.getMessage() + "; compile it again");

  // Gradients point to entries, so the list must not move.
  functions.reserve(size_t(table->entry_count) + size_t(table->gradient_count));
  for (int32_t i = 0; i < table->entry_count; ++i)
    functions.emplace_back(table->entries[i]);
  for (int32_t i = 0; i < table->gradient_count; ++i) {
    const normc_gradient &gradient = table->gradients[i];
    functions.emplace_back(gradient, functions[gradient.forward], functions[gradient.backward]);
  }
  devices = std::make_unique<gpu::Devices>(path, *table);
  for (Function &function : functions)
    function.devices = devices.get();
  return {};
}

Status Module::find(std::string_view name, const Function *&function) const {
  std::string names;
  for (const Function &candidate : functions) {
    if (name == candidate.signature.name) {
      function = &candidate;
      return {};
    }
    names += (names.empty() ? "" : ", ") + std::string(candidate.signature.name);
  }
  if (names.empty())
    return badArgument("there is no function " + quote(name) + "; there are none");
  return badArgument("there is no function " + quote(name) + "; there are: " + names);
}

} // namespace normc::runtime
