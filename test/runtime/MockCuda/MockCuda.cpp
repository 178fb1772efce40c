//===- MockCuda.cpp - the functions of a driver without a GPU ---*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Mock.h"

#include <algorithm>
#include <climits>
#include <cstring>

using namespace normc::runtime;
using namespace normc::runtime::cuda;

#define NORMC_CUDA_FUNCTION(MEMBER, NAME, SUFFIX, PARAMETERS)                                                          \
  extern "C" __attribute__((visibility("default"))) Result NAME##SUFFIX PARAMETERS;
#include "runtime/Cuda/DriverFunctions.def"

static void *toAddress(DevicePointer pointer) {
  return reinterpret_cast<void *>(uintptr_t(pointer));
}

template <typename Body>
static Result call(const char *name, Body body) {
  return Mock::get().enter(name, false, true, body);
}
/// A call that needs no current context.
template <typename Body>
static Result ask(const char *name, Body body) {
  return Mock::get().enter(name, false, false, body);
}
template <typename Body>
static Result giveBack(const char *name, Body body) {
  return Mock::get().enter(name, true, false, body);
}

/// A wait ends what is in the streams also where it fails: nothing writes to the host's memory after it.
template <typename Body>
static Result wait(const char *name, Body body) {
  return Mock::get().enter(name, true, true, body);
}

template <typename Map, typename Handle>
static bool eraseHandle(Map &map, Handle handle) {
  return map.erase(handle) == 1;
}

template <typename Tag>
static Tag *keep(std::map<Tag *, std::unique_ptr<Tag>> &map, std::unique_ptr<Tag> tag) {
  Tag *handle = tag.get();
  map[handle] = std::move(tag);
  return handle;
}

/// A failed copy or fill is a fault of the caller's, which is told in full.
static Result toResult(const Mock &mock, const Status &status) {
  return status ? mock.refuse(errorInvalidValue, status.getMessage()) : success;
}

//===----------------------------------------------------------------------===//
// The driver, its GPUs and their contexts
//===----------------------------------------------------------------------===//

Result cuDriverGetVersion(int *version) {
  return ask("cuDriverGetVersion", [&](Mock &mock) {
    *version = mock.settings.version;
    return success;
  });
}

Result cuGetErrorName(Result error, const char **text) {
  static const std::map<Result, const char *> names = {
      {errorInvalidValue, "CUDA_ERROR_INVALID_VALUE"},
      {errorOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
      {errorNoDevice, "CUDA_ERROR_NO_DEVICE"},
      {errorInvalidDevice, "CUDA_ERROR_INVALID_DEVICE"},
      {errorInvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
      {errorNoBinaryForGpu, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
      {errorInvalidPtx, "CUDA_ERROR_INVALID_PTX"},
      {errorUnsupportedPtxVersion, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
      {errorInvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
      {errorNotFound, "CUDA_ERROR_NOT_FOUND"},
      {errorIllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {errorLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"},
      {errorCooperativeLaunchTooLarge, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"},
      {errorSystemDriverMismatch, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
      {errorUnknown, "CUDA_ERROR_UNKNOWN"}};
  auto found = names.find(error);
  *text = found == names.end() ? nullptr : found->second;
  return found == names.end() ? errorInvalidValue : success;
}

Result cuGetErrorString(Result error, const char **text) {
  const Mock &mock = Mock::get();
  *text = error == errorLaunchFailed && !mock.faultText.empty() ? mock.faultText.c_str() : "words for it";
  return error == errorSystemDriverMismatch ? errorInvalidValue : success;
}

Result cuInit(unsigned flags) {
  return ask("cuInit", [&](Mock &mock) -> Result {
    return flags != 0 ? errorInvalidValue : mock.settings.gpus > 0 ? success : errorNoDevice;
  });
}

Result cuDeviceGetCount(int *count) {
  return ask("cuDeviceGetCount", [&](Mock &mock) {
    *count = mock.settings.gpus;
    return success;
  });
}

Result cuDeviceGet(DeviceHandle *device, int index) {
  return ask("cuDeviceGet", [&](Mock &mock) -> Result {
    if (!mock.isDevice(index))
      return errorInvalidDevice;
    *device = index;
    return success;
  });
}

Result cuDeviceGetName(char *name, int size, DeviceHandle device) {
  return ask("cuDeviceGetName", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device) || size < 1)
      return errorInvalidValue;
    std::strncpy(name, "Mock", size_t(size));
    return success;
  });
}

Result cuDeviceTotalMem_v2(size_t *bytes, DeviceHandle device) {
  return ask("cuDeviceTotalMem", [&](Mock &mock) -> Result {
    *bytes = size_t(1) << 30;
    return mock.isDevice(device) ? success : errorInvalidDevice;
  });
}

Result cuDeviceGetAttribute(int *value, DeviceAttribute attribute, DeviceHandle device) {
  return ask("cuDeviceGetAttribute", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device))
      return errorInvalidDevice;
    switch (attribute) {
    case multiprocessorCount:
      *value = mock.machine->settings().multiprocessors;
      return success;
    case l2CacheSize:
      *value = 1 << 20;
      return success;
    case computeCapabilityMajor:
      *value = mock.settings.capability / 10;
      return success;
    case computeCapabilityMinor:
      *value = mock.settings.capability % 10;
      return success;
    case cooperativeLaunch:
      *value = 1;
      return success;
    case maxSharedMemoryPerBlockOptin:
      *value = mock.machine->sharedPerBlock();
      return success;
    case memoryPoolsSupported:
      *value = mock.settings.pools;
      return success;
    }
    return errorInvalidValue;
  });
}

Result cuDevicePrimaryCtxRetain(Context *context, DeviceHandle device) {
  return ask("cuDevicePrimaryCtxRetain", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device))
      return errorInvalidDevice;
    ++mock.context.retained;
    *context = &mock.context;
    return success;
  });
}

