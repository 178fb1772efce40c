//===- Recovery.cpp - values read off a result ---------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Recovery.h"
#include "compiler/Transforms/Precision.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/SetVector.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

DenseSet<Value> elementwiseUsersOf(func::FuncOp function, Value source) {
  DenseSet<Value> users;
  users.insert(source);
  for (Operation &op : function.getBody().front().without_terminator())
    if (!norm::isReduction(&op) && llvm::any_of(op.getOpOperands(), [&](OpOperand &operand) {
          return !norm::readsOnlyExtents(operand) && users.contains(operand.get());
        }))
      users.insert(op.getResult(0));
  return users;
}

Recovery::Recovery(func::FuncOp joint, unsigned index)
    : joint(joint), index(index), result(joint.getBody().front().getTerminator()->getOperand(index)) {
  DenseSet<Value> lateValues;
  for (BlockArgument argument : joint.getArguments())
    if (joint.getArgAttr(argument.getArgNumber(), norm::cotangentAttr))
      lateValues.insert(argument);
  for (Operation &op : joint.getBody().front().without_terminator())
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return lateValues.contains(operand); })) {
      lateValues.insert(op.getResult(0));
      late.insert(&op);
    }
}

Recovery Recovery::inPlace(func::FuncOp joint, unsigned result, BlockArgument overwritten) {
  Recovery recovery(joint, result);
  recovery.unknown = elementwiseUsersOf(joint, overwritten);
  recovery.walk(/*stableOnly=*/false);
  return recovery;
}

Recovery Recovery::stable(func::FuncOp joint, unsigned result) {
  Recovery recovery(joint, result);
  // What varies as the result does costs bytes; arguments are there.
  const AxisSet axes = variedAxes(recovery.result);
  for (Operation &op : joint.getBody().front().without_terminator())
    if (variedAxes(op.getResult(0)) == axes && !norm::isReduction(&op))
      recovery.unknown.insert(op.getResult(0));
  recovery.walk(/*stableOnly=*/true);
  return recovery;
}

bool Recovery::addStep(Operation *op, unsigned operand, bool stableOnly) {
  auto fail = [&](const std::string &reason) {
    obstacle = {op, fmt::format("{} {}", describeValue(op->getResult(0)), reason)};
    return false;
  };
  auto inverse = dyn_cast<norm::InverseOpInterface>(op);
  if (!inverse)
    return fail(fmt::format("is a {}, which cannot be undone", op->getName().getStringRef().str()));
  const norm::Inverse described = inverse.describeInverse(operand, op->getOperands());
  if (!described)
    return fail(described.obstacle.str());
  if (stableOnly) {
    SmallVector<Value> factors;
    if (described.nonzero)
      findFactorsThatMayBeZero(described.nonzero, factors);
    if (!described.isStable || !factors.empty())
      return fail("would lose digits, or divide by what may be 0");
  }
  steps.push_back({InverseStep{op, operand, SmallVector<Value, 2>(op->getOperands())}, op->getOperand(operand), described.isStable});
  return true;
}

bool Recovery::addExponential(Operation *op, unsigned operand) {
  if (!isa<norm::AddOp, norm::SubOp>(op) || (isa<norm::SubOp>(op) && operand != 0))
    return false;
  Value other = op->getOperand(1 - operand);
  while (auto broadcast = other.getDefiningOp<norm::BroadcastOp>())
    other = broadcast.getOperand();
  auto logarithm = other.getDefiningOp<norm::LogOp>();
  norm::ExpOp power;
  for (Operation *user : op->getOperand(operand).getUsers()) {
    if (auto found = dyn_cast<norm::ExpOp>(user))
      power = found;
    else if (user != op)
      return false;
  }
  if (!logarithm || !power)
    return false;
  steps.push_back({ExponentialInverse{power, logarithm.getOperand(), isa<norm::SubOp>(op)}, power.getResult(), true});
  return true;
}

bool Recovery::addsRoundings() const {
  return llvm::any_of(steps, [](const Step &step) { return !std::holds_alternative<ExponentialInverse>(step.inverse); });
}

void Recovery::walk(bool stableOnly) {
  for (Value value = result; unknown.contains(value);) {
    Operation *op = value.getDefiningOp();
    if (!op)
      return;
    SmallVector<unsigned> candidates;
    for (OpOperand &operand : op->getOpOperands())
      if (!norm::readsOnlyExtents(operand) && unknown.contains(operand.get()))
        candidates.push_back(operand.getOperandNumber());
    if (candidates.empty())
      return;
    if (candidates.size() == 1) {
      if (stableOnly && addExponential(op, candidates[0]))
        return;
      if (!addStep(op, candidates[0], stableOnly))
        return;
    } else {
      Obstacle why;
      std::optional<PiecewiseInverse> pieces =
          stableOnly ? std::nullopt : findPiecewiseInverse(value, unknown, why);
      if (!pieces) {
        obstacle = why.op ? why
                          : Obstacle{op, fmt::format("{} depends on {} in more than one way", describeValue(value),
                                                     describeValue(op->getOperand(candidates[0])))};
        return;
      }
      steps.push_back({*pieces, pieces->value, false});
    }
    value = steps.back().value;
  }
}

