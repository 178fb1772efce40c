//===- Sharding.cpp - which values are split over the devices ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc {

ShardedAxes::ShardedAxes(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    if (auto axis = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::shardAttr))
      axes[argument] = axis.getInt();
  if (axes.empty())
    return;
  for (Operation &op : function.getBody().front().without_terminator())
    for (Value operand : op.getOperands())
      if (std::optional<int64_t> axis = axisOf(operand))
        for (Value result : op.getResults())
          if (norm::varies(cast<RankedTensorType>(result.getType()), *axis))
            axes[result] = *axis;
}

std::optional<int64_t> ShardedAxes::axisOf(Value value) const {
  auto found = axes.find(value);
  return found == axes.end() ? std::nullopt : std::optional<int64_t>(found->second);
}

/// "'x'", or "operand 1" where it has no name.
static std::string describe(OpOperand &operand) {
  StringRef name = norm::nameOf(operand.get());
  return name.empty() ? fmt::format("operand {}", operand.getOperandNumber()) : fmt::format("'{}'", name.str());
}

static bool variesAlong(Value value, int64_t axis) { return norm::varies(cast<RankedTensorType>(value.getType()), axis); }

/// What an op is made of lies on one device: where its result varies along an axis along which an operand is split, every operand that
/// varies along it is split along it.
static LogicalResult verifyOp(Operation &op, const ShardedAxes &sharded) {
  if (op.getNumResults() != 1)
    return success();
  for (OpOperand &operand : op.getOpOperands()) {
    std::optional<int64_t> axis = sharded.axisOf(operand.get());
    if (!axis || !variesAlong(op.getResult(0), *axis))
      continue;
    for (OpOperand &other : op.getOpOperands()) {
      std::optional<int64_t> otherAxis = sharded.axisOf(other.get());
      if (otherAxis && otherAxis != axis && variesAlong(op.getResult(0), *otherAxis)) {
        InFlightDiagnostic error = op.emitError() << describe(operand) << " is split over the devices along axis " << *axis << ", but "
                                                  << describe(other) << " along axis " << *otherAxis;
        error.attachNote() << "one group of devices splits a value along one axis: shard the arguments along the same axis";
        return error;
      }
      if (otherAxis == axis || !variesAlong(other.get(), *axis))
        continue;
      InFlightDiagnostic error = op.emitError() << describe(operand) << " is split over the devices along axis " << *axis << ", but "
                                                << describe(other) << ", which varies along it, is not";
      error.attachNote() << "give norm.shard = " << *axis << " : i64 to each argument that varies along the axis";
      return error;
    }
  }
  return success();
}

LogicalResult verifySharding(func::FuncOp function) {
  const ShardedAxes sharded(function);
  for (Operation &op : function.getBody().front().without_terminator())
    if (failed(verifyOp(op, sharded)))
      return failure();
  // What is written over an argument is split as it is.
  for (OpOperand &result : function.getBody().front().getTerminator()->getOpOperands())
    for (StringRef way : {norm::updatesAttr, norm::inplaceAttr})
      if (auto argument = function.getResultAttrOfType<IntegerAttr>(result.getOperandNumber(), way);
          argument && sharded.axisOf(result.get()) != sharded.axisOf(function.getArgument(argument.getInt()))) {
        InFlightDiagnostic error = function.emitError()
                                   << "result " << result.getOperandNumber() << " cannot be written over argument " << argument.getInt()
                                   << ": one of them is split over the devices, and the other is not, or otherwise";
        error.attachNote() << "a result is split along the axis of the arguments that it follows from, if it varies along it";
        return error;
      }
  return success();
}

} // namespace normc
