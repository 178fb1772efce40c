//===- TableTest.cpp - defects of a module's table --------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Table.h"
#include "runtime/Call.h"
#include "runtime/simt_hooks.h"

#include <gtest/gtest.h>
#include <utility>

using namespace normc::runtime;

namespace {
int32_t run(void *const *, const int64_t *, const normc_context *) {
  return NORMC_ENTRY_DONE;
}
void traffic(const int64_t *, normc_traffic *) {
}

/// A good table of a function f(x) -> (y, m), where m may lie over x; each test spoils one thing.
struct TableTest : testing::Test {
  int64_t extents[8] = {-1, 4, 1, 1, 1, 1, 1, 1};

  normc_value value(const char *name, int32_t role, int32_t position) {
    return {name, NORMC_F32, role, position, 0, -1, 2, extents};
  }

  normc_value forwardArguments[1] = {value("x", NORMC_ARGUMENT, 0)};
  normc_value forwardResults[3] = {value("y", NORMC_RESULT, 0), value("m", NORMC_RESULT, 1),
                                   value("s", NORMC_SAVED, 0)};
  normc_value backwardArguments[4] = {value("x", NORMC_ARGUMENT, 0), value("y", NORMC_RESULT, 0),
                                      value("s", NORMC_SAVED, 0), value("dy", NORMC_COTANGENT, 0)};
  normc_value backwardResults[1] = {value("dx", NORMC_GRADIENT, 0)};
  normc_value arguments[2] = {value("x", NORMC_ARGUMENT, 0), value("dy", NORMC_COTANGENT, 0)};
  normc_value results[3] = {value("y", NORMC_RESULT, 0), value("m", NORMC_RESULT, 1), value("dx", NORMC_GRADIENT, 0)};
  normc_entry entries[2] = {{"g_forward", 1, 3, 1, 0, forwardArguments, forwardResults, run, traffic, nullptr},
                            {"g_backward", 4, 1, 1, 0, backwardArguments, backwardResults, run, traffic, nullptr}};
  normc_gradient gradients[1] = {{"g", 0, 1, 2, 3, 1, 0, arguments, results}};
  normc_module module = {NORMC_MODULE_VERSION, 2, 1, 0, "", entries, gradients, nullptr, nullptr, nullptr};

  void SetUp() override {
    forwardResults[1].updates = results[1].updates = 0;
    ASSERT_EQ(fault(), "");
  }

  std::string fault() {
    Status status = checkTable(module);
    EXPECT_EQ(status.getCode(), status ? NORMRT_BAD_MODULE : NORMRT_OK);
    return status.getMessage();
  }
};
} // namespace

TEST_F(TableTest, Counts) {
  module.entry_count = -1;
  EXPECT_EQ(fault(), "entries or gradients are counted, but not described");
  module.entry_count = 2;
  module.gradients = nullptr;
  EXPECT_EQ(fault(), "entries or gradients are counted, but not described");
}

TEST_F(TableTest, Names) {
  entries[1].name = nullptr;
  EXPECT_EQ(fault(), "entry 1 has no name");
  entries[1].name = "g";
  EXPECT_EQ(fault(), "two functions have the name 'g'");
}

TEST_F(TableTest, NoCode) {
  entries[0].run = nullptr;
  EXPECT_EQ(fault(), "entry 'g_forward' has no code");
}

TEST_F(TableTest, Ptx) {
  const std::string unknown = "its PTX is for the unknown target '";
  module.ptx_target = "sm_80";
  EXPECT_EQ(fault(), "it names a target for PTX, but has none");
  module.ptx = "";
  EXPECT_EQ(fault(), "");
  for (const char *target : {"", "sm_", "sm_9", "sm_90b", "sm_90ab", "80", "sm_8000", "compute_80"}) {
    module.ptx_target = target;
    EXPECT_EQ(fault(), unknown + target + "'");
  }
  for (const char *target : {"sm_75", "sm_90a", "sm_100"}) {
    module.ptx_target = target;
    EXPECT_EQ(fault(), "");
  }
  module.ptx_target = nullptr;
  EXPECT_EQ(fault(), unknown + "'");
}

