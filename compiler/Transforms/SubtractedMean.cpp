//===- SubtractedMean.cpp - means that meet their own values -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/SubtractedMean.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace normc {

/// Ops between a sum and the subtraction, or within its term, that are looked through at most.
static constexpr unsigned mostOps = 8;

/// What stands behind conversions and repetitions.
static Value source(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<norm::CastOp, norm::BroadcastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

/// The factors of a product, and what a choice takes if it does not take a constant.
static void collectFactors(Value term, llvm::SmallPtrSetImpl<void *> &factors) {
  SmallVector<Value> open{term};
  for (unsigned seen = 0; !open.empty() && seen < mostOps; ++seen) {
    const Value value = source(open.pop_back_val());
    factors.insert(value.getAsOpaquePointer());
    if (auto product = value.getDefiningOp<norm::MulOp>())
      open.append({product.getLhs(), product.getRhs()});
    else if (auto choice = value.getDefiningOp<norm::SelectOp>())
      open.append({choice->getOperand(1), choice->getOperand(2)});
  }
}

/// Whether a sum of products with x is divided by something and then subtracted from x.
static bool isNumerator(norm::SumOp sum) {
  llvm::SmallPtrSet<void *, 8> factors;
  collectFactors(sum.getOperand(), factors);
  // What the sum is, alone, is no weighted mean: stabilize has made a mean of it, or it is one of what was computed.
  if (factors.size() == 1)
    return false;
  SmallVector<std::pair<Value, bool>> open{{sum.getResult(), false}}; // and whether it has been divided
  for (unsigned seen = 0; !open.empty() && seen < mostOps; ++seen) {
    auto [value, isQuotient] = open.pop_back_val();
    for (Operation *user : value.getUsers()) {
      auto difference = dyn_cast<norm::SubOp>(user);
      if (isQuotient && difference && difference.getRhs() == value &&
          factors.contains(source(difference.getLhs()).getAsOpaquePointer()))
        return true;
      const bool divides = isa<norm::MulOp>(user) || (isa<norm::DivOp>(user) && user->getOperand(0) == value);
      if (divides || isa<norm::CastOp>(user) || (isa<norm::BroadcastOp>(user) && user->getOperand(0) == value))
        open.emplace_back(user->getResult(0), isQuotient || divides);
    }
  }
  return false;
}

/// Whether such a sum is divided by this one, which then has to be as precise.
static bool isDenominator(norm::SumOp sum) {
  SmallVector<Value> open{sum.getResult()};
  for (unsigned seen = 0; !open.empty() && seen < mostOps; ++seen) {
    const Value value = open.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (auto division = dyn_cast<norm::DivOp>(user); division && division.getRhs() == value) {
        auto divided = source(division.getLhs()).getDefiningOp<norm::SumOp>();
        if (divided && isNumerator(divided))
          return true;
      }
      if (isa<norm::CastOp>(user) || (isa<norm::BroadcastOp>(user) && user->getOperand(0) == value))
        open.push_back(user->getResult(0));
    }
  }
  return false;
}

bool isOfSubtractedMean(norm::SumOp sum) { return isNumerator(sum) || isDenominator(sum); }

} // namespace normc
