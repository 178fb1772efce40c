//===- FinishedSum.cpp - what a sum that rides along comes to ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/FinishedSum.h"
#include "compiler/Transforms/Precision.h"
#include "dialects/Norm/FunctionAttributes.h"

using namespace mlir;

namespace normc {

/// Exponents of powers of two that terms are multiplied by: small, so that hardly any leaves the range of its type.
static constexpr int mostBits = 8;

static std::optional<double> numberOf(Value value) {
  auto constant = value.getDefiningOp<norm::ConstantOp>();
  auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
  return number ? std::optional(number.getValueAsDouble()) : std::nullopt;
}

static bool isPowerOfTwo(double factor) {
  int exponent = 0;
  return std::abs(std::frexp(factor, &exponent)) == 0.5 && std::abs(exponent - 1) <= mostBits;
}

/// Whether a condition holds only where a sum has no terms: one of the extents that are counted is 0, and the sum runs over each.
static bool isEmptiness(Value condition, norm::SumOp sum, const ExtentClasses &classes) {
  auto compare = condition.getDefiningOp<norm::CompareOp>();
  if (!compare || compare.getPredicate() != norm::Predicate::eq)
    return false;
  auto count = compare.getLhs().getDefiningOp<norm::CountOp>();
  if (!count || numberOf(compare.getRhs()) != 0.0)
    return false;
  SmallVector<int64_t> counted = classes.extentsOf(count.getLike()), summed = classes.extentsOf(sum.getOperand());
  return llvm::all_of(count.getAxes(), [&](int64_t axis) {
    return counted[axis] > 0 ||
           llvm::any_of(sum.getAxes(), [&](int64_t other) { return summed[other] == counted[axis]; });
  });
}

/// Whether only the caller of the function reads a value, as it is.
static bool isResult(Value value) {
  if (!value.hasOneUse())
    return false;
  OpOperand &use = *value.getUses().begin();
  auto function = dyn_cast<func::FuncOp>(use.getOwner()->getParentOp());
  const unsigned index = use.getOperandNumber();
  return isa<func::ReturnOp>(use.getOwner()) && function && !function.getResultAttr(index, norm::updatesAttr) &&
         !function.getResultAttr(index, norm::savedTypeAttr);
}

FinishedSum finish(norm::SumOp sum, const ExtentClasses &classes) {
  FinishedSum found{sum, sum, 1.0};
  Value value = sum;
  double factor = 1.0;
  Type rounded; // to which the value was converted, or null
  while (value.hasOneUse()) {
    OpOperand &use = *value.getUses().begin();
    Operation *op = use.getOwner();
    if (auto conversion = dyn_cast<norm::CastOp>(op)) {
      auto from = dyn_cast<FloatType>(getElementTypeOrSelf(value)), to = dyn_cast<FloatType>(conversion.getElement());
      if (!from || !to)
        break;
      if (from.getWidth() > to.getWidth() || (from.getWidth() == to.getWidth() && from != to)) {
        if (rounded && rounded != to)
          break;
        rounded = to;
      }
    } else if (isa<norm::NegOp>(op)) {
      factor = -factor;
    } else if (isa<norm::MulOp>(op)) {
      std::optional<double> number = numberOf(op->getOperand(1 - use.getOperandNumber()));
      if (!number || !isPowerOfTwo(*number) || !isPowerOfTwo(factor * *number))
        break;
      factor *= *number;
    } else if (auto choice = dyn_cast<norm::SelectOp>(op)) {
      std::optional<double> otherwise = numberOf(choice.getOnTrue());
      if (use.getOperandNumber() != 2 || otherwise != 0.0 || std::signbit(*otherwise) ||
          !isEmptiness(choice.getCondition(), sum, classes))
        break;
    } else {
      break;
    }
    value = op->getResult(0);
    if (variedAxes(value) != variedAxes(sum))
      break;
    if ((!rounded || rounded == getElementTypeOrSelf(value)) && isResult(value))
      found = {sum, value, factor};
  }
  return found;
}

} // namespace normc