void Recovery::apply() {
  Block &body = joint.getBody().front();
  Operation *terminator = body.getTerminator();
  Builder attributes(joint.getContext());
  StringRef name = norm::nameOf(result);
  if (auto given = joint.getResultAttrOfType<StringAttr>(index, norm::nameAttr))
    name = given.getValue();
  NamedAttrList role;
  role.set(norm::resultAttr, attributes.getI64IntegerAttr(index));
  if (std::optional<int64_t> axis = ShardedAxes(joint).axisOf(result))
    role.set(norm::shardAttr, attributes.getI64IntegerAttr(*axis));
  joint.insertArgument(joint.getNumArguments(), result.getType(), role.getDictionary(joint.getContext()),
                       norm::named(name, norm::withoutName(result.getLoc())));
  Value value = body.getArguments().back();
  recovered[result] = value;
  SmallVector<Operation *> original;
  for (Operation &op : body.without_terminator())
    original.push_back(&op);

  ImplicitLocOpBuilder builder(joint.getLoc(), terminator);
  const unsigned digits =
      APFloat::semanticsPrecision(cast<FloatType>(getElementTypeOrSelf(result)).getFloatSemantics());
  double floor = 0.0;
  for (Step &step : steps) {
    builder.setLoc(norm::withoutName(step.value.getLoc()));
    if (auto *pieces = std::get_if<PiecewiseInverse>(&step.inverse)) {
      value = pieces->build(builder, value, digits, recovered);
      floor = 0.0;
    } else if (auto *exponential = std::get_if<ExponentialInverse>(&step.inverse)) {
      Value power = builder.create<norm::ExpOp>(value);
      value = exponential->isSubtracted ? Value(builder.create<norm::MulOp>(power, exponential->factor))
                                        : Value(builder.create<norm::DivOp>(power, exponential->factor));
    } else {
      value = buildInverseStep(builder, std::get<InverseStep>(step.inverse), value, digits, floor);
      if (!step.isStable)
        kept.push_back(value);
    }
    if (Operation *op = value.getDefiningOp(); op && !norm::nameOf(step.value).empty())
      op->setLoc(norm::named(norm::nameOf(step.value), op->getLoc()));
    recovered[step.value] = value;
  }
  substitute(original);
  findDivisors();
}

/// Whatever follows from what is recovered, position by position, is computed again for the late ops.
void Recovery::substitute(ArrayRef<Operation *> original) {
  Operation *terminator = joint.getBody().front().getTerminator();
  OpBuilder builder(terminator);
  auto isNew = [&](OpOperand &operand) {
    return !norm::readsOnlyExtents(operand) && recovered.contains(operand.get());
  };
  for (Operation *op : original) {
    const bool isLate = late.contains(op);
    if ((!isLate && (norm::isReduction(op) || recovered.contains(op->getResult(0)))) ||
        !llvm::any_of(op->getOpOperands(), isNew))
      continue;
    Operation *target = isLate ? op : builder.clone(*op);
    for (OpOperand &operand : target->getOpOperands())
      if (isNew(operand))
        operand.set(recovered.lookup(operand.get()));
    if (!isLate)
      recovered[op->getResult(0)] = target->getResult(0);
  }
  for (OpOperand &operand : terminator->getOpOperands())
    if (joint.getResultAttr(operand.getOperandNumber(), norm::gradientAttr) && recovered.contains(operand.get()))
      operand.set(recovered.lookup(operand.get()));
  sortTopologically(terminator->getBlock());
}

/// What the results need is recovered under these conditions.
void Recovery::findDivisors() {
  DenseSet<Value> live;
  SmallVector<Value> open(joint.getBody().front().getTerminator()->getOperands());
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!live.insert(value).second || !value.getDefiningOp())
      continue;
    for (OpOperand &operand : value.getDefiningOp()->getOpOperands())
      if (!norm::readsOnlyExtents(operand))
        open.push_back(operand.get());
  }
  isUsed = live.contains(joint.getArguments().back());
  llvm::SetVector<Value> found;
  for (const Step &step : steps)
    if (auto *single = std::get_if<InverseStep>(&step.inverse); single && live.contains(recovered.lookup(step.value)))
      if (Value divisor = 
              cast<norm::InverseOpInterface>(single->op).describeInverse(single->operand, single->operands).nonzero) {
        SmallVector<Value> factors;
        OpBuilder builder(joint.getBody().front().getTerminator());
        findFactorsThatMayBeZero(divisor, factors, &builder);
        found.insert(factors.begin(), factors.end());
      }
  divisors = found.takeVector();
}

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

/// How deep an expression is looked into.
static constexpr int maxDepth = 32;

enum class Sign { any, notNegative, positive };