Result cuDevicePrimaryCtxRelease_v2(DeviceHandle device) {
  return giveBack("cuDevicePrimaryCtxRelease", [&](Mock &mock) -> Result {
    if (!mock.isDevice(device) || mock.context.retained < 1)
      return mock.refuse(errorInvalidContext, "a context is released that was not retained");
    --mock.context.retained;
    return success;
  });
}

Result cuCtxPushCurrent_v2(Context context) {
  return ask("cuCtxPushCurrent", [&](Mock &mock) -> Result {
    if (context != &mock.context || mock.context.retained < 1)
      return mock.refuse(errorInvalidContext, "a context becomes current that is not retained");
    mock.currentContexts().push_back(context);
    return success;
  });
}

Result cuCtxPopCurrent_v2(Context *context) {
  return giveBack("cuCtxPopCurrent", [&](Mock &mock) -> Result {
    std::vector<Context> &contexts = mock.currentContexts();
    if (contexts.empty())
      return errorInvalidContext;
    *context = contexts.back();
    contexts.pop_back();
    return success;
  });
}

//===----------------------------------------------------------------------===//
// Modules and kernels
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static Result allocate(Mock &mock, DevicePointer *address, size_t bytes, std::set<DevicePointer> &memory) {
  if (bytes == 0)
    return mock.refuse(errorInvalidValue, "allocates 0 bytes");
  if (bytes > (size_t(1) << 30))
    return errorOutOfMemory;
  void *data = nullptr;
  if (Status failed = mock.machine->allocate(bytes, /*zeroed=*/false, data))
    return errorOutOfMemory;
  *address = uintptr_t(data);
  memory.insert(*address);
  return success;
}

Result cuMemAlloc_v2(DevicePointer *address, size_t bytes) {
  return call("cuMemAlloc", [&](Mock &mock) { return allocate(mock, address, bytes, mock.memory); });
}

Result cuMemFree_v2(DevicePointer address) {
  return giveBack("cuMemFree", [&](Mock &mock) -> Result {
    mock.wait();
    if (mock.memory.erase(address) == 0)
      return mock.refuse(errorInvalidValue, "frees what is not allocated");
    return toResult(mock, mock.machine->release(toAddress(address)));
  });
}

Result cuMemPoolCreate(Pool *pool, const PoolProperties *properties) {
  return ask("cuMemPoolCreate", [&](Mock &mock) -> Result {
    if (!mock.settings.pools || properties->allocation != allocationPinned ||
        properties->location.type != locationDevice || !mock.isDevice(properties->location.id))
      return errorInvalidValue;
    *pool = keep(mock.pools, std::make_unique<PoolTag>());
    return success;
  });
}

Result cuMemPoolSetAttribute(Pool pool, PoolAttribute attribute, void *value) {
  return ask("cuMemPoolSetAttribute", [&](Mock &mock) -> Result {
    return mock.pools.count(pool) && attribute == poolReleaseThreshold && value ? success : errorInvalidValue;
  });
}

Result cuMemPoolDestroy(Pool pool) {
  return giveBack("cuMemPoolDestroy", [&](Mock &mock) -> Result {
    return eraseHandle(mock.pools, pool) ? success : mock.refuse(errorInvalidValue, "destroys what is no pool");
  });
}

