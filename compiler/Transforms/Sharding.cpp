//===- Sharding.cpp - which values are split over the devices ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

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

} // namespace normc
