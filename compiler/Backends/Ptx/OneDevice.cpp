//===- OneDevice.cpp - plans without collectives -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/OneDevice.h"
#include "dialects/Kernel/Collective.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace normc::ptx {

/// What a symbol beyond the plan's own stands for on one device: a symbol, or nothing for 0.
static std::optional<int64_t> ownSymbol(int64_t symbol, int64_t symbols, ArrayRef<int64_t> joins) {
  for (auto [index, own] : llvm::enumerate(joins))
    if (symbol == kernel::joinedSymbol(symbols, index))
      return own;
  return std::nullopt;
}

void runOnOneDevice(kernel::PlanOp plan) {
  SmallVector<kernel::CollectiveOp> collectives(plan.getBody().front().getOps<kernel::CollectiveOp>());
  SmallVector<int64_t> joins;
  for (kernel::CollectiveOp collective : collectives)
    if (!collective.getJoins().empty())
      joins.assign(collective.getJoins().begin(), collective.getJoins().end());
  const int64_t symbols = plan.getSymbolCount();
  plan.walk([&](kernel::CountOp count) {
    SmallVector<int64_t> extents;
    bool isZero = false;
    for (int64_t extent : count.getExtents()) {
      if (extent >= 0 || -1 - extent < symbols) {
        extents.push_back(extent);
        continue;
      }
      std::optional<int64_t> own = ownSymbol(-1 - extent, symbols, joins);
      isZero |= !own;
      extents.push_back(own ? -1 - *own : 0);
    }
    if (isZero) {
      OpBuilder builder(count);
      count.replaceAllUsesWith(builder.create<arith::ConstantOp>(count.getLoc(), builder.getI64IntegerAttr(0)).getResult());
      count.erase();
    } else {
      count.setExtents(extents);
    }
  });
  for (kernel::CollectiveOp collective : collectives) {
    collective.replaceAllUsesWith(collective.getPartials());
    collective.erase();
  }
}

} // namespace normc::ptx
