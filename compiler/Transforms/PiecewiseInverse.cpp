//===- PiecewiseInverse.cpp - what activations can be undone -------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/PiecewiseInverse.h"

#include "llvm/ADT/SetVector.h"
#include <cmath>
#include <fmt/format.h>

using namespace mlir;

namespace normc {

using norm::Growth, norm::Predicate;

std::string describeValue(Value value) {
  if (StringRef name = norm::nameOf(value); !name.empty())
    return fmt::format("'{}'", name.str());
  if (auto argument = dyn_cast<BlockArgument>(value))
    return fmt::format("argument {}", argument.getArgNumber());
  return fmt::format("the {} here", value.getDefiningOp()->getName().getStringRef().str());
}

static std::optional<double> numberOf(Value value) {
  while (auto broadcast = value.getDefiningOp<norm::BroadcastOp>())
    value = broadcast.getOperand();
  auto constant = value.getDefiningOp<norm::ConstantOp>();
  auto number = constant ? dyn_cast<FloatAttr>(constant.getValue()) : FloatAttr();
  return number ? std::optional<double>(number.getValueAsDouble()) : std::nullopt;
}

Value buildInverseStep(ImplicitLocOpBuilder &builder, const InverseStep &step, Value result, unsigned digits,
                       double &floor) {
  auto op = cast<norm::InverseOpInterface>(step.op);
  if (op.describeInverse(step.operand, step.operands).isPositive) {
    auto type = cast<RankedTensorType>(result.getType());
    const double smallest = floor > 0.0 ? floor : double(std::numeric_limits<float>::min());
    result = builder.create<norm::MaxOp>(
        result, builder.create<norm::ConstantOp>(type.getElementType(), type.getRank(), smallest));
  }
  std::optional<double> number;
  if (step.operands.size() == 2)
    number = numberOf(step.operands[1 - step.operand]);
  // r = a + c, c a number: what is left of r's digits is half a unit in the last place of c. A factor scales that.
  if (number && isa<norm::AddOp, norm::SubOp>(step.op))
    floor = std::ldexp(std::fabs(*number), -int(digits) - 1);
  else if (number && isa<norm::MulOp>(step.op))
    floor /= std::fabs(*number);
  else if (number && isa<norm::DivOp>(step.op) && step.operand == 0)
    floor *= std::fabs(*number);
  else if (!isa<norm::NegOp, norm::CastOp>(step.op))
    floor = 0.0;
  return op.buildInverse(builder, step.operand, step.operands, result);
}

namespace {

/// What a graph is where one comparison is known.
class Piece {
public:
  Piece(norm::CompareOp condition, bool holds, Value unknown) : condition(condition), holds(holds), unknown(unknown) {}

  /// Reads through choices by the condition, and through repetitions.
  Value resolve(Value value) {
    while (auto select = value.getDefiningOp<norm::SelectOp>()) {
      if (select.getCondition() != condition.getResult())
        break;
      value = holds ? select.getOnTrue() : select.getOnFalse();
    }
    return value;
  }

  /// Whether a value depends on the unknown, position by position.
  bool depends(Value root) {
    SmallVector<Value> open{root};
    while (!open.empty()) {
      Value value = open.back();
      if (known.contains(value)) {
        open.pop_back();
        continue;
      }
      Value resolved = resolve(value);
      Operation *op = resolved.getDefiningOp();
      if (resolved == unknown || !op || norm::isReduction(op) || op == condition) {
        known[value] = resolved == unknown;
        continue;
      }
      bool any = false, complete = true;
      SmallVector<Value> needed;
      if (resolved != value)
        needed.push_back(resolved);
      else
        for (OpOperand &operand : op->getOpOperands())
          if (!norm::readsOnlyExtents(operand))
            needed.push_back(operand.get());
      for (Value operand : needed) {
        auto found = known.find(operand);
        if (found == known.end()) {
          open.push_back(operand);
          complete = false;
        } else {
          any |= found->second;
        }
      }
      if (complete)
        known[value] = any;
    }
    return known.lookup(root);
  }

