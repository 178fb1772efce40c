//===- ErrorsTest.cpp - what the interpreter refuses ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Graphs.h"

using namespace mlir;
using namespace normc::reference;

namespace {

void expectError(Graphs &graphs, ArrayRef<Array<double>> arguments, StringRef errors, const Options &options = {}) {
  EXPECT_TRUE(failed(interpret<double>(graphs.function(), arguments, options)));
  EXPECT_EQ(graphs.errors, errors.str());
}

TEST(Errors, ExtentsThatDisagree) {
  Graphs graphs(R"(func.func @f(%a: tensor<?x2xf32>, %b: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %c = norm.add %a, %b : tensor<?x2xf32>, tensor<?x2xf32>
    return %c : tensor<?x2xf32>
  })");
  expectError(graphs, {reals({2, 2}, {1, 2, 3, 4}), reals({3, 2}, {1, 2, 3, 4, 5, 6})},
              "2:10: extents must agree, but along axis 0 operand 0 has extent 2 and operand 1 has extent 3\n");
}

// `?` varies: one that is 1 long does not repeat.
TEST(Errors, DynamicExtentsNeverRepeat) {
  Graphs graphs(R"(func.func @f(%a: tensor<?xf32>, %b: tensor<4xf32>, %c: tensor<1xf32>) -> tensor<4xf32> {
    %d = norm.mul %c, %a : tensor<1xf32>, tensor<?xf32>
    %e = norm.mul %d, %b : tensor<?xf32>, tensor<4xf32>
    return %e : tensor<4xf32>
  })");
  Array<double> b = reals({4}, {1, 2, 3, 4}), c = reals({1}, {2});
  expectReals(graphs.run({reals({4}, {1, 1, 1, 1}), b, c})[0], {4}, {2, 4, 6, 8});
  expectError(graphs, {reals({1}, {1}), b, c},
              "3:10: extents must agree, but along axis 0 operand 0 has extent 1 and operand 1 has extent 4\n");
}

TEST(Errors, BroadcastThatDisagrees) {
  Graphs graphs(R"(func.func @f(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
    %c = norm.broadcast %a like %b : tensor<?xf32>, tensor<?xf32>
    return %c : tensor<?xf32>
  })");
  expectError(graphs, {reals({1}, {1}), reals({2}, {1, 2})},
              "2:10: extents must agree, but along axis 0 operand 0 has extent 1 and operand 1 has extent 2\n");
}

TEST(Errors, Arguments) {
  Graphs graphs(R"(func.func @f(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
    return %a : tensor<2x3xf32>
  })");
  expectError(graphs, {}, "1:1: @f takes 1 arguments, but 0 are given\n");
  graphs.errors.clear();
  expectError(graphs, {reals({3, 2}, {1, 2, 3, 4, 5, 6})},
              "1:14: argument 0 has extents [3, 2], but its type is 'tensor<2x3xf32>'\n");
  graphs.errors.clear();
  expectError(graphs, {reals({2, 3}, {1})}, "1:14: argument 0 has extents [2, 3], but 1 reals\n");
  graphs.errors.clear();
  expectError(graphs, {integers({2, 3}, {1, 2, 3, 4, 5, 6})}, "1:14: argument 0 has extents [2, 3], but 0 reals\n");
}

TEST(Errors, Layers) {
  Graphs graphs(R"(func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    %y = norm.relu %x : tensor<2xf32>
    return %y : tensor<2xf32>
  })");
  expectError(graphs, {reals({2}, {1, 2})},
              "2:10: only primitives of norm can be evaluated, but this is norm.relu\n2:10: expand layers first\n");
}

TEST(Errors, OtherOps) {
  Graphs graphs(R"(func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    %y = "other.op"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    return %y : tensor<2xf32>
  })");
  expectError(graphs, {reals({2}, {1, 2})}, "2:10: only primitives of norm can be evaluated, but this is other.op\n");
}

TEST(Errors, FunctionsWithoutBody) {
  Graphs graphs("func.func private @f(tensor<2xf32>) -> tensor<2xf32>");
  expectError(graphs, {reals({2}, {1, 2})}, "1:1: @f has no body\n");
}

TEST(Errors, ValuesThatAreTooLarge) {
  Graphs graphs(R"(func.func @f(%a: tensor<?x1xf32>, %b: tensor<1x?xf32>) -> tensor<?x?xf32> {
    %c = norm.add %a, %b : tensor<?x1xf32>, tensor<1x?xf32>
    return %c : tensor<?x?xf32>
  })");
  Options options;
  options.maximumElements = 5;
  expectError(graphs, {reals({2, 1}, {1, 2}), reals({1, 3}, {1, 2, 3})},
              "2:10: a value of extents [2, 3] has more than 5 elements, the most that are evaluated\n", options);
}

} // namespace
