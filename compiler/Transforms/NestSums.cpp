//===- NestSums.cpp - sums of sums over fewer axes ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Precision.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_NESTSUMS
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// Factors of a product that are looked at; one of more is left alone.
constexpr unsigned maxFactors = 16;
/// Points of which a sum is worth an array of sums, which are f64, and read twice.
constexpr int64_t leastPoints = 32;

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

/// The factors that both have.
SmallVector<Value> shared(ArrayRef<Value> some, ArrayRef<Value> others) {
  SmallVector<Value> left(others), both;
  for (Value factor : some)
    if (Value *found = llvm::find(left, factor); found != left.end()) {
      both.push_back(factor);
      left.erase(found);
    }
  return both;
}

bool anyVariesAlong(ArrayRef<Value> factors, AxisSet axes) {
  return llvm::any_of(factors, [&](Value factor) { return variedAxes(factor) & axes; });
}

class Nesting {
public:
  Nesting(func::FuncOp function, const ExtentClasses &classes) : classes(classes), rewriter(function.getContext()) {
    for (BlockArgument argument : function.getArguments())
      if (auto axis = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::shardAttr))
        sharded |= AxisSet(1) << axis.getInt();
    for (auto sum : function.getBody().front().getOps<norm::SumOp>())
      add(sum);
  }

  // sum(f p over A), sum(g p over B): p is summed over what A and B share, once for both, where f and g do not vary along that
  void split() {
    for (size_t i = 0; i < candidates.size(); ++i)
      for (size_t j = 0; j < i && candidates[i].sum; ++j)
        if (candidates[j].sum)
          split(candidates[j], candidates[i]);
    llvm::erase_if(candidates, [](const Candidate &candidate) { return !candidate.sum; });
  }

  // sum(f p over A), sum(p over B), B a part of A
  void nest() {
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
      if (best) {
        rewriter.setInsertionPointAfter(best->sum->isBeforeInBlock(outer.sum) ? outer.sum : best->sum);
        replace(outer, best->sum, best->axes, bestFactors);
      }
    }
  }

private:
  void add(norm::SumOp sum) {
    Candidate candidate{sum, 0, classes.extentsOf(sum.getOperand()), factorsOf(sum.getOperand())};
    for (int64_t axis : sum.getAxes())
      candidate.axes |= AxisSet(1) << axis;
    candidate.axes &= variedAxes(sum.getOperand());
    if (!sum->use_empty() && candidate.axes && !candidate.factors.empty())
      candidates.push_back(std::move(candidate));
  }

  void split(Candidate &first, Candidate &second) {
    const AxisSet axes = first.axes & second.axes;
    if (!axes || axes == first.axes || axes == second.axes || (axes & sharded) ||
        getElementTypeOrSelf(first.sum.getType()) != getElementTypeOrSelf(second.sum.getType()))
      return;
    int64_t points = 1;
    SmallVector<int64_t> axisList;
    for (auto [axis, extent] : llvm::enumerate(first.extents))
      if (axes >> axis & 1) {
        axisList.push_back(axis);
        points = extent < 0 ? leastPoints : std::min(points, leastPoints) * extent;
      }
    SmallVector<Value> both = shared(first.factors, second.factors);
    if (both.empty() || points < leastPoints)
      return;
    SmallVector<Value> firstLeft = *without(first.factors, both), secondLeft = *without(second.factors, both);
    if (anyVariesAlong(firstLeft, axes) || anyVariesAlong(secondLeft, axes) || !mayLeave(firstLeft, first, axes) ||
        !mayLeave(secondLeft, first, axes))
      return;
    rewriter.setInsertionPoint(first.sum);
    Value product = both.front();
    for (Value factor : llvm::drop_begin(both))
      product = rewriter.create<norm::MulOp>(norm::withoutName(first.sum.getLoc()), product, factor);
    auto inner = rewriter.create<norm::SumOp>(norm::withoutName(first.sum.getLoc()), product,
                                              rewriter.getDenseI64ArrayAttr(axisList));
    replace(first, inner, axes, firstLeft);
    rewriter.setInsertionPoint(second.sum);
    replace(second, inner, axes, secondLeft);
    first.sum = second.sum = nullptr;
    add(inner);
  }

  /// An empty sum is 0, whatever it would be multiplied by: how often it is empty on one device is not asked.
  bool mayLeave(ArrayRef<Value> factors, const Candidate &sum, AxisSet axes) {
    if (factors.empty())
      return true;
    for (auto [axis, extent] : llvm::enumerate(sum.extents))
      if ((axes >> axis & 1) && (extent == 0 || (extent < 0 && sharded)))
        return false;
    return true;
  }

  /// The factors that are left outside, where `outer` is a sum of `inner`.
  std::optional<SmallVector<Value>> match(Candidate &outer, Candidate &inner) {
    if (inner.axes == outer.axes || (inner.axes & ~outer.axes) || inner.sum->use_empty() ||
        getElementTypeOrSelf(inner.sum.getType()) != getElementTypeOrSelf(outer.sum.getType()))
      return std::nullopt;
    std::optional<SmallVector<Value>> factors = without(outer.factors, inner.factors);
    if (!factors || anyVariesAlong(*factors, inner.axes) || !mayLeave(*factors, inner, inner.axes))
      return std::nullopt;
    // Who reads the outer sum must come after the inner one.
    if (inner.sum->isBeforeInBlock(outer.sum) ||
        llvm::all_of(outer.sum->getUsers(), [&](Operation *user) { return inner.sum->isBeforeInBlock(user); }))
      return factors;
    return std::nullopt;
  }

  /// outer = sum(factors inner), and 0 where the inner one is empty; builds at the rewriter's place.
  void replace(Candidate &outer, norm::SumOp inner, AxisSet innerAxes, ArrayRef<Value> factors) {
    ImplicitLocOpBuilder b(norm::withoutName(outer.sum.getLoc()), rewriter);
    Value term = inner;
    for (Value factor : llvm::reverse(factors))
      term = b.create<norm::MulOp>(factor, term);
    if (!factors.empty() && llvm::any_of(inner.getAxes(), [&](int64_t axis) { return outer.extents[axis] < 0; })) {
      auto type = cast<RankedTensorType>(term.getType());
      Value zero = b.create<norm::ConstantOp>(type.getElementType(), type.getRank(), 0.0);
      Value count = b.create<norm::CountOp>(inner.getOperand(), inner.getAxesAttr(), TypeAttr::get(type.getElementType()));
      Value isEmpty = b.create<norm::CompareOp>(norm::Predicate::eq, count, zero);
      term = b.create<norm::SelectOp>(isEmpty, zero, term);
    }
    SmallVector<int64_t> axes;
    for (int64_t axis : outer.sum.getAxes())
      if (!(innerAxes >> axis & 1))
        axes.push_back(axis);
    b.setLoc(outer.sum.getLoc());
    rewriter.replaceAllUsesWith(outer.sum, b.create<norm::SumOp>(term, b.getDenseI64ArrayAttr(axes)));
  }

  const ExtentClasses &classes;
  IRRewriter rewriter;
  AxisSet sharded = 0; ///< the axes that are split over devices
  std::vector<Candidate> candidates;
};

struct NestSumsPass : impl::NestSumsBase<NestSumsPass> {
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      FailureOr<ExtentClasses> classes = ExtentClasses::compute(function);
      if (failed(classes))
        return signalPassFailure();
      Nesting nesting(function, *classes);
      nesting.split();
      nesting.nest();
    }
  }
};

} // namespace
} // namespace normc
