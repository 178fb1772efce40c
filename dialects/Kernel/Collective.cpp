//===- Collective.cpp - what devices send one another --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/Collective.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace normc::kernel {

SmallVector<int64_t> extentsOf(Value tensor) {
  while (auto collective = tensor.getDefiningOp<CollectiveOp>())
    tensor = collective.getPartials()[cast<OpResult>(tensor).getResultNumber()];
  SmallVector<int64_t> extents;
  auto kernel = tensor.getDefiningOp<KernelOp>();
  if (!kernel)
    return extents;
  for (auto [axis, extent] : llvm::enumerate(cast<RankedTensorType>(tensor.getType()).getShape()))
    extents.push_back(extent == 1 ? 1 : kernel.getSpace()[axis]);
  return extents;
}

Bytes bytesOf(CollectiveOp collective) {
  Bytes bytes;
  if (!collective.getJoins().empty())
    bytes += Bytes(8, {collective->getParentOfType<PlanOp>().getSymbolCount()});
  for (Value partial : collective.getPartials())
    bytes += Bytes(8, extentsOf(partial));
  return bytes;
}

void CollectiveOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  for (Value merged : getMerged())
    setName(merged, getName().split(',').first);
}

LogicalResult CollectiveOp::verify() {
  // c1
  unsigned wanted = 0;
  for (unsigned index = 0; index < getMonoids().size(); ++index)
    wanted += resultCount(getMonoid(index));
  auto isWide = [](Type type) { return cast<RankedTensorType>(type).getElementType().isF64(); };
  if (getPartials().size() != wanted || getPartials().getTypes() != getMerged().getTypes() ||
      !llvm::all_of(getPartials().getTypes(), isWide))
    return emitOpError() << "must have a partial result of f64, and a result of its type, for each monoid, and two for moments";
  // c2
  for (Value partial : getPartials())
    if (!isa_and_nonnull<KernelOp, CollectiveOp>(partial.getDefiningOp()))
      return emitOpError() << "must merge results of kernels or of collectives";
  // c3
  auto plan = (*this)->getParentOfType<PlanOp>();
  const int64_t symbols = plan.getSymbolCount();
  if (getCounts().size() != getMonoids().size())
    return emitOpError() << "must have a list of counts for each monoid";
  for (unsigned index = 0; index < getMonoids().size(); ++index) {
    const bool isCounted = getMonoid(index) == Monoid::mean || getMonoid(index) == Monoid::moments;
    if (isCounted == getCount(index).empty())
      return emitOpError() << "must have counts for mean and moments, and for no other monoid";
    for (int64_t extent : getCount(index))
      if (extent < -symbols)
        return emitOpError() << "counts along symbol " << -1 - extent << ", but its plan has " << symbols << " symbols";
  }
  // c4
  if (getJoins().size() != getExpected().size())
    return emitOpError() << "must expect a number for each symbol that it joins";
  for (size_t i = 0; i < getJoins().size(); ++i)
    if (getJoins()[i] < 0 || getJoins()[i] >= symbols || (i > 0 && getJoins()[i] <= getJoins()[i - 1]))
      return emitOpError() << "must join symbols of its plan in ascending order";
  // c5
  if (Attribute carried = (*this)->getAttr(bytesAttr); carried && carried != StringAttr::get(getContext(), bytesOf(*this).toString()))
    return emitOpError() << "carries " << carried << " bytes, but it sends \"" << bytesOf(*this).toString() << "\"";
  return success();
}

} // namespace normc::kernel