TEST_F(TableTest, GpuPlan) {
  normc_gpu_plan plan = {1, 1, [](auto...) { return 0; }, [](auto...) { return 0; }};
  entries[1].gpu = &plan;
  EXPECT_EQ(fault(), "entry 'g_backward' has a plan for GPUs, but the module has no PTX");
  module.ptx = "";
  module.ptx_target = "sm_80";
  EXPECT_EQ(fault(), "");
  plan.launch_count = -1;
  EXPECT_EQ(fault(), "entry 'g_backward' has a plan for GPUs of 1 temporaries and -1 launches");
  plan.launch_count = 1 << 20;
  EXPECT_EQ(fault(), "entry 'g_backward' has a plan for GPUs of 1 temporaries and 1048576 launches");
  plan.launch_count = 1;
  plan.launch = nullptr;
  EXPECT_EQ(fault(), "entry 'g_backward' has a plan for GPUs without code");
  plan.launch_count = 0;
  EXPECT_EQ(fault(), "");
  plan.temporaries = nullptr;
  EXPECT_EQ(fault(), "entry 'g_backward' has a plan for GPUs without code");
}

TEST_F(TableTest, Twins) {
  normc_simt_module twins = {NORMC_SIMT_VERSION, 0, nullptr};
  module.simt = &twins;
  EXPECT_EQ(fault(), "it has GPU kernels for the host, but no PTX");
  module.ptx = "";
  module.ptx_target = "sm_80";
  EXPECT_EQ(fault(), "");
  twins.kernel_count = 1;
  EXPECT_EQ(fault(), "its GPU kernels for the host are counted, but not described");
  twins.kernel_count = 1;
  normc_simt_access access = {0, 0, 4, 4, NORMC_SIMT_GLOBAL, NORMC_SIMT_LOAD};
  normc_simt_kernel kernel = {};
  twins.kernels = &kernel;
  EXPECT_EQ(fault(), "its GPU kernel 0 for the host has no name or no code");
  kernel.name = "k";
  kernel.run = [](auto...) {};
  EXPECT_EQ(fault(), "");
  kernel.access_count = 1;
  EXPECT_EQ(fault(), "its GPU kernel 0 for the host has operands, accesses, places or arrays that are counted, but not "
                     "described");
  kernel.accesses = &access;
  EXPECT_EQ(fault(), "its GPU kernel 0 for the host accesses operand 0, but there are 0");
  access.operand = -1;
  EXPECT_EQ(fault(), "");
  twins.version = 99;
  EXPECT_EQ(fault(), "its GPU kernels for the host are of version 99, but this runtime reads version 1");
}

TEST_F(TableTest, NoTraffic) {
  entries[1].traffic = nullptr;
  EXPECT_EQ(fault(), "entry 'g_backward' does not say what it moves");
}

TEST_F(TableTest, ValueName) {
  forwardArguments[0].name = nullptr;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 0 has no name");
}

TEST_F(TableTest, Type) {
  forwardResults[2].type = 8;
  EXPECT_EQ(fault(), "entry 'g_forward': result 's' has the unknown type 8");
}

TEST_F(TableTest, Rank) {
  forwardArguments[0].rank = 0;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' has rank 0, which is not between 1 and 8");
  forwardArguments[0].rank = 9;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' has rank 9, which is not between 1 and 8");
}

TEST_F(TableTest, NoExtents) {
  forwardArguments[0].extents = nullptr;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' has no extents");
}

TEST_F(TableTest, SymbolOutOfRange) {
  extents[0] = -2;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' uses extent symbol 1, but there are 1");
  extents[0] = INT64_MIN;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' uses extent symbol 9223372036854775807, but there are 1");
}

