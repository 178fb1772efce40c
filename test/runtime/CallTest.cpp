//===- CallTest.cpp - calling functions of a module -------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {
constexpr DLDataType f16{kDLFloat, 16, 1}, bf16{kDLBfloat, 16, 1}, f32{kDLFloat, 32, 1}, f64{kDLFloat, 64, 1};
constexpr DLDataType i32{kDLInt, 32, 1}, i64{kDLInt, 64, 1}, u8{kDLUInt, 8, 1}, bool8{6, 8, 1};

/// A DLTensor together with its shape and strides.
struct Tensor {
  std::vector<int64_t> shape, strides;
  void *data;
  DLDataType dtype;
  DLDeviceType device = kDLCPU;
  uint64_t offset = 0;

  Tensor(void *data, std::vector<int64_t> shape, DLDataType dtype = f32)
      : shape(std::move(shape)), data(data), dtype(dtype) {}
  Tensor(std::vector<float> &values, std::vector<int64_t> shape) : Tensor(values.data(), std::move(shape)) {}

  DLTensor get() {
    return {data,  {device, 0}, int(shape.size()), dtype, shape.data(), strides.empty() ? nullptr : strides.data(),
            offset};
  }
};

struct CallTest : testing::Test {
  normrt_module *module = nullptr;
  normrt_error error = {};

  void SetUp() override { ASSERT_EQ(normrt_open(GOOD_MODULE, &module, &error), NORMRT_OK) << error.message; }
  void TearDown() override { normrt_close(module); }

  const normrt_function *find(const char *name) {
    const normrt_function *function = nullptr;
    EXPECT_EQ(normrt_find(module, name, &function, &error), NORMRT_OK) << error.message;
    return function;
  }

  normrt_status call(const char *name, std::vector<Tensor> inputs, std::vector<Tensor> outputs,
                     const normrt_options *options = nullptr) {
    std::vector<DLTensor> in, out;
    for (Tensor &tensor : inputs)
      in.push_back(tensor.get());
    for (Tensor &tensor : outputs)
      out.push_back(tensor.get());
    return normrt_call(find(name), in.data(), int32_t(in.size()), out.data(), int32_t(out.size()), options, &error);
  }

  /// The message of a call that must be refused as the caller's fault.
  std::string refusal(const char *name, std::vector<Tensor> inputs, std::vector<Tensor> outputs,
                      const normrt_options *options = nullptr) {
    EXPECT_EQ(call(name, std::move(inputs), std::move(outputs), options), NORMRT_BAD_ARGUMENT);
    return error.message;
  }

  std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8}, w{10, 100}, y = std::vector<float>(8, -1);
};
using Floats = std::vector<float>;
} // namespace

TEST_F(CallTest, Symbols) {
  ASSERT_EQ(call("scale", {{x, {2, 4}}, {w, {2, 1}}}, {{y, {2, 4}}}), NORMRT_OK) << error.message;
  EXPECT_EQ(y, Floats({10, 20, 30, 40, 500, 600, 700, 800}));
  EXPECT_EQ(error.status, NORMRT_OK);
  EXPECT_STREQ(error.message, "");
}

TEST_F(CallTest, SymbolOfZero) {
  EXPECT_EQ(call("scale", {{nullptr, {0, 4}}, {nullptr, {0, 1}}}, {{nullptr, {0, 4}}}), NORMRT_OK) << error.message;
}

TEST_F(CallTest, SymbolWithTwoValues) {
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {7, 1}}}, {{y, {2, 4}}}),
            "argument 'w' has extent 7 along axis 0, but argument 'x' has 2 along axis 0; they must agree");
  EXPECT_EQ(refusal("same", {{nullptr, {2, 3, 1}, f64}}, {}),
            "argument 0 has extent 3 along axis 1, but argument 0 has 2 along axis 0; they must agree");
  EXPECT_EQ(y, Floats(8, -1));
}

TEST_F(CallTest, SymbolsAllowNoRegrouping) {
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {2}}}, {{y, {2, 4}}}),
            "argument 'w' is ?x1, but the array is 2; pass an array of rank 2 that agrees with it wherever it is not "
            "'?'");
  EXPECT_EQ(refusal("scale", {{x, {4, 2}}, {w, {2, 1}}}, {{y, {2, 4}}}),
            "argument 'x' is ?x4, but the array is 4x2; pass an array of rank 2 that agrees with it wherever it is not "
            "'?'");
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {2, 1}}}, {{y, {8}}}),
            "result 'y' is 2x4, but the array given for it is 8; allocate it as normrt_result_extents says");
}

