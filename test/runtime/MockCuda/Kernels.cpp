//===- Kernels.cpp - modules, kernels and launches --------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Calls.h"

#include <algorithm>
#include <climits>
#include <cstring>

namespace normc::runtime::cuda {

Result cuModuleLoadDataEx(Module *module, const void *image, unsigned count, JitOption *options, void **values) {
  return call("cuModuleLoadDataEx", [&](Mock &mock) -> Result {
    const normc_module *table = nullptr;
    std::string log;
    const Result result = mock.findModule(static_cast<const char *>(image), table, log);
    if (result == success) {
      *module = keep(mock.modules, std::make_unique<ModuleTag>(ModuleTag{table}));
      return success;
    }
    char *buffer = nullptr;
    size_t size = 0;
    for (unsigned i = 0; i < count; ++i)
      if (options[i] == jitErrorLogBuffer)
        buffer = static_cast<char *>(values[i]);
      else if (options[i] == jitErrorLogBufferSizeBytes)
        size = reinterpret_cast<size_t>(values[i]);
    if (buffer && size > 0) {
      log.resize(std::min(log.size(), size - 1));
      std::memcpy(buffer, log.c_str(), log.size() + 1);
    }
    return result;
  });
}

Result cuModuleUnload(Module module) {
  return giveBack("cuModuleUnload", [&](Mock &mock) -> Result {
    mock.wait();
    for (auto function = mock.functions.begin(); function != mock.functions.end();)
      function = function->second.first == module ? mock.functions.erase(function) : std::next(function);
    return eraseHandle(mock.modules, module) ? success : mock.refuse(errorInvalidHandle, "unloads what is no module");
  });
}

/// Whether PTX has an entry of this name.
static bool hasEntry(const char *ptx, const std::string &name) {
  for (const char *at = std::strstr(ptx, ".entry "); at; at = std::strstr(at + 1, ".entry ")) {
    const char *found = at + std::strlen(".entry ");
    if (name.compare(0, std::string::npos, found, name.size()) == 0 && std::strchr("( \n", found[name.size()]))
      return true;
  }
  return false;
}

Result cuModuleGetFunction(Function *function, Module module, const char *name) {
  return call("cuModuleGetFunction", [&](Mock &mock) -> Result {
    if (!mock.modules.count(module))
      return mock.refuse(errorInvalidHandle, "looks for a kernel in what is no module");
    const normc_simt_kernel *kernel = simt::findKernel(module->table->simt, name);
    if (!hasEntry(module->table->ptx, name) || !kernel)
      return mock.refuse(errorNotFound, std::string("the PTX or the twins have no kernel ") + name);
    auto tag = std::make_unique<FunctionTag>(FunctionTag{kernel});
    *function = tag.get();
    mock.functions[*function] = {module, std::move(tag)};
    return success;
  });
}

Result cuFuncSetAttribute(Function function, FunctionAttribute attribute, int value) {
  return call("cuFuncSetAttribute", [&](Mock &mock) -> Result {
    if (!mock.functions.count(function))
      return mock.refuse(errorInvalidHandle, "sets an attribute of what is no kernel");
    if (attribute != maxDynamicSharedSizeBytes || value < 0 || value > mock.machine->sharedPerBlock())
      return errorInvalidValue;
    function->sharedBytes = value;
    return success;
  });
}

namespace {
/// A launch, with its parameters' values as they were when it was asked for.
struct Launch {
  FunctionTag kernel;
  LaunchConfig config;
  int cluster = 1;
  bool cooperative = false;
  std::vector<uint64_t> values;

  Result run(Mock &mock) const {
    std::vector<const void *> parameters;
    for (const uint64_t &value : values)
      parameters.push_back(&value);
    Status failed = mock.machine->launch(*kernel.kernel, config.gridX, int32_t(config.blockX),
                                         int32_t(config.sharedBytes), cluster, cooperative, parameters.data());
    if (!failed)
      return success;
    mock.faultText = failed.getMessage();
    return errorLaunchFailed;
  }
};
} // namespace

Result cuLaunchKernelEx(const LaunchConfig *config, Function function, void **parameters, void **extra) {
  return call("cuLaunchKernelEx", [&](Mock &mock) -> Result {
    if (!mock.functions.count(function) || !mock.isStream(config->stream))
      return mock.refuse(errorInvalidHandle, "launches what is no kernel, or into what is no stream");
    if (extra || config->gridX < 1 || config->gridX > INT_MAX || config->gridY != 1 || config->gridZ != 1 ||
        config->blockX < 1 || config->blockX > 1024 || config->blockY != 1 || config->blockZ != 1 ||
        config->sharedBytes > unsigned(function->sharedBytes))
      return mock.refuse(errorInvalidValue, "launches with a grid, a block or shared memory beyond the limits");
    Launch launch = {*function, *config, 1, false, {}};
    for (unsigned i = 0; i < config->attributeCount; ++i) {
      const LaunchAttribute &attribute = config->attributes[i];
      if (attribute.id == launchCooperative)
        launch.cooperative = attribute.value.cooperative != 0;
      else if (attribute.id == launchClusterDimension && attribute.value.cluster.y == 1 &&
               attribute.value.cluster.z == 1)
        launch.cluster = int(attribute.value.cluster.x);
      else
        return mock.refuse(errorInvalidValue, "launches with an unknown attribute");
    }
    launch.config.attributes = nullptr;
    if (launch.cooperative &&
        config->gridX > mock.machine->residentBlocks(int32_t(config->blockX), int32_t(config->sharedBytes)))
      return errorCooperativeLaunchTooLarge;
    for (int32_t i = 0; i < function->kernel->parameter_count; ++i) {
      uint64_t value;
      std::memcpy(&value, parameters[i], sizeof value);
      launch.values.push_back(value);
    }
    mock.later([launch, &mock] { return launch.run(mock); });
    return success;
  });
}

} // namespace normc::runtime::cuda
