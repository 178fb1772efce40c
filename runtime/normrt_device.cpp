//===- normrt_device.cpp - memory and time on a GPU, for C ------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt_device.h"

#include "runtime/CInterface.h"
#include "runtime/Cuda/Gpu.h"

#include <algorithm>

using namespace normc::runtime;
using namespace normc::runtime::cuda;

struct normrt_device {
  std::unique_ptr<const Gpu> gpu;
  Stream stream = nullptr;

  const Driver &driver() const { return gpu->getDriver(); }
};

struct normrt_event {
  normrt_device *device;
  Event event = nullptr;
};

static DevicePointer pointer(const void *address) {
  return DevicePointer(reinterpret_cast<uintptr_t>(address));
}

/// Runs `body` with the device's context on this thread.
template <typename Body>
static normrt_status onDevice(const normrt_device *device, normrt_error *error, Body body) noexcept {
  return guard(error, [&]() -> Status {
    if (!device)
      return isNull("device");
    Current current;
    if (Status failed = current.enter(*device->gpu))
      return failed;
    return body();
  });
}

static Status checkBytes(int64_t bytes) {
  return bytes < 0 ? badArgument("the number of bytes is " + std::to_string(bytes)) : Status();
}

normrt_status normrt_device_open(int32_t index, normrt_device **device, normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!device)
      return isNull("place for the device");
    auto opened = std::make_unique<normrt_device>();
    if (Status failed = Gpu::open(index, opened->gpu))
      return failed;
    Current current;
    if (Status failed = current.enter(*opened->gpu))
      return failed;
    if (Status failed = opened->driver().streamCreate(&opened->stream, streamNonBlocking))
      return failed;
    *device = opened.release();
    return {};
  });
}

void normrt_device_close(normrt_device *device) {
  if (!device)
    return;
  {
    Current current;
    if (!current.enter(*device->gpu))
      (void)bool(device->driver().streamDestroy(device->stream));
  }
  delete device;
}

normrt_status normrt_device_describe(const normrt_device *device, normrt_device_properties *properties,
                                     normrt_error *error) {
  return guard(error, [&]() -> Status {
    if (!device)
      return isNull("device");
    if (!properties)
      return isNull("place for the properties");
    const normc_gpu &gpu = device->gpu->getProperties();
    *properties = {};
    const std::string &name = device->gpu->getName();
    std::copy_n(name.begin(), std::min(name.size(), sizeof properties->name - 1), properties->name);
    properties->capability = gpu.capability;
    properties->multiprocessors = gpu.multiprocessors;
    properties->shared_per_block = gpu.shared_per_block;
    properties->driver_version = device->driver().getVersion();
    properties->l2_bytes = gpu.l2_bytes;
    properties->memory_bytes = device->gpu->getMemoryBytes();
    return {};
  });
}

void *normrt_device_stream(const normrt_device *device) {
  return device ? device->stream : nullptr;
}

normrt_status normrt_device_allocate(normrt_device *device, int64_t bytes, void **address, normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (!address)
      return isNull("place for the address");
    if (Status failed = checkBytes(bytes))
      return failed;
    DevicePointer allocated = 0;
    if (Status failed = device->driver().memAlloc(&allocated, size_t(std::max<int64_t>(bytes, 1))))
      return {failed.getCode(),
              "no " + std::to_string(bytes) + " bytes on " + device->gpu->describe() + ": " + failed.getMessage()};
    *address = reinterpret_cast<void *>(uintptr_t(allocated));
    return {};
  });
}

normrt_status normrt_device_free(normrt_device *device, void *address, normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (!address)
      return {};
    Status waited = device->driver().streamSynchronize(device->stream);
    Status freed = device->driver().memFree(pointer(address));
    return waited ? waited : freed;
  });
}

normrt_status normrt_device_copy_in(normrt_device *device, void *to, const void *from, int64_t bytes,
                                    normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (Status failed = checkBytes(bytes); failed || bytes == 0)
      return failed;
    if (Status failed = device->driver().copyIn(pointer(to), from, size_t(bytes), device->stream))
      return failed;
    return device->driver().streamSynchronize(device->stream);
  });
}

normrt_status normrt_device_copy_out(normrt_device *device, void *to, const void *from, int64_t bytes,
                                     normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (Status failed = checkBytes(bytes); failed || bytes == 0)
      return failed;
    if (Status failed = device->driver().copyOut(to, pointer(from), size_t(bytes), device->stream))
      return failed;
    return device->driver().streamSynchronize(device->stream);
  });
}

normrt_status normrt_device_copy(normrt_device *device, void *to, const void *from, int64_t bytes,
                                 normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (Status failed = checkBytes(bytes); failed || bytes == 0)
      return failed;
    return device->driver().copyWithin(pointer(to), pointer(from), size_t(bytes), device->stream);
  });
}

normrt_status normrt_device_synchronize(normrt_device *device, normrt_error *error) {
  return onDevice(device, error, [&] { return device->driver().streamSynchronize(device->stream); });
}

normrt_status normrt_event_create(normrt_device *device, normrt_event **event, normrt_error *error) {
  return onDevice(device, error, [&]() -> Status {
    if (!event)
      return isNull("place for the event");
    auto created = std::make_unique<normrt_event>(normrt_event{device});
    if (Status failed = device->driver().eventCreate(&created->event, eventDefault))
      return failed;
    *event = created.release();
    return {};
  });
}

void normrt_event_destroy(normrt_event *event) {
  if (!event)
    return;
  Current current;
  if (!current.enter(*event->device->gpu))
    (void)bool(event->device->driver().eventDestroy(event->event));
  delete event;
}

normrt_status normrt_event_record(normrt_event *event, normrt_error *error) {
  return onDevice(event ? event->device : nullptr, error,
                  [&] { return event->device->driver().eventRecord(event->event, event->device->stream); });
}

normrt_status normrt_event_elapsed(normrt_event *from, normrt_event *to, double *milliseconds, normrt_error *error) {
  return onDevice(from && to ? to->device : nullptr, error, [&]() -> Status {
    if (!milliseconds)
      return isNull("place for the time");
    const Driver &driver = to->device->driver();
    if (Status failed = driver.eventSynchronize(to->event))
      return failed;
    float time = 0;
    if (Status failed = driver.eventElapsedTime(&time, from->event, to->event))
      return failed;
    *milliseconds = time;
    return {};
  });
}