TEST_F(TableTest, SymbolOfNoArgument) {
  entries[0].symbol_count = 2;
  EXPECT_EQ(fault(), "entry 'g_forward': no argument has extent symbol 1");
  entries[0].symbol_count = 1000000000;
  EXPECT_EQ(fault(), "entry 'g_forward' has 1000000000 extent symbols for 1 arguments");
}

TEST_F(TableTest, TooManyBytes) {
  int64_t large[] = {INT64_MAX, 2};
  forwardArguments[0].extents = large;
  EXPECT_EQ(fault(),
            "entry 'g_forward': argument 'x' is 9223372036854775807x2, which is more bytes than can be counted");
}

TEST_F(TableTest, Roles) {
  forwardArguments[0].role = NORMC_GRADIENT;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' has role 5, which no argument has");
  forwardArguments[0].role = NORMC_ARGUMENT;
  forwardResults[0].role = NORMC_COTANGENT;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'y' has role 4, which no result has");
  forwardResults[0].role = NORMC_RESULT;
  forwardResults[0].position = -1;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'y' has position -1");
}

TEST_F(TableTest, Flags) {
  forwardArguments[0].flags = 2;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' has the unknown flags 2");
  forwardArguments[0].flags = 0;
  forwardResults[0].flags = NORMC_EXTENTS_ONLY;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'y' has the unknown flags 1");
  forwardResults[0].flags = NORMC_INPLACE;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'y' is written in place, but updates no argument");
  forwardResults[0].flags = NORMC_SHARE;
  const int32_t type = std::exchange(forwardResults[0].type, int32_t(NORMC_I32));
  EXPECT_EQ(fault(), "entry 'g_forward': result 'y' is a share, but its elements are integers");
  forwardResults[0].type = type;
  forwardResults[0].flags = 0;
  forwardArguments[0].shard = 9;
  EXPECT_EQ(fault(), "entry 'g_forward': argument 'x' is split along axis 8, but its rank is 2");
}

TEST_F(TableTest, Updates) {
  forwardResults[1].updates = 1;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'm' updates argument 1, but there are 1");
  forwardResults[1].updates = 0;
  forwardResults[1].type = NORMC_F64;
  EXPECT_EQ(fault(), "entry 'g_forward': result 'm' is f64, but updates an argument that is f32");
}

TEST_F(TableTest, Descriptions) {
  entries[0].result_count = -1;
  EXPECT_EQ(fault(), "entry 'g_forward' has a negative count of arguments, results or symbols");
  entries[0].result_count = 3;
  entries[0].results = nullptr;
  EXPECT_EQ(fault(), "entry 'g_forward' has arguments or results without a description");
}

TEST_F(TableTest, EntryIndices) {
  gradients[0].backward = 2;
  EXPECT_EQ(fault(), "gradient 'g' runs entry 2, but there are 2");
  gradients[0].backward = -1;
  EXPECT_EQ(fault(), "gradient 'g' runs entry -1, but there are 2");
}

TEST_F(TableTest, JointOrder) {
  std::swap(arguments[0], arguments[1]);
  EXPECT_EQ(fault(), "gradient 'g': argument 'dy' is out of order");
  std::swap(arguments[0], arguments[1]);
  results[2].position = 1;
  EXPECT_EQ(fault(), "gradient 'g': result 'dx' is out of order");
}

TEST_F(TableTest, JointUpdates) {
  results[2].updates = 1;
  EXPECT_EQ(fault(), "gradient 'g': result 'dx' updates argument 1; only results of the function update its arguments");
  results[2].updates = -1;
  results[1].updates = -1;
  EXPECT_EQ(fault(), "gradient 'g': result 'm' of 'g_forward' updates another argument than here");
}