/// What the sign of a value is, over the reals.
static Sign signOf(Value value, int depth = 0) {
  Operation *op = value.getDefiningOp();
  if (!op || depth > maxDepth)
    return Sign::any;
  auto of = [&](unsigned operand) { return signOf(op->getOperand(operand), depth + 1); };
  auto constant = dyn_cast<norm::ConstantOp>(op);
  if (auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr()) {
    const double real = number.getValueAsDouble();
    return real > 0.0 ? Sign::positive : real == 0.0 ? Sign::notNegative : Sign::any;
  }
  if (isa<norm::ExpOp, norm::SigmoidOp, norm::CountOp>(op))
    return Sign::positive;
  if (isa<norm::AbsOp, norm::SquareOp, norm::SquaredDeviationsOp>(op))
    return Sign::notNegative;
  if (isa<norm::SqrtOp, norm::RsqrtOp, norm::ReciprocalOp, norm::BroadcastOp>(op))
    return of(0);
  if (isa<norm::MulOp>(op) && op->getOperand(0) == op->getOperand(1))
    return Sign::notNegative;
  if (isa<norm::MulOp, norm::DivOp>(op))
    return std::min(of(0), of(1));
  if (isa<norm::AddOp>(op)) {
    const Sign a = of(0), b = of(1);
    return std::min(a, b) == Sign::any ? Sign::any : std::max(a, b);
  }
  if (isa<norm::MaxOp>(op))
    return std::max(of(0), of(1));
  // Of nothing a sum is 0.
  if (isa<norm::SumOp, norm::MeanOp>(op))
    return std::min(of(0), Sign::notNegative);
  return Sign::any;
}

/// The factors of a product.
static SmallVector<Value> factorsOf(Value value) {
  SmallVector<Value> open{value}, factors;
  while (!open.empty()) {
    Value factor = open.pop_back_val();
    if (auto product = factor.getDefiningOp<norm::MulOp>(); product && factors.size() + open.size() < maxDepth)
      open.append({product.getRhs(), product.getLhs()});
    else
      factors.push_back(factor);
  }
  return factors;
}

/// a b + a c ==> a and b + c. What both share goes to `shared`; returns the rest, null where nothing is shared.
static Value withoutShared(OpBuilder &builder, Operation *sum, SmallVectorImpl<Value> &shared) {
  SmallVector<Value> left = factorsOf(sum->getOperand(0)), right = factorsOf(sum->getOperand(1));
  for (Value factor : SmallVector<Value>(left))
    if (auto found = llvm::find(right, factor); found != right.end()) {
      shared.push_back(factor);
      left.erase(llvm::find(left, factor));
      right.erase(found);
    }
  if (shared.empty())
    return nullptr;
  ImplicitLocOpBuilder inside(norm::withoutName(sum->getLoc()), builder);
  auto type = cast<RankedTensorType>(sum->getResult(0).getType());
  auto multiply = [&](ArrayRef<Value> factors) {
    Value product = factors.empty()
                        ? Value(inside.create<norm::ConstantOp>(type.getElementType(), type.getRank(), 1.0))
                        : factors[0];
    for (Value factor : factors.drop_front(factors.empty() ? 0 : 1))
      product = inside.create<norm::MulOp>(product, factor);
    return product;
  };
  Value a = multiply(left), b = multiply(right);
  return isa<norm::AddOp>(sum) ? Value(inside.create<norm::AddOp>(a, b)) : Value(inside.create<norm::SubOp>(a, b));
}

void findFactorsThatMayBeZero(Value value, SmallVectorImpl<Value> &factors, OpBuilder *builder) {
  SmallVector<std::pair<Value, int>> open{{value, 0}};
  while (!open.empty()) {
    auto [factor, depth] = open.pop_back_val();
    Operation *op = factor.getDefiningOp();
    auto constant = factor.getDefiningOp<norm::ConstantOp>();
    auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
    // 1/sqrt(x) and 1/x are never 0.
    if ((number && !number.getValue().isZero()) || isa_and_nonnull<norm::RsqrtOp, norm::ReciprocalOp>(op) ||
        signOf(factor) == Sign::positive)
      continue;
    if (depth < maxDepth && isa_and_nonnull<norm::MulOp>(op)) {
      open.emplace_back(op->getOperand(1), depth + 1);
      open.emplace_back(op->getOperand(0), depth + 1);
    } else if (depth < maxDepth &&
               isa_and_nonnull<norm::DivOp, norm::NegOp, norm::AbsOp, norm::SquareOp, norm::SqrtOp, norm::BroadcastOp>(op)) {
      open.emplace_back(op->getOperand(0), depth + 1);
    } else {
      SmallVector<Value> shared;
      const bool isSum = builder && depth < maxDepth && isa_and_nonnull<norm::AddOp, norm::SubOp>(op);
      if (Value rest = isSum ? withoutShared(*builder, op, shared) : Value()) {
        open.emplace_back(rest, depth + 1);
        for (Value other : shared)
          open.emplace_back(other, depth + 1);
        continue;
      }
      factors.push_back(factor);
    }
  }
}

} // namespace normc
