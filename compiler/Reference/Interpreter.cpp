//===- Interpreter.cpp - evaluates graphs, op by op ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Reference/Interpreter.h"
#include "compiler/Reference/Bounds.h"
#include "compiler/Reference/Evaluation.h"

#include "llvm/ADT/DenseMap.h"
#include <memory>

using namespace mlir;

namespace normc::reference {

//===----------------------------------------------------------------------===//
// Extents
//===----------------------------------------------------------------------===//

/// Whether the type says that the value repeats along an axis; `?` never does.
static bool repeats(Value value, int64_t axis) {
  return !norm::varies(cast<RankedTensorType>(value.getType()), axis);
}

/// The extents at run time of operands that agree where they vary.
template <typename Real>
static FailureOr<SmallVector<int64_t>> joinExtents(Operation *op, Operands<Real> operands) {
  SmallVector<int64_t> extents(operands[0]->extents.size(), 1);
  SmallVector<int64_t> decidedBy(extents.size(), -1);
  for (auto [number, operand] : llvm::enumerate(operands))
    for (auto [axis, extent] : llvm::enumerate(operand->extents)) {
      if (repeats(op->getOperand(number), axis))
        continue;
      if (decidedBy[axis] >= 0 && extents[axis] != extent)
        return emitError(op->getLoc()) << "extents must agree, but along axis " << axis << " operand "
                                       << decidedBy[axis] << " has extent " << extents[axis] << " and operand "
                                       << number << " has extent " << extent;
      extents[axis] = extent;
      decidedBy[axis] = number;
    }
  return extents;
}

template <typename Real>
static FailureOr<SmallVector<int64_t>> extentsOf(Operation *op, Operands<Real> operands) {
  auto rank = [&] { return cast<RankedTensorType>(op->getResult(0).getType()).getRank(); };
  if (auto index = dyn_cast<norm::IndexOp>(op)) {
    SmallVector<int64_t> extents(rank(), 1);
    extents[index.getAxis()] = operands[0]->extents[index.getAxis()];
    return extents;
  }
  if (auto count = dyn_cast<norm::CountOp>(op)) {
    SmallVector<int64_t> counted;
    for (int64_t axis : count.getAxes())
      counted.push_back(operands[0]->extents[axis]);
    if (!elementCount(counted))
      return emitError(op->getLoc()) << "the count of extents " << toString(counted) << " does not fit in 64 bits";
  }
  if (isa<norm::ConstantOp, norm::CountOp>(op))
    return SmallVector<int64_t>(rank(), 1);
  if (norm::isReduction(op)) {
    SmallVector<int64_t> extents(operands[0]->extents);
    for (int64_t axis : op->getAttrOfType<DenseI64ArrayAttr>("axes").asArrayRef())
      extents[axis] = 1;
    return extents;
  }
  return joinExtents(op, operands);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

template <typename Real>
static LogicalResult evaluate(Operation *op, Operands<Real> operands, const Options &options, Array<Real> &result) {
  if (!isa<norm::AdjointOpInterface>(op) || op->getNumResults() != 1) {
    InFlightDiagnostic error = emitError(op->getLoc()) << "only primitives of norm can be evaluated, but this is "
                                                       << op->getName().getStringRef();
    if (isa<norm::LayerOpInterface>(op))
      error.attachNote() << "expand layers first";
    return error;
  }
  FailureOr<SmallVector<int64_t>> extents = extentsOf(op, operands);
  if (failed(extents))
    return failure();
  result.extents = std::move(*extents);
  std::optional<int64_t> size = elementCount(result.extents);
  if (!size || *size > options.maximumElements)
    return emitError(op->getLoc()) << "a value of extents " << toString(result.extents) << " has more than "
                                   << options.maximumElements << " elements, the most that are evaluated";
  if (options.work) {
    *options.work += *size;
    for (const Array<Real> *operand : operands)
      *options.work += operand->reals.size() + operand->integers.size();
  }
  if (evaluateNullary(op, operands, result) || evaluateCast(op, operands, options, result) ||
      evaluateReduction(op, operands, result) || evaluateElementwise(op, operands, result)) {
    if (options.roundResults)
      for (Real &value : result.reals)
        value = roundTo(getElementTypeOrSelf(op->getResult(0)), value);
    return success();
  }
  return emitError(op->getLoc()) << "the interpreter does not know the primitive " << op->getName().getStringRef();
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

template <typename Real>
static LogicalResult verifyArgument(BlockArgument argument, const Array<Real> &array) {
  const unsigned number = argument.getArgNumber();
  if (!norm::isValue(argument.getType()))
    return emitError(argument.getLoc()) << "argument " << number << " is no value of norm: its type is "
                                        << argument.getType();
  auto type = cast<RankedTensorType>(argument.getType());
  bool fits = int64_t(array.extents.size()) == type.getRank();
  for (int64_t axis = 0; fits && axis < type.getRank(); ++axis)
    fits = type.isDynamicDim(axis) ? array.extents[axis] >= 0 : array.extents[axis] == type.getDimSize(axis);
  if (!fits)
    return emitError(argument.getLoc()) << "argument " << number << " has extents " << toString(array.extents)
                                        << ", but its type is " << type;
  std::optional<int64_t> size = elementCount(array.extents);
  const bool isFloat = norm::isFloatElement(type.getElementType());
  const int64_t elements = isFloat ? array.reals.size() : array.integers.size();
  if (!size || elements != *size)
    return emitError(argument.getLoc()) << "argument " << number << " has extents " << toString(array.extents)
                                        << ", but " << elements << (isFloat ? " reals" : " integers");
  return success();
}

namespace {
/// A value that is still to be used: an argument, which is the caller's, or a result.
template <typename Real>
struct Slot {
  const Array<Real> *array = nullptr;
  std::unique_ptr<Array<Real>> owned;
  int64_t uses = 0;
};
} // namespace

static int64_t countUses(Value value) {
  return std::distance(value.use_begin(), value.use_end());
}

template <typename Real>
FailureOr<SmallVector<Array<Real>>> interpret(func::FuncOp function, ArrayRef<Array<Real>> arguments,
                                              const Options &options) {
  if (!llvm::hasSingleElement(function.getBody()))
    return emitError(function.getLoc()) << "@" << function.getSymName()
                                        << (function.isExternal() ? " has no body" : " is not straight-line");
  if (arguments.size() != function.getNumArguments())
    return emitError(function.getLoc()) << "@" << function.getSymName() << " takes " << function.getNumArguments()
                                        << " arguments, but " << arguments.size() << " are given";
  std::optional<Bounder<Real>> bounder;
  if (options.bounds != BoundsOf::nobody)
    bounder.emplace(function, options);
  DenseMap<Value, Slot<Real>> slots;
  for (BlockArgument argument : function.getArguments()) {
    const Array<Real> &array = arguments[argument.getArgNumber()];
    if (failed(verifyArgument(argument, array)))
      return failure();
    slots[argument] = {&array, nullptr, countUses(argument)};
  }

  SmallVector<Array<Real>> results;
  SmallVector<const Array<Real> *> operands;
  for (Operation &op : function.getBody().front()) {
    if (isa<func::ReturnOp>(op)) {
      for (Value value : op.getOperands()) {
        Slot<Real> &slot = slots[value];
        if (--slot.uses == 0 && slot.owned)
          results.push_back(std::move(*slot.owned));
        else
          results.push_back(*slot.array);
      }
      break;
    }
    operands.clear();
    for (Value value : op.getOperands())
      operands.push_back(slots[value].array);
    auto result = std::make_unique<Array<Real>>();
    if (failed(evaluate<Real>(&op, operands, options, *result)))
      return failure();
    if (bounder)
      bounder->bound(&op, operands, *result);
    for (Value value : op.getOperands())
      if (auto slot = slots.find(value); slot != slots.end() && --slot->second.uses == 0)
        slots.erase(slot);
    if (Value value = op.getResult(0); !value.use_empty()) {
      const Array<Real> *array = result.get();
      slots[value] = {array, std::move(result), countUses(value)};
    }
  }
  return results;
}

template FailureOr<SmallVector<Array<double>>> interpret(func::FuncOp, ArrayRef<Array<double>>, const Options &);
template FailureOr<SmallVector<Array<Quad>>> interpret(func::FuncOp, ArrayRef<Array<Quad>>, const Options &);

} // namespace normc::reference
