//===- BothSides.h - a graph before and after the algebra ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_COMPILER_TRANSFORMS_ALGEBRA_BOTHSIDES_H
#define NORMC_TEST_COMPILER_TRANSFORMS_ALGEBRA_BOTHSIDES_H

#include "compiler/Reference/Interpreter.h"
#include "compiler/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include <gtest/gtest.h>
#include <random>

namespace normc {

/// A function of x: 6x4, w: 6x1 (positive), a and b: 1x4, taken to its closed form; both are evaluated with 113 bits.
class BothSides {
public:
  BothSides(const std::string &body, const std::string &type) {
    context.loadDialect<mlir::func::FuncDialect, norm::NormDialect>();
    std::string text = "func.func @f(%x: tensor<6x4xf64>, %w: tensor<6x1xf64>, %a: tensor<1x4xf64>, %b: tensor<1x4xf64>) -> " +
                       type + " {\n" + body + "\n}";
    before = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(bool(before));
    after = before->clone();
    mlir::PassManager passes(&context);
    passes.addPass(createClosedForm());
    passes.addPass(mlir::createCSEPass());
    EXPECT_TRUE(mlir::succeeded(passes.run(*after)));
  }

  /// The same values to a part of the largest, NaN where there was NaN.
  void agree(double tolerance = 1e-28) {
    using reference::Quad;
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal;
    auto array = [&](int64_t rows, int64_t columns, bool positive) {
      reference::Array<Quad> result;
      result.extents = {rows, columns};
      for (int64_t i = 0; i < rows * columns; ++i) {
        double value = normal(random);
        result.reals.push_back(positive ? Quad(std::abs(value) + 0.25) : Quad(value));
      }
      return result;
    };
    llvm::SmallVector<reference::Array<Quad>> arguments{array(6, 4, false), array(6, 1, true), array(1, 4, false),
                                                        array(1, 4, false)};
    auto want = reference::interpret<Quad>(function(*before), arguments);
    auto got = reference::interpret<Quad>(function(*after), arguments);
    ASSERT_TRUE(mlir::succeeded(want) && mlir::succeeded(got));
    const auto &w = (*want)[0], &g = (*got)[0];
    ASSERT_EQ(w.extents, g.extents);
    double largest = 1.0;
    for (Quad value : w.reals)
      if (value == value)
        largest = std::max(largest, double(value < 0 ? -value : value));
    for (size_t i = 0; i < w.reals.size(); ++i) {
      const bool isNan = w.reals[i] != w.reals[i];
      EXPECT_EQ(isNan, g.reals[i] != g.reals[i]) << "at " << i << "\n" << text();
      if (!isNan) {
        EXPECT_LE(std::abs(double(w.reals[i] - g.reals[i])), tolerance * largest) << "at " << i << "\n" << text();
      }
    }
  }

  template <typename Op>
  unsigned ops() {
    unsigned count = 0;
    after->walk([&](Op) { ++count; });
    return count;
  }
  unsigned reductions() {
    return ops<norm::SumOp>() + ops<norm::MeanOp>() + ops<norm::MaxOverOp>() + ops<norm::MinOverOp>();
  }
  unsigned size() {
    unsigned count = 0;
    after->walk([&](mlir::Operation *) { ++count; });
    return count;
  }
  std::string text() {
    std::string printed;
    llvm::raw_string_ostream(printed) << *after;
    return printed;
  }

private:
  static mlir::func::FuncOp function(mlir::ModuleOp module) { return module.lookupSymbol<mlir::func::FuncOp>("f"); }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> before, after;
};

} // namespace normc

#endif // NORMC_TEST_COMPILER_TRANSFORMS_ALGEBRA_BOTHSIDES_H
