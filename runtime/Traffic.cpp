//===- Traffic.cpp - the bytes that a call moves ----------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Traffic.h"

#include "runtime/PairFrames.h"

namespace normc::runtime {

static normc_traffic trafficOf(const normc_entry &entry, const Frame &frame) {
  normc_traffic traffic = {};
  std::vector<int64_t> symbols = frame.symbols.getValues();
  entry.traffic(symbols.data(), &traffic);
  return traffic;
}

/// a + b, neither negative; INT64_MAX where it would be more.
static int64_t add(int64_t a, int64_t b) {
  return a > INT64_MAX - b ? INT64_MAX : a + b;
}

Status computeTraffic(const Function &function, const DLTensor *inputs, int32_t inputCount, normc_traffic &traffic) {
  Frame frame(function.signature);
  if (Status failed = bindExtents(frame, inputs, inputCount))
    return failed;
  if (function.entry) {
    traffic = trafficOf(*function.entry, frame);
    return {};
  }
  PairFrames frames(function, frame);
  if (Status failed = frames.bind())
    return failed;
  normc_traffic forward = trafficOf(*function.forward->entry, frames.forward);
  normc_traffic backward = trafficOf(*function.backward->entry, frames.backward);
  traffic = {add(forward.read, backward.read), add(forward.written, backward.written),
             add(forward.minimum_read, backward.minimum_read), add(forward.minimum_written, backward.minimum_written)};
  return {};
}

} // namespace normc::runtime
