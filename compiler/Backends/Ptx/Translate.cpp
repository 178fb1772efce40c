//===- Translate.cpp - from the gpu dialect to LLVM IR -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/Code.h"
#include "compiler/Backends/Ptx/EmitPtx.h"

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Metadata.h"

using namespace mlir;

namespace normc::ptx {

/// Functions are built with math.fma and math.absf, which the conversion would make calls of a library.
static void useIntrinsics(gpu::GPUModuleOp module) {
  module.walk([](Operation *op) {
    Code code(op, IntegerType::get(op->getContext(), 32));
    Value replacement;
    if (auto fma = dyn_cast<math::FmaOp>(op))
      replacement = code.fma(fma.getA(), fma.getB(), fma.getC());
    else if (auto abs = dyn_cast<math::AbsFOp>(op))
      replacement = code.absf(abs.getOperand());
    if (!replacement)
      return;
    op->getResult(0).replaceAllUsesWith(replacement);
    op->erase();
  });
}

/// !alias.scope of "SWEEP NAME" ==> !normc.operand !{!"NAME", i32 SWEEP}
static bool attributeAccesses(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      const llvm::Value *pointer = llvm::getLoadStorePointerOperand(&instruction);
      if (auto *update = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction))
        pointer = update->getPointerOperand();
      if (!pointer || pointer->getType()->getPointerAddressSpace() != globalSpace)
        continue;
      llvm::MDNode *scopes = instruction.getMetadata(llvm::LLVMContext::MD_alias_scope);
      if (!scopes || scopes->getNumOperands() != 1)
        return false;
      auto *scope = llvm::cast<llvm::MDNode>(scopes->getOperand(0));
      auto [sweep, name] = llvm::cast<llvm::MDString>(scope->getOperand(2))->getString().split(' ');
      int number = 0;
      if (sweep.getAsInteger(10, number))
        return false;
      llvm::Metadata *operands[] = {
          llvm::MDString::get(context, name),
          llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), number, true))};
      instruction.setMetadata("normc.operand", llvm::MDNode::get(context, operands));
      instruction.setMetadata(llvm::LLVMContext::MD_alias_scope, nullptr);
    }
  return true;
}

FailureOr<std::unique_ptr<llvm::Module>> translate(DeviceModule &device, const Target &target, llvm::LLVMContext &context) {
  MLIRContext *mlirContext = device.operations->getContext();
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  mlirContext->appendDialectRegistry(registry);

  auto module = *device.operations->getOps<gpu::GPUModuleOp>().begin();
  useIntrinsics(module);
  PassManager passes(mlirContext);
  // What comes out is verified when it is translated.
  passes.enableVerifier(false);
  OpPassManager &nested = passes.nest<gpu::GPUModuleOp>();
  nested.addPass(createCSEPass());
  nested.addPass(createConvertSCFToCFPass());
  ConvertGpuOpsToNVVMOpsOptions options;
  options.indexBitwidth = 64;
  nested.addPass(createConvertGpuOpsToNVVMOps(options));
  nested.addPass(createReconcileUnrealizedCastsPass());
  if (failed(passes.run(*device.operations)))
    return failure();
  std::unique_ptr<llvm::Module> translated = translateModuleToLLVMIR(module, context, "normc");
  if (!translated)
    return failure();
  if (!attributeAccesses(*translated)) {
    device.operations->emitError("an access to global memory carries no operand");
    return failure();
  }
  translated->setTargetTriple("nvptx64-nvidia-cuda");
  return translated;
}

} // namespace normc::ptx
