//===- CertifyKernels.cpp - state the bytes that kernels move ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/Passes.h"
#include "dialects/Kernel/Certificate.h"
#include "dialects/Kernel/Tile.h"

namespace normc {

#define GEN_PASS_DEF_CERTIFYKERNELS
#include "compiler/Transforms/Passes.h.inc"

namespace {

struct CertifyKernelsPass : impl::CertifyKernelsBase<CertifyKernelsPass> {
  void runOnOperation() override {
    getOperation().walk([](kernel::KernelOp kernel) {
      if (kernel::isResident(kernel))
        kernel->setAttr(kernel::residentAttr, mlir::UnitAttr::get(kernel.getContext()));
      else
        kernel->removeAttr(kernel::residentAttr);
      kernel->setAttr(kernel::certificateAttr, kernel::toAttribute(kernel::certify(kernel), kernel.getContext()));
    });
  }
};

} // namespace
} // namespace normc
