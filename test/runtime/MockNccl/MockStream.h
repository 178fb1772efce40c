//===- MockStream.h - a stream of the mocked driver -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_RUNTIME_MOCKNCCL_MOCKSTREAM_H
#define NORMC_TEST_RUNTIME_MOCKNCCL_MOCKSTREAM_H

#include <future>

/// Work goes on while the host asks for it, as on a GPU. The driver makes streams, NCCL gives them work.
struct MockStream {
  std::future<int> work;
};

#endif // NORMC_TEST_RUNTIME_MOCKNCCL_MOCKSTREAM_H
