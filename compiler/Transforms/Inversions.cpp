//===- Inversions.cpp - joint functions that read results again ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Inversions.h"
#include "compiler/Transforms/ClosedForm.h"
#include "compiler/Transforms/Precision.h"
#include "compiler/Transforms/ReadExtents.h"
#include "compiler/Transforms/Recovery.h"
#include "dialects/Norm/FunctionAttributes.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc {

/// Results that alternatives are made of, at most: each costs another closed form.
static constexpr unsigned maxAlternatives = 4;

SmallVector<Overwriting> overwritingsOf(func::FuncOp joint) {
  SmallVector<Overwriting> overwritings;
  for (unsigned i = 0; i < joint.getNumResults(); ++i)
    if (auto argument = joint.getResultAttrOfType<IntegerAttr>(i, norm::inplaceAttr))
      overwritings.push_back({i, joint.getArgument(argument.getInt())});
  return overwritings;
}

/// Why the way from a result ends before the argument that it is written over.
static LostValue describeEnd(func::FuncOp joint, const Recovery &recovery, const Overwriting &overwriting) {
  if (const Obstacle &obstacle = recovery.getObstacle(); obstacle.op)
    return {obstacle.op->getLoc(), obstacle.reason};
  Value result = joint.getBody().front().getTerminator()->getOperand(overwriting.result);
  return {result.getLoc(), fmt::format("{} does not depend on {} position by position", describeValue(result),
                                       describeValue(overwriting.argument))};
}

FailureOr<Inverted> recoverOverwritten(func::FuncOp joint, ArrayRef<Overwriting> overwritings) {
  Inverted inverted{joint, {}, {}};
  SmallVector<Value> kept;
  llvm::SetVector<Value> divisors;
  for (const Overwriting &overwriting : overwritings) {
    Recovery recovery = Recovery::inPlace(joint, overwriting.result, overwriting.argument);
    inverted.lost.emplace_back(overwriting, describeEnd(joint, recovery, overwriting));
    recovery.apply();
    // What an earlier one recovered may follow from this one now.
    for (Value value : SmallVector<Value>(kept))
      if (Value other = recovery.replacementOf(value))
        kept.push_back(other);
    llvm::append_range(kept, recovery.getKept());
    divisors.insert(recovery.getDivisors().begin(), recovery.getDivisors().end());
  }
  // Of what is computed the algebra makes something else, so it is returned meanwhile.
  Operation *terminator = joint.getBody().front().getTerminator();
  const unsigned results = terminator->getNumOperands();
  Builder builder(joint.getContext());
  const Precision precision(joint);
  for (Value divisor : divisors) {
    if (auto argument = dyn_cast<BlockArgument>(divisor)) {
      joint.setArgAttr(argument.getArgNumber(), norm::nonzeroAttr, builder.getUnitAttr());
      continue;
    }
    if (precision.isWide(divisor)) {
      InFlightDiagnostic error = joint.emitError()
                                 << "recovering what is written over divides by " << describeValue(divisor)
                                 << ", which must not be 0 anywhere; that is checked of arguments, and of what is computed once for "
                                    "many elements, but this is computed for each element";
      error.attachNote(divisor.getLoc()) << "it is computed here";
      error.attachNote() << "take norm.inplace away, or pass the factor as an argument";
      return error;
    }
    terminator->insertOperands(terminator->getNumOperands(), divisor);
    joint.insertResult(joint.getNumResults(), divisor.getType(), nullptr);
  }
  if (failed(rewriteToClosedForm(joint, kept)))
    return failure();
  llvm::append_range(inverted.divisors, terminator->getOperands().drop_front(results));
  terminator->eraseOperands(results, terminator->getNumOperands() - results);
  llvm::BitVector returned(joint.getNumResults());
  joint.eraseResults(returned.set(results, joint.getNumResults()));
  readExtentsOfArguments(joint);
  return inverted;
}

SmallVector<Alternative> alternativesTo(func::FuncOp joint) {
  const Precision precision(joint);
  SmallVector<Alternative> alternatives;
  for (auto [index, value] : llvm::enumerate(joint.getBody().front().getTerminator()->getOperands())) {
    // A result that is rounded when it is stored says less than what it was.
    const bool isResult = !joint.getResultAttr(index, norm::gradientAttr) && !joint.getResultAttr(index, norm::updatesAttr);
    if (!isResult || isa<BlockArgument>(value) || !norm::isFloatElement(getElementTypeOrSelf(value)) ||
        precision.storedType(value) != value.getType() || !precision.isWide(value) || alternatives.size() == maxAlternatives ||
        Recovery::stable(joint, index).isEmpty())
      continue;
    func::FuncOp other = joint.clone();
    OpBuilder builder(joint);
    builder.setInsertionPointAfter(joint);
    builder.insert(other);
    Recovery recovery = Recovery::stable(other, index);
    recovery.apply();
    if (!recovery.wasUsed() || failed(rewriteToClosedForm(other, recovery.getKept()))) {
      other.erase();
      continue;
    }
    readExtentsOfArguments(other);
    alternatives.push_back({other, recovery.addsRoundings()});
  }
  return alternatives;
}

} // namespace normc
