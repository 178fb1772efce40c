//===- Streams.cpp - streams and events -------------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "test/runtime/MockCuda/Calls.h"

namespace normc::runtime::cuda {

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

} // namespace normc::runtime::cuda
