//===- PrepareKernels.cpp - kernels as a schedule has them ---------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/PrepareKernels.h"
#include "compiler/Backends/Ptx/Scalars.h"
#include "dialects/Kernel/Certificate.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace normc::ptx {

/// keep f(load x) in 0; .. kept 0 ==> .. f(load x)
static void computeAgain(kernel::KernelOp kernel) {
  DenseMap<int64_t, kernel::KeepOp> keeps;
  for (auto sweep : kernel.getBody().getOps<kernel::SweepOp>()) {
    Block &block = sweep.getBody().front();
    DenseMap<Operation *, IRMapping> copied; // by the block that was copied from
    for (auto recalled : llvm::make_early_inc_range(block.getOps<kernel::KeptOp>())) {
      Value source = keeps.lookup(recalled.getSlot()).getValue();
      Value replacement = source;
      // What is a scalar of the group is read as it is.
      if (Operation *made = source.getDefiningOp(); made->getParentOp() != kernel.getOperation()) {
        IRMapping &mapping = copied[made->getParentOp()];
        OpBuilder builder(recalled);
        if (!mapping.contains(source))
          for (Operation *op : neededFor(*made->getBlock(), source))
            if (!mapping.contains(op->getResult(0)))
              builder.clone(*op, mapping);
        replacement = mapping.lookup(source);
      }
      recalled.getResult().replaceAllUsesWith(replacement);
      recalled.erase();
    }
    for (auto keep : block.getOps<kernel::KeepOp>())
      keeps[keep.getSlot()] = keep;
  }
  for (auto &[slot, keep] : keeps)
    keep.erase();
}

void prepareKernel(kernel::KernelOp kernel, bool isResident) {
  kernel->removeAttr(kernel::certificateAttr);
  if (isResident) {
    kernel->setAttr(kernel::residentAttr, UnitAttr::get(kernel.getContext()));
    return;
  }
  kernel->removeAttr(kernel::residentAttr);
  computeAgain(kernel);
}

} // namespace normc::ptx