  /// The operands of an op, those that are numbers in this piece as constants.
  SmallVector<Value, 2> operandsOf(Operation *op, unsigned except) {
    SmallVector<Value, 2> operands(op->getOperands());
    for (auto [index, operand] : llvm::enumerate(operands)) {
      if (index == except || operand.getDefiningOp<norm::ConstantOp>())
        continue;
      operand = resolve(operand);
      auto type = cast<RankedTensorType>(operand.getType());
      if (operand.getDefiningOp<norm::ConstantOp>() || !norm::isFloatElement(type.getElementType()))
        continue;
      if (std::optional<double> number = evaluate(operand, 0.0)) {
        OpBuilder builder(condition.getContext());
        builder.setInsertionPointToStart(condition->getBlock());
        operand = builder.create<norm::ConstantOp>(norm::withoutName(op->getLoc()), type.getElementType(), type.getRank(), *number);
      }
    }
    return operands;
  }

  /// The value where the unknown is a number, if that makes it one.
  std::optional<double> evaluate(Value root, double at) {
    DenseMap<Value, double> numbers;
    numbers[unknown] = at;
    SmallVector<Value> open{root};
    while (!open.empty()) {
      Value value = open.back();
      if (numbers.contains(value)) {
        open.pop_back();
        continue;
      }
      Value resolved = resolve(value);
      Operation *op = resolved.getDefiningOp();
      if (!op || norm::isReduction(op) || op == condition)
        return std::nullopt;
      SmallVector<double> operands;
      bool complete = true;
      for (Value operand : resolved != value ? ValueRange(resolved) : ValueRange(op->getOperands()))
        if (auto found = numbers.find(operand); found != numbers.end()) {
          operands.push_back(found->second);
        } else if (isa<norm::BroadcastOp>(op) && operand != op->getOperand(0)) {
          continue;
        } else {
          open.push_back(operand);
          complete = false;
        }
      if (!complete)
        continue;
      std::optional<double> number = resolved != value ? operands[0] : compute(op, operands);
      if (!number)
        return std::nullopt;
      numbers[value] = *number;
    }
    return numbers.lookup(root);
  }

private:
  static std::optional<double> compute(Operation *op, ArrayRef<double> x) {
    if (isa<norm::ConstantOp>(op))
      return numberOf(op->getResult(0));
    if (isa<norm::CastOp, norm::BroadcastOp>(op) && norm::isFloatElement(getElementTypeOrSelf(op->getResult(0))))
      return x[0];
    if (isa<norm::NegOp>(op))
      return -x[0];
    if (isa<norm::AddOp>(op))
      return x[0] + x[1];
    if (isa<norm::SubOp>(op))
      return x[0] - x[1];
    if (isa<norm::MulOp>(op))
      return x[0] * x[1];
    if (isa<norm::DivOp>(op))
      return x[0] / x[1];
    if (isa<norm::ReciprocalOp>(op))
      return 1.0 / x[0];
    if (isa<norm::ExpOp>(op))
      return std::exp(x[0]);
    if (isa<norm::LogOp>(op))
      return std::log(x[0]);
    if (isa<norm::SqrtOp>(op))
      return std::sqrt(x[0]);
    if (isa<norm::RsqrtOp>(op))
      return 1.0 / std::sqrt(x[0]);
    return std::nullopt;
  }

