//===- ChooseSaved.cpp - split joint functions into forward and backward --===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Inversions.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/ReadExtents.h"
#include "compiler/Transforms/Recovery.h"
#include "compiler/Transforms/SplitJoint.h"
#include "dialects/Norm/FunctionAttributes.h"

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_CHOOSESAVED
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// Inversions that add roundings must pay: one byte in this many.
constexpr int64_t leastGain = 16;

/// The cheapest way to write a joint function; the others are gone.
func::FuncOp chooseAlternative(func::FuncOp joint) {
  func::FuncOp best = joint;
  int64_t bytes = SavedChoice(joint).bytes();
  SmallVector<Alternative> all = alternativesTo(joint);
  for (const Alternative &other : all)
    if (int64_t own = SavedChoice(other.joint).bytes();
        own < bytes - (best == joint && other.addsRoundings ? bytes / leastGain : 0)) {
      best = other.joint;
      bytes = own;
    }
  all.push_back({joint, false});
  for (Alternative &other : all)
    if (other.joint != best)
      other.joint.erase();
  return best;
}

/// "value 'xhat'", "argument 'x'"
std::string describeKind(Value value) {
  const bool isNamed = !norm::nameOf(value).empty();
  return (!isNamed ? "" : isa<BlockArgument>(value) ? "argument " : "value ") + describeValue(value);
}

/// What has been written over must not be used.
LogicalResult checkOverwritten(Inverted &inverted) {
  SavedChoice choice(inverted.joint, inverted.divisors);
  for (const auto &[overwriting, lost] : inverted.lost)
    if (Value value = choice.usedOf(overwriting.argument)) {
      auto name = inverted.joint.getResultAttrOfType<StringAttr>(overwriting.result, norm::nameAttr);
      InFlightDiagnostic error =
          inverted.joint.emitError()
          << describeKind(value) << ", which the gradient @" << inverted.joint.getSymName()
          << " needs, cannot be recovered from result '" << name.getValue() << "', which is written over "
          << describeKind(overwriting.argument);
      error.attachNote(lost.place) << lost.reason;
      error.attachNote() << "take norm.inplace away, or let the result follow from " << describeValue(overwriting.argument)
                         << " by steps that can be undone, as a product with a factor that is not 0 or a leaky_relu "
                            "with a slope greater than 0";
      return error;
    }
  return success();
}

LogicalResult split(func::FuncOp joint) {
  const bool savesAll = joint->getAttrOfType<StringAttr>(norm::saveAttr).getValue() == "all";
  SmallVector<Overwriting> overwritings = overwritingsOf(joint);
  if (!overwritings.empty() && !savesAll) {
    SavedChoice untouched(joint);
    llvm::erase_if(overwritings, [&](const Overwriting &o) { return !untouched.usedOf(o.argument); });
    if (overwritings.empty())
      return splitJoint(untouched);
    FailureOr<Inverted> inverted = recoverOverwritten(joint, overwritings);
    if (failed(inverted) || failed(checkOverwritten(*inverted)))
      return failure();
    return splitJoint(SavedChoice(joint, inverted->divisors));
  }
  return splitJoint(SavedChoice(savesAll ? joint : chooseAlternative(joint)));
}

struct ChooseSavedPass : impl::ChooseSavedBase<ChooseSavedPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> joints;
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(norm::saveAttr))
        joints.push_back(function);
    for (func::FuncOp joint : joints) {
      if (failed(isGraph(joint)))
        return signalPassFailure();
      readExtentsOfArguments(joint);
      if (failed(split(joint)))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace normc
