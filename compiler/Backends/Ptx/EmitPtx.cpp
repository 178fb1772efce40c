//===- EmitPtx.cpp - PTX of LLVM IR --------------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/EmitPtx.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Scalar.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::ptx {

namespace {
/// Loops keep their addresses as they are: ptxas reduces strength itself. What LLVM would make of them takes more registers, and a
/// third of the time of code generation.
class CodePasses : public llvm::legacy::PassManager {
public:
  void add(llvm::Pass *pass) override {
    if (pass->getPassID() != leftOut->getPassID())
      return llvm::legacy::PassManager::add(pass);
    delete pass;
  }

private:
  const std::unique_ptr<llvm::Pass> leftOut{llvm::createLoopStrengthReducePass()};
};
} // namespace

/// Puts what is known of each function above it.
static std::string withComments(StringRef text, const DeviceModule &device) {
  static constexpr llvm::StringLiteral entry = ".visible .entry ";
  std::string commented;
  commented.reserve(text.size() * 5 / 4);
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    if (line.starts_with(entry)) {
      auto found = device.comments.find(line.drop_front(entry.size()).take_until([](char c) { return c == '('; }).str());
      if (found != device.comments.end())
        commented += found->second;
    }
    commented += line;
    commented += '\n';
    text = rest;
  }
  return commented;
}

FailureOr<std::string> emitPtx(const llvm::Module &module, const DeviceModule &device, const Target &target) {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  std::string error;
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(module.getTargetTriple(), error);
  if (!backend) {
    mlir::emitError(device.location, "LLVM cannot make PTX: ") << error;
    return failure();
  }
  // Nothing is contracted: a fused multiply-add is one in the kernel.
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(
      backend->createTargetMachine(module.getTargetTriple(), target.name, target.version, options, std::nullopt,
                                   std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
  copy->setDataLayout(machine->createDataLayout());
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  CodePasses passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) {
    mlir::emitError(device.location, "LLVM cannot write PTX for ") << target.name;
    return failure();
  }
  passes.run(*copy);
  return withComments(text, device);
}

FailureOr<std::string> emitPtx(ModuleOp module, const Target &target) {
  llvm::LLVMContext context;
  FailureOr<DeviceModule> device = buildDeviceModule(module, target);
  if (failed(device))
    return failure();
  FailureOr<std::unique_ptr<llvm::Module>> translated = translate(*device, target, context);
  if (failed(translated))
    return failure();
  return emitPtx(**translated, *device, target);
}

} // namespace normc::ptx
