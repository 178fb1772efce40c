//===- CompileForHost.cpp - an object file of twins -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Simt/HostTwin.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc::simt {

/// This machine, with what its CPU has: a fused multiply-add is an instruction there, or a call of the C library, never
/// a product and a sum.
static Expected<std::unique_ptr<TargetMachine>> hostMachine() {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  const std::string triple = sys::getDefaultTargetTriple();
  std::string fault;
  const Target *target = TargetRegistry::lookupTarget(triple, fault);
  if (!target)
    return createStringError(fmt::format("code cannot be made for this machine: {}", fault));
  std::string features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features += fmt::format("{}{}{}", features.empty() ? "" : ",", feature.second ? "+" : "-", feature.first().str());
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  // Twins run for less time than it would take to make them fast: the hooks are most of it.
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(triple, sys::getHostCPUName(), features, options,
                                                                     Reloc::PIC_, std::nullopt, CodeGenOptLevel::None));
  if (!machine)
    return createStringError(fmt::format("code cannot be made for this machine, {}", triple));
  return machine;
}

Expected<std::string> compileForHost(const Module &gpu) {
  Expected<std::unique_ptr<Module>> twin = buildHostTwin(gpu);
  if (!twin)
    return twin.takeError();
  Expected<std::unique_ptr<TargetMachine>> machine = hostMachine();
  if (!machine)
    return machine.takeError();
  (*twin)->setTargetTriple((*machine)->getTargetTriple().str());
  (*twin)->setDataLayout((*machine)->createDataLayout());
  SmallString<0> object;
  raw_svector_ostream stream(object);
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("object files cannot be made for this machine");
  passes.run(**twin);
  return std::string(object);
}

} // namespace normc::simt