TEST_F(TableTest, ForwardRoles) {
  forwardArguments[0].role = NORMC_COTANGENT;
  EXPECT_EQ(fault(), "gradient 'g': argument 'x' of 'g_forward' has a role that has no place there");
  forwardArguments[0].role = NORMC_ARGUMENT;
  forwardResults[2].role = NORMC_GRADIENT;
  EXPECT_EQ(fault(), "gradient 'g': result 's' of 'g_forward' has a role that has no place there");
}

TEST_F(TableTest, ForwardPositions) {
  forwardArguments[0].position = 1;
  EXPECT_EQ(fault(), "gradient 'g': argument 'x' of 'g_forward' has position 1, but there are 1");
  forwardArguments[0].position = 0;
  forwardResults[1].position = 0;
  EXPECT_EQ(fault(), "gradient 'g': result 'm' of 'g_forward' has position 0, which is taken or too large");
  forwardResults[1].position = 1;
  forwardResults[2].position = 1;
  EXPECT_EQ(fault(), "gradient 'g': result 's' of 'g_forward' has position 1, which is taken or too large");
  entries[0].results = forwardResults + 1;
  entries[0].result_count = 1;
  EXPECT_EQ(fault(), "gradient 'g': 'g_forward' does not compute result 0");
}

TEST_F(TableTest, TypesAgree) {
  arguments[0].type = NORMC_F16;
  results[1].updates = -1;
  EXPECT_EQ(fault(), "gradient 'g': argument 'x' of 'g_forward' is f32 of rank 2 there and f16 of rank 2 here");
  arguments[0].type = NORMC_F32;
  results[1].updates = 0;
  backwardArguments[2].rank = 3;
  EXPECT_EQ(fault(), "gradient 'g': argument 's' of 'g_backward' is f32 of rank 3 there and f32 of rank 2 here");
}

TEST_F(TableTest, DataIsThere) {
  arguments[0].flags = NORMC_EXTENTS_ONLY;
  EXPECT_EQ(fault(), "gradient 'g': argument 'x' of 'g_forward' is read, but is handed over without data");
}

TEST_F(TableTest, BackwardSources) {
  backwardArguments[2].position = 1;
  EXPECT_EQ(fault(), "gradient 'g': argument 's' of 'g_backward' has position 1, but there are 1");
  backwardArguments[2].position = 0;
  backwardArguments[3].position = 1;
  EXPECT_EQ(fault(), "gradient 'g': argument 'dy' of 'g_backward' has position 1, but there are 1");
}

TEST_F(TableTest, BackwardResults) {
  backwardResults[0].role = NORMC_SAVED;
  EXPECT_EQ(fault(), "gradient 'g': result 'dx' of 'g_backward' has a role that has no place there");
  entries[1].result_count = 0;
  EXPECT_EQ(fault(), "gradient 'g': 'g_backward' does not compute gradient 0");
}

// The tables of a pair can contradict each other in extents that only a call shows.
TEST_F(TableTest, ContradictingExtents) {
  int64_t fixed[] = {3, 4};
  results[0].extents = fixed;
  ASSERT_EQ(fault(), "");
  Function forward(entries[0]), backward(entries[1]), gradient(gradients[0], forward, backward);
  float memory[5][12];
  int64_t two[] = {2, 4}, three[] = {3, 4};
  auto tensor = [&](int index, int64_t *shape) {
    return DLTensor{memory[index], {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, nullptr, 0};
  };
  DLTensor inputs[] = {tensor(0, two), tensor(1, two)};
  DLTensor outputs[] = {tensor(2, three), tensor(3, two), tensor(4, two)};
  Status status = call(gradient, inputs, 2, outputs, 3, {NORMRT_VERSION, 0, NORMRT_CPU, 0, nullptr, nullptr, nullptr});
  EXPECT_EQ(status.getCode(), NORMRT_BAD_MODULE);
  EXPECT_EQ(status.getMessage(), "result 'y' of 'g_forward' is 2x4, but the gradient that runs it has 3x4 there; "
                                 "compile it again");
}