  norm::CompareOp condition;
  bool holds;
  Value unknown;
  DenseMap<Value, bool> known; ///< whether it depends on the unknown
};

/// The way from a piece back to the unknown, and in which direction the piece grows.
struct PiecePath {
  InversePath steps;
  Growth growth = Growth::rises;
};

std::optional<PiecePath> findPath(Piece &piece, Value result, Value unknown, const std::string &where, Obstacle &obstacle) {
  PiecePath path;
  for (Value value = piece.resolve(result); value != unknown; value = piece.resolve(value)) {
    Operation *op = value.getDefiningOp();
    auto fail = [&](const std::string &reason) {
      obstacle = {op ? op : result.getDefiningOp(), fmt::format("where {}, {} {}", where, describeValue(value), reason)};
      return std::nullopt;
    };
    if (!piece.depends(value)) {
      std::optional<double> number = piece.evaluate(value, 0.0);
      obstacle = {result.getDefiningOp(),
                  fmt::format("where {}, {} is {} whatever {} is: it has the slope 0 there", where, describeValue(result),
                              number ? fmt::format("{}", *number) : "the same", describeValue(unknown))};
      return std::nullopt;
    }
    std::optional<unsigned> only;
    for (OpOperand &operand : op->getOpOperands())
      if (!norm::readsOnlyExtents(operand) && piece.depends(operand.get())) {
        if (only)
          return fail(fmt::format("depends on {} in more than one way", describeValue(unknown)));
        only = operand.getOperandNumber();
      }
    auto inverse = dyn_cast<norm::InverseOpInterface>(op);
    if (!inverse)
      return fail(fmt::format("is a {}, which cannot be undone", op->getName().getStringRef().str()));
    SmallVector<Value, 2> operands = piece.operandsOf(op, *only);
    if (norm::Inverse described = inverse.describeInverse(*only, operands); !described)
      return fail(described.obstacle.str());
    const Growth growth = inverse.growthIn(*only, operands);
    if (growth == Growth::unknown)
      return fail(fmt::format("may rise or fall with {}", describeValue(op->getOperand(*only))));
    if (growth == Growth::falls)
      path.growth = path.growth == Growth::rises ? Growth::falls : Growth::rises;
    path.steps.push_back({op, *only, operands});
    value = op->getOperand(*only);
  }
  return path;
}

/// a P b as b P' a
Predicate swapped(Predicate predicate) {
  switch (predicate) {
  case Predicate::lt:
    return Predicate::gt;
  case Predicate::le:
    return Predicate::ge;
  case Predicate::gt:
    return Predicate::lt;
  case Predicate::ge:
    return Predicate::le;
  default:
    return predicate;
  }
}

/// How many digits, in bits, numbers of a type have.
double roundingOf(Type type) {
  return std::ldexp(1.0, -int(APFloat::semanticsPrecision(cast<FloatType>(getElementTypeOrSelf(type)).getFloatSemantics())));
}

std::optional<PiecewiseInverse> invertBy(norm::CompareOp condition, bool isLeft, Value result, Obstacle &obstacle) {
  PiecewiseInverse inverse;
  inverse.condition = condition;
  inverse.value = isLeft ? condition.getLhs() : condition.getRhs();
  const Predicate predicate = isLeft ? condition.getPredicate() : swapped(condition.getPredicate());
  const double k = *numberOf(isLeft ? condition.getRhs() : condition.getLhs());
  static constexpr const char *relations[] = {"=", "!=", "<", "<=", ">", ">="};
  static constexpr const char *opposites[] = {"!=", "=", ">=", ">", "<=", "<"};
  auto where = [&](const char *const *texts) {
    return fmt::format("{} {} {}", describeValue(inverse.value), texts[unsigned(predicate)], k);
  };
  Piece onTrue(condition, true, inverse.value), onFalse(condition, false, inverse.value);
  std::optional<PiecePath> truePath = findPath(onTrue, result, inverse.value, where(relations), obstacle);
  std::optional<PiecePath> falsePath =
      truePath ? findPath(onFalse, result, inverse.value, where(opposites), obstacle) : std::nullopt;
  if (!truePath || !falsePath)
    return std::nullopt;
  auto fail = [&](const std::string &reason) {
    obstacle = {result.getDefiningOp(), reason};
    return std::nullopt;
  };
  const std::string of = describeValue(result), by = describeValue(inverse.value);
  if (truePath->growth != falsePath->growth) {
    auto grows = [&](Piece &piece, Growth growth) {
      const char *way = growth == Growth::rises ? "rises" : "falls";
      std::optional<double> here = piece.evaluate(result, k), there = piece.evaluate(result, k + 0x1p-20);
      return here && there ? fmt::format("{} with the slope {:.4g}", way, (*there - *here) * 0x1p20) : std::string(way);
    };
    return fail(fmt::format("{} {} where {}, but {} where {}", of, grows(onTrue, truePath->growth), where(relations),
                            grows(onFalse, falsePath->growth), where(opposites)));
  }
  std::optional<double> trueEnd = onTrue.evaluate(result, k), falseEnd = onFalse.evaluate(result, k);
  if (!trueEnd || !falseEnd || !std::isfinite(*trueEnd) || !std::isfinite(*falseEnd))
    return fail(fmt::format("{} is no number that is known now where {} = {}", of, by, k));
  // Above is where the condition holds, or where it does not; the piece above must not begin below where the other ends.
  const bool isAbove = predicate == Predicate::gt || predicate == Predicate::ge;
  const bool rises = truePath->growth == Growth::rises;
  const double step = (isAbove == rises ? *trueEnd - *falseEnd : *falseEnd - *trueEnd);
  if (step < -4.0 * roundingOf(result.getType()) * std::max(std::fabs(*trueEnd), std::fabs(*falseEnd)))
    return fail(fmt::format("{} is {} and {} on the two sides of {} = {}, so both sides have values in common", of, *trueEnd,
                            *falseEnd, by, k));
  inverse.predicate = rises ? predicate : swapped(predicate);
  // A strict comparison fails at k itself, which belongs to the other piece.
  const bool isStrict = predicate == Predicate::gt || predicate == Predicate::lt;
  inverse.threshold = isStrict ? *falseEnd : *trueEnd;
  inverse.onTrue = std::move(truePath->steps);
  inverse.onFalse = std::move(falsePath->steps);
  for (auto [path, other] : {std::pair(&inverse.onTrue, &onFalse), std::pair(&inverse.onFalse, &onTrue)})
    for (const InverseStep &step : *path)
      if (Value value = step.op->getOperand(step.operand); value != inverse.value && !other->depends(value))
        if (std::optional<double> number = other->evaluate(value, k); number && std::isfinite(*number))
          inverse.onOneWay[value] = *number;
  return inverse;
}

} // namespace

std::optional<PiecewiseInverse> findPiecewiseInverse(Value result, const DenseSet<Value> &unknown, Obstacle &obstacle) {
  // Comparisons of something unknown with a number, the nearest first.
  llvm::SetVector<Value> seen;
  seen.insert(result);
  for (size_t next = 0; next < seen.size(); ++next) {
    Operation *op = seen[next].getDefiningOp();
    if (!op || norm::isReduction(op))
      continue;
    if (auto condition = dyn_cast<norm::CompareOp>(op);
        condition && condition.getPredicate() != Predicate::eq && condition.getPredicate() != Predicate::ne)
      for (bool isLeft : {true, false}) {
        Value value = condition->getOperand(isLeft ? 0 : 1);
        Obstacle own;
        if (!unknown.contains(value) || !numberOf(condition->getOperand(isLeft ? 1 : 0)))
          continue;
        if (auto inverse = invertBy(condition, isLeft, result, own))
          return inverse;
        if (!obstacle.op)
          obstacle = own;
      }
    for (Value operand : op->getOperands())
      if (unknown.contains(operand) || operand.getDefiningOp<norm::CompareOp>())
        seen.insert(operand);
  }
  return std::nullopt;
}

Value PiecewiseInverse::build(ImplicitLocOpBuilder &builder, Value result, unsigned digits,
                              DenseMap<Value, Value> &recovered) const {
  auto number = [&](Value like, double value) -> Value {
    auto type = cast<RankedTensorType>(like.getType());
    return builder.create<norm::ConstantOp>(type.getElementType(), type.getRank(), value);
  };
  Value mask = builder.create<norm::CompareOp>(predicate, result, number(result, threshold));
  recovered[norm::CompareOp(condition).getResult()] = mask;
  auto follow = [&](const InversePath &path, bool holds) {
    Value value = result;
    double floor = 0.0;
    for (const InverseStep &step : path) {
      value = buildInverseStep(builder, step, value, digits, floor);
      Value original = step.op->getOperand(step.operand);
      if (auto other = onOneWay.find(original); other != onOneWay.end()) {
        Value constant = number(original, other->second);
        recovered[original] = builder.create<norm::SelectOp>(mask, holds ? value : constant, holds ? constant : value);
      }
    }
    return value;
  };
  Value above = follow(onTrue, true), below = follow(onFalse, false);
  return builder.create<norm::SelectOp>(mask, above, below);
}

} // namespace normc