TEST_F(CallTest, StaticExtentsAllowRegrouping) {
  for (const std::vector<int64_t> &shape :
       std::vector<std::vector<int64_t>>{{2, 3, 2, 5}, {60}, {2, 6, 5}, {6, 10}, {2, 1, 3, 1, 1, 2, 5, 1, 1, 1}}) {
    Floats in(60, 3), out(60);
    EXPECT_EQ(call("twice", {{in, shape}}, {{out, shape}}), NORMRT_OK) << error.message;
    EXPECT_EQ(out, Floats(60, 6));
  }
  Floats in(60), out(60);
  EXPECT_EQ(refusal("twice", {{in, {3, 2, 2, 5}}}, {{out, {60}}}),
            "argument 'x' is 2x3x2x5, but the array is 3x2x2x5; pass the same elements in row-major order, with 1s "
            "dropped or adjacent axes merged or split at most");
  EXPECT_EQ(refusal("twice", {{in, {59}}}, {{out, {60}}}).rfind("argument 'x' is 2x3x2x5, but the array is 59;", 0),
            0u);
  EXPECT_EQ(refusal("twice", {{in, {}}}, {{out, {60}}}).rfind("argument 'x' is 2x3x2x5, but the array is ();", 0), 0u);
  EXPECT_EQ(refusal("twice", {{in, {60}}}, {{out, {3, 2, 2, 5}}}),
            "result 'y' is 2x3x2x5, but the array given for it is 3x2x2x5; allocate it as normrt_result_extents says");
  EXPECT_EQ(refusal("twice", {{in, {-60}}}, {{out, {60}}}),
            "argument 'x' has an array of shape (-60); extents must not be negative");
}

TEST_F(CallTest, Overflow) {
  int64_t huge = int64_t(1) << 62;
  EXPECT_EQ(refusal("scale", {{x, {huge, 4}}, {w, {huge, 1}}}, {{y, {2, 4}}}),
            "argument 'x' would be 4611686018427387904x4, which is more bytes than can be counted");
  EXPECT_NE(refusal("twice", {{x, {huge, huge, huge}}}, {{y, {60}}}), "");
}

