//===- ModuleCallable.cpp - functions of modules, on any device ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Callable.h"
#include "compiler/Tools/MemoryReport.h"
#include "compiler/Tools/ModuleFile.h"

#include <cstring>

using namespace llvm;

namespace normc {

namespace {

class ModuleCallable : public Callable {
public:
  ModuleCallable(std::shared_ptr<normrt_module> module, const normrt_function *function, const DeviceChoice &device,
                 std::vector<OperandCount> *counts)
      : module(std::move(module)), function(function), device(device), counts(counts) {}

  std::vector<std::string> resultNames() const override {
    std::vector<std::string> names;
    for (int32_t i = 0; i < normrt_result_count(function); ++i) {
      normrt_value value;
      normrt_result(function, i, &value, nullptr);
      names.push_back(value.name);
    }
    return names;
  }

  Expected<std::vector<HostArray>> call(ArrayRef<HostArray> inputs) override {
    const int32_t count = normrt_result_count(function);
    std::vector<DLTensor> arguments, results;
    for (const HostArray &input : inputs)
      arguments.push_back(view(input));
    normrt_error error;
    std::vector<int64_t> extents(size_t(count) * NORMRT_MAX_RANK);
    if (normrt_result_extents(function, arguments.data(), arguments.size(), extents.data(), count, &error) != NORMRT_OK)
      return toError(error);
    std::vector<HostArray> outputs;
    std::vector<int32_t> over;
    for (int32_t i = 0; i < count; ++i) {
      normrt_value value;
      if (normrt_result(function, i, &value, &error) != NORMRT_OK)
        return toError(error);
      Expected<HostArray> output =
          allocateArray(value.type, ArrayRef(extents).slice(size_t(i) * NORMRT_MAX_RANK, value.rank));
      if (!output)
        return output.takeError();
      outputs.push_back(std::move(*output));
      over.push_back(value.flags & NORMC_INPLACE ? value.updates : -1);
    }
    for (auto [output, argument] : zip_equal(outputs, over)) {
      results.push_back(view(output));
      // The input is the caller's, so a copy of it is written over.
      if (argument < 0 || output.type != inputs[argument].type || output.data.size() != inputs[argument].data.size())
        continue;
      std::memcpy(results.back().data, inputs[argument].data.data(), inputs[argument].data.size());
      arguments[argument].data = results.back().data;
    }
    CallOptions call(device, /*threads=*/0, counts);
    if (normrt_call(function, arguments.data(), arguments.size(), results.data(), results.size(), &call.options, &error) !=
        NORMRT_OK)
      return toError(error);
    return outputs;
  }

  Expected<std::string> describeMemory(ArrayRef<HostArray> inputs, mlir::ModuleOp plans) override {
    return reportMemory(function, inputs, plans);
  }

private:
  std::shared_ptr<normrt_module> module;
  const normrt_function *function;
  DeviceChoice device;
  std::vector<OperandCount> *counts;
};

} // namespace

Expected<std::unique_ptr<Callable>> openModule(const std::string &path, StringRef name, const DeviceChoice &device,
                                               std::vector<OperandCount> *counts) {
  Expected<OpenModule> module = openModuleFile(path);
  if (!module)
    return module.takeError();
  return openFunction(std::move(*module), name, device, counts);
}

Expected<std::unique_ptr<Callable>> openFunction(std::shared_ptr<normrt_module> module, StringRef name,
                                                 const DeviceChoice &device, std::vector<OperandCount> *counts) {
  Expected<const normrt_function *> function = findFunction(module.get(), name.str());
  if (!function)
    return function.takeError();
  return std::make_unique<ModuleCallable>(std::move(module), *function, device, counts);
}

} // namespace normc
