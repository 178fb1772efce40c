//===- normrt.cpp - the C interface -----------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"

#include "runtime/Binding.h"
#include "runtime/CInterface.h"
#include "runtime/Call.h"
#include "runtime/Groups/Group.h"
#include "runtime/Module.h"
#include "runtime/Traffic.h"

#include <cstring>

using namespace normc::runtime;

// The handles are the C++ objects under another name.
static const Module &unwrap(const normrt_module *module) {
  return *reinterpret_cast<const Module *>(module);
}
static const Function &unwrap(const normrt_function *function) {
  return *reinterpret_cast<const Function *>(function);
}
static const normrt_function *wrap(const Function *function) {
  return reinterpret_cast<const normrt_function *>(function);
}

uint32_t normrt_version(void) {
  return NORMRT_VERSION;
}

normrt_status normrt_open(const char *path, normrt_module **module, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!path)
      return isNull("path");
    if (!module)
      return isNull("place for the module");
    std::unique_ptr<Module> opened;
    if (Status failed = Module::open(path, opened))
      return failed;
    *module = reinterpret_cast<normrt_module *>(opened.release());
    return {};
  });
}

void normrt_close(normrt_module *module) {
  delete reinterpret_cast<Module *>(module);
}

int32_t normrt_function_count(const normrt_module *module) {
  return module ? static_cast<int32_t>(unwrap(module).getFunctions().size()) : 0;
}

normrt_status normrt_function_at(const normrt_module *module, int32_t index, const normrt_function **function,
                                 normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!module)
      return isNull("module");
    if (!function)
      return isNull("place for the function");
    int32_t count = normrt_function_count(module);
    if (index < 0 || index >= count)
      return badArgument("there is no function " + std::to_string(index) + "; the module has " + std::to_string(count));
    *function = wrap(&unwrap(module).getFunctions()[index]);
    return {};
  });
}

normrt_status normrt_find(const normrt_module *module, const char *name, const normrt_function **function,
                          normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!module)
      return isNull("module");
    if (!name)
      return isNull("name");
    if (!function)
      return isNull("place for the function");
    const Function *found = nullptr;
    if (Status failed = unwrap(module).find(name, found))
      return failed;
    *function = wrap(found);
    return {};
  });
}

const char *normrt_function_name(const normrt_function *function) {
  return function ? unwrap(function).signature.name : "";
}

normrt_status normrt_gradient_entries(const normrt_function *function, const normrt_function **forward,
                                      const normrt_function **backward, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!function)
      return isNull("function");
    if (!forward || !backward)
      return isNull("place for the entries");
    *forward = wrap(unwrap(function).forward);
    *backward = wrap(unwrap(function).backward);
    return {};
  });
}

int32_t normrt_argument_count(const normrt_function *function) {
  return function ? unwrap(function).signature.argumentCount : 0;
}

int32_t normrt_result_count(const normrt_function *function) {
  return function ? unwrap(function).signature.resultCount : 0;
}

static Status describeValue(const Signature &signature, bool isArgument, int32_t index, normrt_value *value) {
  int32_t count = isArgument ? signature.argumentCount : signature.resultCount;
  if (!value)
    return isNull("place for the value");
  if (index < 0 || index >= count)
    return badArgument("function '" + std::string(signature.name) + "' has no " +
                       (isArgument ? "argument " : "result ") + std::to_string(index) + "; it has " +
                       std::to_string(count));
  const normc_value &source = isArgument ? signature.arguments[index] : signature.results[index];
  *value = {};
  value->name = source.name;
  value->type = source.type;
  value->role = source.role;
  value->position = source.position;
  value->flags = source.flags;
  value->updates = isArgument ? -1 : source.updates;
  value->rank = source.rank;
  for (int32_t axis = 0; axis < source.rank; ++axis)
    value->extents[axis] = source.extents[axis] < 0 ? -1 : source.extents[axis];
  value->shard = source.shard - 1;
  value->joined = source.shard > 0 ? source.joined : -1;
  return {};
}

