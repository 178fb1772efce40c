//===- Stabilize.cpp - statistics as monoids -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Passes.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_STABILIZE
#include "compiler/Transforms/Passes.h.inc"

namespace {

SmallVector<int64_t> sortedAxes(ArrayRef<int64_t> axes) {
  SmallVector<int64_t> sorted(axes);
  llvm::sort(sorted);
  return sorted;
}

/// The value that `square` is the square of; null if it is no square.
Value rootOf(Value square) {
  if (auto op = square.getDefiningOp<norm::SquareOp>())
    return op.getOperand();
  auto product = square.getDefiningOp<norm::MulOp>();
  return product && product.getLhs() == product.getRhs() ? product.getLhs() : Value();
}

/// The x of `(x - mean(x over axes))^2`; null if the value is none.
Value deviatingFrom(Value value, ArrayRef<int64_t> axes) {
  Value root = rootOf(value);
  auto deviation = root ? root.getDefiningOp<norm::SubOp>() : norm::SubOp();
  auto mean = deviation ? deviation.getRhs().getDefiningOp<norm::MeanOp>() : norm::MeanOp();
  bool matches = mean && mean.getOperand() == deviation.getLhs() && sortedAxes(mean.getAxes()) == sortedAxes(axes);
  return matches ? mean.getOperand() : Value();
}

/// Whether `value` is the number of elements of x over axes: as an op, or as a constant where the extents are known.
bool isCount(Value value, Value x, ArrayRef<int64_t> axes, const ExtentClasses &classes) {
  SmallVector<int64_t> extents = classes.extentsOf(x);
  if (auto count = value.getDefiningOp<norm::CountOp>()) {
    SmallVector<int64_t> counted = classes.extentsOf(count.getLike());
    return sortedAxes(count.getAxes()) == sortedAxes(axes) &&
           llvm::all_of(axes, [&](int64_t axis) { return counted[axis] == extents[axis]; });
  }
  auto constant = value.getDefiningOp<norm::ConstantOp>();
  double number = 1.0;
  for (int64_t axis : axes)
    number *= std::max<double>(0.0, double(extents[axis])); // 0 where it is not known now
  auto attribute = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
  return attribute && number > 0.0 && attribute.getValueAsDouble() == number;
}

/// The sum of which `value` is a mean, sum(x) / n, where x is an argument and nothing else reads the sum; null if it is none. Of
/// what is computed, and so rounded, the difference would be lost.
norm::SumOp summedFor(norm::DivOp value, const ExtentClasses &classes) {
  auto sum = value.getLhs().getDefiningOp<norm::SumOp>();
  Value x = sum ? sum.getOperand() : Value();
  if (auto cast = x ? x.getDefiningOp<norm::CastOp>() : norm::CastOp())
    x = cast.getOperand();
  return x && sum->hasOneUse() && isa<BlockArgument>(x) &&
                 isCount(value.getRhs(), sum.getOperand(), sum.getAxes(), classes)
             ? sum
             : norm::SumOp();
}

struct StabilizePass : impl::StabilizeBase<StabilizePass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
      if (failed(classes))
        return signalPassFailure();
      rewrite(function, *classes);
    }
  }

  static void rewrite(func::FuncOp function, const ExtentClasses &classes) {
    IRRewriter rewriter(function.getContext());
    function.walk([&](Operation *op) {
      rewriter.setInsertionPoint(op);
      // sum((x - mean(x))^2) ==> squared_deviations(x)
      if (auto sum = dyn_cast<norm::SumOp>(op)) {
        if (Value x = deviatingFrom(sum.getOperand(), sum.getAxes()))
          rewriter.replaceOpWithNewOp<norm::SquaredDeviationsOp>(op, x, sum.getAxesAttr());
      }
      // mean((x - mean(x))^2) ==> squared_deviations(x) / n
      else if (auto mean = dyn_cast<norm::MeanOp>(op)) {
        Value x = deviatingFrom(mean.getOperand(), mean.getAxes());
        if (!x)
          return;
        auto total = rewriter.create<norm::SquaredDeviationsOp>(norm::withoutName(op->getLoc()), x, mean.getAxesAttr());
        auto count = rewriter.create<norm::CountOp>(norm::withoutName(op->getLoc()), x, mean.getAxesAttr(),
                                                    TypeAttr::get(getElementTypeOrSelf(mean.getType())));
        rewriter.replaceOpWithNewOp<norm::DivOp>(op, total, count);
      }
      // sum(x) / n ==> mean(x)
      else if (auto division = dyn_cast<norm::DivOp>(op)) {
        if (norm::SumOp sum = summedFor(division, classes))
          rewriter.replaceOpWithNewOp<norm::MeanOp>(op, sum.getOperand(), sum.getAxesAttr());
      }
    });
  }
};

} // namespace
} // namespace normc
