//===- Kernels.cpp - what is asked of LLVM IR for a GPU -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/Kernels.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace llvm;

namespace normc::simt {

SetVector<Function *> kernelsOf(Module &module) {
  SetVector<Function *> kernels;
  for (Function &function : module)
    if (function.getCallingConv() == CallingConv::PTX_Kernel)
      kernels.insert(&function);
  // !{ptr @f, !"kernel", i32 1, ..}
  if (const NamedMDNode *annotations = module.getNamedMetadata("nvvm.annotations"))
    for (const MDNode *annotation : annotations->operands()) {
      if (annotation->getNumOperands() < 1)
        continue;
      auto *function = mdconst::dyn_extract_or_null<Function>(annotation->getOperand(0));
      for (unsigned index = 1; function && index + 1 < annotation->getNumOperands(); index += 2)
        if (auto *name = dyn_cast_or_null<MDString>(annotation->getOperand(index)); name && name->getString() == "kernel")
          kernels.insert(function);
    }
  return kernels;
}

static bool isMapped(const Value *object) {
  auto *call = dyn_cast<IntrinsicInst>(object);
  return call && (call->getIntrinsicID() == Intrinsic::nvvm_mapa ||
                  call->getIntrinsicID() == Intrinsic::nvvm_mapa_shared_cluster);
}

Place placeOf(const Value *pointer) {
  const unsigned space = pointer->getType()->getPointerAddressSpace();
  if (space == shared)
    return Place::shared;
  if (space == local)
    return Place::own;
  SmallVector<const Value *> objects;
  getUnderlyingObjects(pointer, objects, /*LI=*/nullptr, /*MaxLookup=*/0);
  bool allOwn = !objects.empty(), allShared = !objects.empty();
  for (const Value *object : objects) {
    auto *variable = dyn_cast<GlobalVariable>(object);
    allOwn &= isa<AllocaInst>(object) || (variable && variable->isConstant());
    allShared &= object->getType()->getPointerAddressSpace() == shared || isMapped(object);
  }
  return allOwn ? Place::own : allShared ? Place::shared : Place::global;
}

std::optional<Access> accessOf(const Instruction &instruction) {
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return Access{load->getPointerOperand(), load->getType(), load->getAlign(), load->isVolatile() || load->isAtomic()};
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return Access{store->getPointerOperand(), store->getValueOperand()->getType(), store->getAlign(),
                  store->isVolatile() || store->isAtomic()};
  if (auto *update = dyn_cast<AtomicRMWInst>(&instruction))
    return Access{update->getPointerOperand(), update->getValOperand()->getType(), update->getAlign(), true};
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction))
    return Access{exchange->getPointerOperand(), exchange->getNewValOperand()->getType(), exchange->getAlign(), true};
  return std::nullopt;
}

} // namespace normc::simt
