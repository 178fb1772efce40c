//===- NestSums.cpp - sums of sums that are at hand ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Precision.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_NESTSUMS
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// Factors of a product that are looked at; one of more is left alone.
constexpr unsigned maxFactors = 16;

/// A sum, with what decides whether it is one of another.
struct Candidate {
  norm::SumOp sum;
  AxisSet axes;                ///< over which it runs and along which its operand varies
  SmallVector<int64_t> extents; ///< of its operand
  SmallVector<Value> factors;  ///< of its operand
};

/// The factors of a value, as they stand in the graph: x * y^2 has x, y and y. Empty where there are too many.
SmallVector<Value> factorsOf(Value value) {
  SmallVector<Value> open{value}, factors;
  while (!open.empty()) {
    Value factor = open.pop_back_val();
    if (auto product = factor.getDefiningOp<norm::MulOp>()) {
      open.push_back(product.getRhs());
      open.push_back(product.getLhs());
    } else if (auto square = factor.getDefiningOp<norm::SquareOp>()) {
      open.append({square.getOperand(), square.getOperand()});
    } else {
      factors.push_back(factor);
    }
    if (open.size() + factors.size() > maxFactors)
      return {};
  }
  return factors;
}

/// The factors that `all` has and `some` has not; nothing where `some` has one that is not among `all`.
std::optional<SmallVector<Value>> without(ArrayRef<Value> all, ArrayRef<Value> some) {
  SmallVector<Value> left(all);
  for (Value factor : some) {
    Value *found = llvm::find(left, factor);
    if (found == left.end())
      return std::nullopt;
    left.erase(found);
  }
  return left;
}

struct NestSumsPass : impl::NestSumsBase<NestSumsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
      if (failed(classes))
        return signalPassFailure();
      nest(function, *classes);
    }
  }

  static void nest(func::FuncOp function, const ExtentClasses &classes) {
    std::vector<Candidate> candidates;
    for (auto sum : function.getBody().front().getOps<norm::SumOp>()) {
      Candidate candidate{sum, 0, classes.extentsOf(sum.getOperand()), factorsOf(sum.getOperand())};
      for (int64_t axis : sum.getAxes())
        candidate.axes |= AxisSet(1) << axis;
      candidate.axes &= variedAxes(sum.getOperand());
      if (!sum->use_empty() && candidate.axes && !candidate.factors.empty())
        candidates.push_back(std::move(candidate));
    }
    for (Candidate &outer : candidates) {
      // Of those at hand the one that leaves least to do.
      Candidate *best = nullptr;
      SmallVector<Value> bestFactors;
      for (Candidate &inner : candidates)
        if (!best || llvm::popcount(inner.axes) > llvm::popcount(best->axes))
          if (std::optional<SmallVector<Value>> factors = match(outer, inner)) {
            best = &inner;
            bestFactors = *factors;
          }
      if (best)
        replace(outer, *best, bestFactors);
    }
  }

  /// The factors that are left outside, where `outer` is a sum of `inner`.
  static std::optional<SmallVector<Value>> match(Candidate &outer, Candidate &inner) {
    if (inner.axes == outer.axes || (inner.axes & ~outer.axes) || inner.sum->use_empty() ||
        getElementTypeOrSelf(inner.sum.getType()) != getElementTypeOrSelf(outer.sum.getType()))
      return std::nullopt;
    std::optional<SmallVector<Value>> factors = without(outer.factors, inner.factors);
    if (!factors || llvm::any_of(*factors, [&](Value factor) { return variedAxes(factor) & inner.axes; }))
      return std::nullopt;
    // An empty sum is 0, whatever it would be multiplied by.
    if (!factors->empty() && llvm::any_of(inner.sum.getAxes(), [&](int64_t axis) { return inner.extents[axis] <= 0; }))
      return std::nullopt;
    // Who reads the outer sum must come after the inner one.
    if (inner.sum->isBeforeInBlock(outer.sum) ||
        llvm::all_of(outer.sum->getUsers(), [&](Operation *user) { return inner.sum->isBeforeInBlock(user); }))
      return factors;
    return std::nullopt;
  }

  static void replace(Candidate &outer, Candidate &inner, ArrayRef<Value> factors) {
    IRRewriter rewriter(outer.sum->getContext());
    rewriter.setInsertionPointAfter(inner.sum->isBeforeInBlock(outer.sum) ? outer.sum : inner.sum);
    Value term = inner.sum;
    for (Value factor : llvm::reverse(factors))
      term = rewriter.create<norm::MulOp>(norm::withoutName(outer.sum.getLoc()), factor, term);
    SmallVector<int64_t> axes;
    for (int64_t axis : outer.sum.getAxes())
      if (!(inner.axes >> axis & 1))
        axes.push_back(axis);
    auto sum = rewriter.create<norm::SumOp>(outer.sum.getLoc(), term, rewriter.getDenseI64ArrayAttr(axes));
    rewriter.replaceAllUsesWith(outer.sum, sum);
  }
};

} // namespace
} // namespace normc