TEST_F(CallTest, Counts) {
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}}, {{y, {2, 4}}}),
            "function 'scale' takes 2 arguments (x, w), but 1 was given");
  EXPECT_EQ(refusal("twice", {}, {{y, {8}}}), "function 'twice' takes 1 argument (x), but 0 were given");
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {2, 1}}}, {}), "function 'scale' has 1 result (y), but 0 were given");
  EXPECT_EQ(refusal("threads", {{x, {8}}}, {}), "function 'threads' takes 0 arguments, but 1 was given");
  EXPECT_EQ(refusal("same", {}, {}), "function 'same' takes 1 argument (0), but 0 were given");
  EXPECT_EQ(normrt_call(find("scale"), nullptr, 2, nullptr, 1, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the inputs are null");
  EXPECT_EQ(normrt_call(find("threads"), nullptr, 0, nullptr, 1, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the outputs are null");
  EXPECT_EQ(normrt_call(nullptr, nullptr, 0, nullptr, 0, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the function is null");
}

TEST_F(CallTest, Dtypes) {
  uint16_t half[] = {1, 2}, brain[] = {3, 4}, halfOut[2], brainOut[2];
  float single[] = {5, 6}, singleOut[2];
  double wide[] = {7, 8}, wideOut[2];
  int32_t integer[] = {-9, 10}, integerOut[2];
  int64_t large[] = {int64_t(1) << 40, -1}, largeOut[2];
  uint8_t mask[] = {0, 1}, maskOut[2];
  std::vector<Tensor> inputs{{half, {2}, f16},    {brain, {2}, bf16}, {single, {2}, f32}, {wide, {2}, f64},
                             {integer, {2}, i32}, {large, {2}, i64},  {mask, {2}, u8}};
  std::vector<Tensor> outputs{{halfOut, {2}, f16},    {brainOut, {2}, bf16}, {singleOut, {2}, f32}, {wideOut, {2}, f64},
                              {integerOut, {2}, i32}, {largeOut, {2}, i64},  {maskOut, {2}, bool8}};
  ASSERT_EQ(call("types", inputs, outputs), NORMRT_OK) << error.message;
  EXPECT_EQ(0, std::memcmp(half, halfOut, sizeof half) | std::memcmp(brain, brainOut, sizeof brain) |
                   std::memcmp(single, singleOut, sizeof single) | std::memcmp(wide, wideOut, sizeof wide) |
                   std::memcmp(integer, integerOut, sizeof integer) | std::memcmp(large, largeOut, sizeof large) |
                   std::memcmp(mask, maskOut, sizeof mask));

  auto refuse = [&](size_t index, DLDataType dtype) {
    std::vector<Tensor> wrong = inputs;
    wrong[index].dtype = dtype;
    return refusal("types", wrong, outputs);
  };
  EXPECT_EQ(refuse(2, f64), "argument 'f32' is f32, but the array holds f64");
  EXPECT_EQ(refuse(0, bf16), "argument 'f16' is f16, but the array holds bf16");
  EXPECT_EQ(refuse(1, f16), "argument 'bf16' is bf16, but the array holds f16");
  EXPECT_EQ(refuse(1, {kDLUInt, 16, 1}), "argument 'bf16' is bf16, but the array holds u16");
  EXPECT_EQ(refuse(4, {kDLUInt, 32, 1}), "argument 'i32' is i32, but the array holds u32");
  EXPECT_EQ(refuse(5, i32), "argument 'i64' is i64, but the array holds i32");
  EXPECT_EQ(refuse(6, {kDLInt, 8, 1}), "argument 'i1' is i1, but the array holds i8");
  EXPECT_EQ(refuse(3, {kDLComplex, 64, 1}), "argument 'f64' is f64, but the array holds complex64");
  EXPECT_EQ(refuse(2, {kDLFloat, 32, 4}), "argument 'f32' is f32, but the array holds f32 in vectors of 4");
  EXPECT_EQ(refuse(2, {17, 8, 1}), "argument 'f32' is f32, but the array holds dtype code 17 of 8 bits");
  outputs[3].dtype = f32;
  EXPECT_EQ(refusal("types", inputs, outputs), "result 'f64' is f64, but the array holds f32");
}

TEST_F(CallTest, Device) {
  Tensor input(x, {2, 4});
  input.device = kDLCUDA;
  EXPECT_EQ(refusal("scale", {input, {w, {2, 1}}}, {{y, {2, 4}}}),
            "argument 'x' has an array on device type 2; copy it to the CPU's memory (device type 1)");
}

TEST_F(CallTest, Strides) {
  Tensor input(x, {2, 4}), column(w, {2, 1}), output(y, {2, 4});
  input.strides = {4, 1};
  column.strides = {1, 99}; // along an axis of one element
  output.strides = {4, 1};
  EXPECT_EQ(call("scale", {input, column}, {output}), NORMRT_OK) << error.message;
  input.strides = {1, 2};
  EXPECT_EQ(refusal("scale", {input, column}, {output}),
            "argument 'x' has an array of shape (2, 4) with strides (1, 2), which is not dense in row-major order; "
            "pass a contiguous copy");
  input.strides = {8, 1};
  EXPECT_NE(refusal("scale", {input, column}, {output}), "");
  input.strides = {-4, 1};
  EXPECT_NE(refusal("scale", {input, column}, {output}), "");
}

TEST_F(CallTest, OffsetAndAlignment) {
  Floats padded{-1, -1, 1, 2, 3, 4};
  Tensor input(padded, {1, 4});
  input.offset = 8;
  ASSERT_EQ(call("scale", {input, {w, {1, 1}}}, {{y, {1, 4}}}), NORMRT_OK) << error.message;
  EXPECT_EQ(y, Floats({10, 20, 30, 40, -1, -1, -1, -1}));
  input.offset = 2;
  EXPECT_EQ(refusal("scale", {input, {w, {1, 1}}}, {{y, {1, 4}}}),
            "argument 'x' has an array at an address that is not a multiple of 4 bytes; pass an aligned copy");
}

TEST_F(CallTest, NullData) {
  EXPECT_EQ(refusal("scale", {{nullptr, {2, 4}}, {w, {2, 1}}}, {{y, {2, 4}}}),
            "argument 'x' has an array whose data is null");
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {2, 1}}}, {{nullptr, {2, 4}}}),
            "result 'y' has an array whose data is null");
  EXPECT_EQ(call("same", {{nullptr, {3, 3, 1}, f64}}, {}), NORMRT_OK) << error.message;
  DLTensor shapeless{x.data(), {kDLCPU, 0}, 2, f32, nullptr, nullptr, 0};
  EXPECT_EQ(normrt_call(find("twice"), &shapeless, 1, &shapeless, 1, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "argument 'x' has an array of rank 2 without a shape");
}

TEST_F(CallTest, Overlap) {
  EXPECT_EQ(refusal("scale", {{x, {2, 4}}, {w, {2, 1}}}, {{x, {2, 4}}}),
            "result 'y' overlaps argument 'x' in memory; give it memory of its own");
  Floats in(3), m{2}, out(6);
  EXPECT_EQ(refusal("square_grad_forward", {{in, {3}}, {m, {1}}}, {{out.data(), {3}}, {in.data() + 2, {1}}, {y, {3}}}),
            "result 'm_new' overlaps argument 'x' in memory; it may only lie exactly over argument 'm'");
  EXPECT_EQ(refusal("square_grad_forward", {{in, {3}}, {m, {1}}}, {{out.data(), {3}}, {m, {1}}, {out.data() + 2, {3}}}),
            "result 's' overlaps result 'y' in memory; give it memory of its own");
  EXPECT_EQ(call("square_grad_forward", {{in, {3}}, {m, {1}}}, {{out.data(), {3}}, {m, {1}}, {out.data() + 3, {3}}}),
            NORMRT_OK)
      << error.message;
  EXPECT_EQ(m[0], 3);
}

TEST_F(CallTest, OverlapWithTheUpdatedArgument) {
  Floats a{1, 2, 3}, b{4, 5};
  ASSERT_EQ(call("increment", {{a, {2}}, {b, {2}}}, {{a, {2}}}), NORMRT_OK) << error.message;
  EXPECT_EQ(a, Floats({2, 3, 3}));
  EXPECT_EQ(refusal("increment", {{a, {2}}, {b, {2}}}, {{a.data() + 1, {2}}}),
            "result 'a_new' overlaps argument 'a' in memory; it may only lie exactly over argument 'a'");
  EXPECT_EQ(refusal("increment", {{a, {2}}, {b, {2}}}, {{b, {2}}}),
            "result 'a_new' overlaps argument 'b' in memory; it may only lie exactly over argument 'a'");
  EXPECT_EQ(refusal("increment", {{a, {2}}, {a, {2}}}, {{a, {2}}}),
            "result 'a_new' overlaps argument 'b' in memory; it may only lie exactly over argument 'a'");
}

TEST_F(CallTest, ResultExtents) {
  int64_t extents[4 * NORMRT_MAX_RANK];
  Tensor input(nullptr, {5}), one(nullptr, {1}), cotangent(nullptr, {5});
  DLTensor inputs[] = {input.get(), one.get(), cotangent.get()};
  ASSERT_EQ(normrt_result_extents(find("square_grad"), inputs, 3, extents, 4, &error), NORMRT_OK) << error.message;
  EXPECT_EQ(extents[0 * NORMRT_MAX_RANK], 5);
  EXPECT_EQ(extents[1 * NORMRT_MAX_RANK], 1);
  EXPECT_EQ(extents[2 * NORMRT_MAX_RANK], 5);
  EXPECT_EQ(extents[3 * NORMRT_MAX_RANK], 1);
  EXPECT_EQ(extents[3 * NORMRT_MAX_RANK + 7], 0);
  EXPECT_EQ(normrt_result_extents(find("square_grad"), inputs, 3, extents, 3, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "function 'square_grad' has 4 results, but there is room for the extents of 3");
  EXPECT_EQ(normrt_result_extents(find("square_grad"), inputs, 2, extents, 4, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "function 'square_grad' takes 3 arguments (x, m, dy), but 2 were given");
}

TEST_F(CallTest, Threads) {
  int32_t threads = -1;
  normrt_options options{NORMRT_VERSION, 3, NORMRT_CPU, 0, nullptr, nullptr, nullptr};
  ASSERT_EQ(call("threads", {}, {{&threads, {1}, i32}}, &options), NORMRT_OK) << error.message;
  EXPECT_EQ(threads, 3);
  ASSERT_EQ(call("threads", {}, {{&threads, {}, i32}}), NORMRT_OK) << error.message;
  EXPECT_EQ(threads, 0);
  options.threads = -1;
  EXPECT_EQ(refusal("threads", {}, {{&threads, {1}, i32}}, &options), "threads must be between 0 and 4096, not -1");
  options.threads = 4097;
  EXPECT_EQ(refusal("threads", {}, {{&threads, {1}, i32}}, &options), "threads must be between 0 and 4096, not 4097");
  options.version = 9;
  EXPECT_EQ(refusal("threads", {}, {{&threads, {1}, i32}}, &options),
            "the options have version 9, but this runtime reads 3");
}

TEST_F(CallTest, FailingEntry) {
  int32_t status = NORMC_ENTRY_OUT_OF_MEMORY;
  EXPECT_EQ(call("fail", {{&status, {1}, i32}}, {}), NORMRT_OUT_OF_MEMORY);
  EXPECT_STREQ(error.message, "function 'fail' failed: asked for status 1");
  status = NORMC_ENTRY_BAD_ARGUMENT;
  EXPECT_EQ(call("fail", {{&status, {1}, i32}}, {}), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "function 'fail' failed: asked for status 3");
  status = 7;
  EXPECT_EQ(call("fail", {{&status, {1}, i32}}, {}), NORMRT_INTERNAL);
  EXPECT_STREQ(error.message, "function 'fail' failed: asked for status 7");
  status = 8;
  EXPECT_EQ(call("fail", {{&status, {1}, i32}}, {}), NORMRT_INTERNAL);
  EXPECT_STREQ(error.message, "function 'fail' failed: it returned status 8");
}

// y = m x^2, so dx = 2 m x dy and dm = sum(x^2 dy).
TEST_F(CallTest, Gradient) {
  Floats in{1, 2, 3}, m{4}, dy{1, 10, 100}, out(3), mNew(1), dx(3), dm(1);
  ASSERT_EQ(call("square_grad", {{in, {3}}, {m, {1}}, {dy, {3}}}, {{out, {3}}, {mNew, {1}}, {dx, {3}}, {dm, {1}}}),
            NORMRT_OK)
      << error.message;
  EXPECT_EQ(out, Floats({4, 16, 36}));
  EXPECT_EQ(mNew, Floats({5}));
  EXPECT_EQ(m, Floats({4}));
  EXPECT_EQ(dx, Floats({8, 160, 2400}));
  EXPECT_EQ(dm, Floats({941}));
}

// The backward reads m, over which the forward has written m + 1.
TEST_F(CallTest, GradientInPlace) {
  Floats in{1, 2, 3}, m{4}, dy{1, 10, 100}, out(3), dx(3), dm(1);
  ASSERT_EQ(call("square_grad", {{in, {3}}, {m, {1}}, {dy, {3}}}, {{out, {3}}, {m, {1}}, {dx, {3}}, {dm, {1}}}),
            NORMRT_OK)
      << error.message;
  EXPECT_EQ(m, Floats({5}));
  EXPECT_EQ(dx, Floats({8, 160, 2400}));
  EXPECT_EQ(dm, Floats({941}));
}

TEST_F(CallTest, GradientWithoutElements) {
  Floats m{4}, mNew(1), dm{7};
  ASSERT_EQ(call("square_grad", {{nullptr, {0}}, {m, {1}}, {nullptr, {0}}},
                 {{nullptr, {0}}, {mNew, {1}}, {nullptr, {0}}, {dm, {1}}}),
            NORMRT_OK)
      << error.message;
  EXPECT_EQ(dm, Floats({0}));
}

TEST_F(CallTest, GradientRefusals) {
  Floats in{1, 2, 3}, m{4}, dy{1, 10, 100}, out(3), mNew(1), dx(3), dm(1);
  EXPECT_EQ(refusal("square_grad", {{in, {3}}, {m, {1}}, {dy, {2}}}, {{out, {3}}, {mNew, {1}}, {dx, {3}}, {dm, {1}}}),
            "argument 'dy' has extent 2 along axis 0, but argument 'x' has 3 along axis 0; they must agree");
  EXPECT_EQ(refusal("square_grad", {{in, {3}}, {m, {1}}, {dy, {3}}}, {{out, {3}}, {mNew, {1}}, {dy, {3}}, {dm, {1}}}),
            "result 'dx' overlaps argument 'dy' in memory; give it memory of its own");
  EXPECT_EQ(refusal("square_grad", {{in, {3}}, {m, {1}}, {m, {3}}}, {{out, {3}}, {m, {1}}, {dx, {3}}, {dm, {1}}}),
            "result 'm_new' overlaps argument 'dy' in memory; it may only lie exactly over argument 'm'");
  EXPECT_EQ(refusal("square_grad", {{in, {3}}, {m, {1}}, {dy, {3}}}, {{out, {3}}}),
            "function 'square_grad' has 4 results (y, m_new, dx, dm), but 1 was given");
}

// A pair can also be run by hand; of x the backward needs the extents only.
TEST_F(CallTest, PairByHand) {
  Floats in{1, 2, 3}, m{4}, dy{1, 10, 100}, out(3), mNew(1), saved(3), dx(3), dm(1);
  ASSERT_EQ(call("square_grad_forward", {{in, {3}}, {m, {1}}}, {{out, {3}}, {mNew, {1}}, {saved, {3}}}), NORMRT_OK);
  ASSERT_EQ(call("square_grad_backward", {{nullptr, {3}}, {m, {1}}, {out, {3}}, {saved, {3}}, {dy, {3}}},
                 {{dm, {1}}, {dx, {3}}}),
            NORMRT_OK)
      << error.message;
  EXPECT_EQ(dx, Floats({8, 160, 2400}));
  EXPECT_EQ(dm, Floats({941}));
}

// Of the inputs only the shapes are read; a gradient moves what its halves move, and what is too much stays at INT64_MAX.
TEST_F(CallTest, Traffic) {
  auto trafficOf = [&](const char *name, std::vector<Tensor> inputs) {
    std::vector<DLTensor> in;
    for (Tensor &tensor : inputs)
      in.push_back(tensor.get());
    normc_traffic traffic = {-1, -1, -1, -1};
    EXPECT_EQ(normrt_traffic(find(name), in.data(), int32_t(in.size()), &traffic, &error), NORMRT_OK) << error.message;
    return std::vector<int64_t>{traffic.read, traffic.written, traffic.minimum_read, traffic.minimum_written};
  };
  using Numbers = std::vector<int64_t>;
  EXPECT_EQ(trafficOf("scale", {{nullptr, {10, 4}}, {nullptr, {10, 1}}}), Numbers({360, 160, 200, 160}));
  EXPECT_EQ(trafficOf("twice", {{nullptr, {60}}}), Numbers({0, 0, 0, 0}));
  EXPECT_EQ(trafficOf("square_grad", {{nullptr, {100}}, {nullptr, {1}}, {nullptr, {100}}}),
            Numbers({404 + 2004, 804 + 404, 404 + 1204, INT64_MAX}));
}

TEST_F(CallTest, TrafficRefusals) {
  DLTensor inputs[] = {Tensor(nullptr, {10, 4}).get(), Tensor(nullptr, {7, 1}).get()};
  std::vector<int64_t> ten{10, 4}, seven{7, 1};
  inputs[0].shape = ten.data();
  inputs[1].shape = seven.data();
  normc_traffic traffic = {5, 6, 7, 8};
  EXPECT_EQ(normrt_traffic(find("scale"), inputs, 2, &traffic, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message,
               "argument 'w' has extent 7 along axis 0, but argument 'x' has 10 along axis 0; they must agree");
  EXPECT_EQ(normrt_traffic(nullptr, inputs, 2, &traffic, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the function is null");
  EXPECT_EQ(normrt_traffic(find("scale"), inputs, 2, nullptr, &error), NORMRT_BAD_ARGUMENT);
  EXPECT_STREQ(error.message, "the place for the traffic is null");
  EXPECT_EQ(traffic.read, 5);
}