Result cuMemAllocFromPoolAsync(DevicePointer *address, size_t bytes, Pool pool, Stream stream) {
  return call("cuMemAllocFromPoolAsync", [&](Mock &mock) -> Result {
    if (!mock.pools.count(pool) || !mock.isStream(stream))
      return mock.refuse(errorInvalidHandle, "allocates from what is no pool");
    return allocate(mock, address, bytes, mock.memoryOfPools);
  });
}

Result cuMemFreeAsync(DevicePointer address, Stream stream) {
  return giveBack("cuMemFreeAsync", [&](Mock &mock) -> Result {
    if (!mock.isStream(stream) || mock.memoryOfPools.erase(address) == 0)
      return mock.refuse(errorInvalidValue, "frees what is not allocated from a pool");
    mock.later([&mock, address] { return toResult(mock, mock.machine->release(toAddress(address))); });
    return success;
  });
}

/// One step in a stream.
template <typename Step>
static Result enqueue(const char *name, Stream stream, Step step) {
  return call(name, [&](Mock &mock) -> Result {
    if (!mock.isStream(stream))
      return mock.refuse(errorInvalidHandle, std::string(name) + " into what is no stream");
    mock.later([&mock, step] { return toResult(mock, step(*mock.machine)); });
    return success;
  });
}

Result cuMemcpyHtoDAsync_v2(DevicePointer to, const void *from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyHtoDAsync", stream,
                 [=](simt::Machine &machine) { return machine.copyIn(toAddress(to), from, bytes); });
}

Result cuMemcpyDtoHAsync_v2(void *to, DevicePointer from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyDtoHAsync", stream,
                 [=](simt::Machine &machine) { return machine.copyOut(to, toAddress(from), bytes); });
}

Result cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t bytes, Stream stream) {
  return enqueue("cuMemcpyDtoDAsync", stream,
                 [=](simt::Machine &machine) { return machine.copy(toAddress(to), toAddress(from), bytes); });
}

Result cuMemsetD8Async(DevicePointer address, unsigned char value, size_t bytes, Stream stream) {
  return enqueue("cuMemsetD8Async", stream,
                 [=](simt::Machine &machine) { return machine.fill(toAddress(address), value, bytes); });
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

Result cuStreamCreate(Stream *stream, unsigned flags) {
  return call("cuStreamCreate", [&](Mock &mock) -> Result {
    if (flags > streamNonBlocking)
      return errorInvalidValue;
    *stream = keep(mock.streams, std::make_unique<StreamTag>());
    return success;
  });
}

Result cuStreamDestroy_v2(Stream stream) {
  return giveBack("cuStreamDestroy", [&](Mock &mock) -> Result {
    return eraseHandle(mock.streams, stream) ? success : mock.refuse(errorInvalidHandle, "destroys what is no stream");
  });
}

Result cuStreamSynchronize(Stream stream) {
  return wait("cuStreamSynchronize",
              [&](Mock &mock) -> Result { return mock.isStream(stream) ? mock.wait() : errorInvalidHandle; });
}

Result cuEventCreate(Event *event, unsigned flags) {
  return call("cuEventCreate", [&](Mock &mock) -> Result {
    if (flags != eventDefault)
      return errorInvalidValue;
    auto tag = std::make_shared<EventTag>();
    *event = tag.get();
    mock.events[*event] = std::move(tag);
    return success;
  });
}

Result cuEventDestroy_v2(Event event) {
  return giveBack("cuEventDestroy", [&](Mock &mock) -> Result {
    return eraseHandle(mock.events, event) ? success : mock.refuse(errorInvalidHandle, "destroys what is no event");
  });
}

Result cuEventRecord(Event event, Stream stream) {
  return call("cuEventRecord", [&](Mock &mock) -> Result {
    auto found = mock.events.find(event);
    if (found == mock.events.end() || !mock.isStream(stream))
      return errorInvalidHandle;
    event->recorded = true;
    event->happened = false;
    mock.later([tag = found->second]() -> Result {
      tag->happened = true;
      tag->time = std::chrono::steady_clock::now();
      return success;
    });
    return success;
  });
}

Result cuEventSynchronize(Event event) {
  return wait("cuEventSynchronize",
              [&](Mock &mock) -> Result { return mock.events.count(event) ? mock.wait() : errorInvalidHandle; });
}

Result cuEventElapsedTime(float *milliseconds, Event from, Event to) {
  return call("cuEventElapsedTime", [&](Mock &mock) -> Result {
    if (!mock.events.count(from) || !mock.events.count(to) || !from->happened || !to->happened)
      return mock.refuse(errorInvalidHandle, "asks for the time between events that have not happened");
    *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return success;
  });
}