normrt_status normrt_argument(const normrt_function *function, int32_t index, normrt_value *value,
                              normrt_error *error) {
  return guard(error, [&]() -> Status {
    return function ? describeValue(unwrap(function).signature, true, index, value) : isNull("function");
  });
}

normrt_status normrt_result(const normrt_function *function, int32_t index, normrt_value *value, normrt_error *error) {
  return guard(error, [&]() -> Status {
    return function ? describeValue(unwrap(function).signature, false, index, value) : isNull("function");
  });
}

normrt_status normrt_result_extents(const normrt_function *function, const DLTensor *inputs, int32_t input_count,
                                    int64_t *extents, int32_t result_count, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!function)
      return isNull("function");
    const Signature &signature = unwrap(function).signature;
    if (result_count != signature.resultCount)
      return badArgument("function '" + std::string(signature.name) + "' has " + std::to_string(signature.resultCount) +
                         " results, but there is room for the extents of " + std::to_string(result_count));
    if (result_count > 0 && !extents)
      return isNull("place for the extents");
    Frame frame(signature);
    if (Status failed = bindExtents(frame, inputs, input_count))
      return failed;
    for (int32_t i = 0; i < result_count; ++i)
      std::memcpy(extents + i * NORMRT_MAX_RANK, frame.results[i].extents.values, sizeof(int64_t) * NORMRT_MAX_RANK);
    return {};
  });
}

normrt_status normrt_traffic(const normrt_function *function, const DLTensor *inputs, int32_t input_count,
                             normc_traffic *traffic, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!function)
      return isNull("function");
    if (!traffic)
      return isNull("place for the traffic");
    return computeTraffic(unwrap(function), inputs, input_count, *traffic);
  });
}

normrt_status normrt_call(const normrt_function *function, const DLTensor *inputs, int32_t input_count,
                          DLTensor *outputs, int32_t output_count, const normrt_options *options, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!function)
      return isNull("function");
    const normrt_options ordinary = {NORMRT_VERSION, 0, NORMRT_CPU, 0, nullptr, nullptr, nullptr};
    return call(unwrap(function), inputs, input_count, outputs, output_count, options ? *options : ordinary);
  });
}

normrt_status normrt_group_open(const char *kind, int32_t ranks, const normrt_group_options *options,
                                normrt_group **groups, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!kind)
      return isNull("kind of the group");
    if (!groups)
      return isNull("place for the ranks");
    if (options && options->version != NORMRT_VERSION)
      return badArgument("the options have version " + std::to_string(options->version) + ", but this runtime reads " +
                         std::to_string(NORMRT_VERSION));
    Checking checking = Checking::fromEnvironment();
    if (options) {
      if (!(options->deadline >= 0.0 && options->deadline <= 1e6))
        return badArgument("a deadline is 0 to 1000000 seconds");
      checking.isOn = options->checked != 0;
      checking.seconds = options->deadline > 0.0 ? options->deadline : Checking().seconds;
    }
    std::vector<std::unique_ptr<Group>> opened;
    if (Status failed = openGroups(kind, ranks, checking, opened))
      return failed;
    for (size_t index = 0; index < opened.size(); ++index)
      groups[index] = reinterpret_cast<normrt_group *>(opened[index].release());
    return {};
  });
}

void normrt_group_close(normrt_group *group) {
  delete reinterpret_cast<Group *>(group);
}

int32_t normrt_group_rank(const normrt_group *group) {
  return group ? reinterpret_cast<const Group *>(group)->getRank() : 0;
}

int32_t normrt_group_size(const normrt_group *group) {
  return group ? reinterpret_cast<const Group *>(group)->getSize() : 1;
}

normrt_status normrt_group_all_gather(normrt_group *group, const char *operation, int32_t type, int64_t count,
                                      const void *mine, void *all, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!group)
      return isNull("group");
    return reinterpret_cast<Group *>(group)->allGather({operation, type, count, mine, all, false});
  });
}
