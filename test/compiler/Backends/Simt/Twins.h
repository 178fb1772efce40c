//===- Twins.h - GPU kernels in LLVM IR, run on the host -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_TEST_COMPILER_BACKENDS_SIMT_TWINS_H
#define NORMC_TEST_COMPILER_BACKENDS_SIMT_TWINS_H

#include "compiler/Backends/Simt/HostTwin.h"
#include "runtime/Simt/Machine.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/TargetSelect.h"
#include <gtest/gtest.h>

namespace normc::simt {

inline std::unique_ptr<llvm::Module> parse(llvm::LLVMContext &context, const std::string &text) {
  llvm::SMDiagnostic fault;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, fault, context);
  if (!module)
    fault.print("test", llvm::errs());
  return module;
}

/// Why a module has no twin; empty where it has one.
inline std::string refusal(const std::string &text) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = parse(context, text);
  if (!module)
    return "is not LLVM IR";
  llvm::Expected<std::string> object = compileForHost(*module);
  return object ? "" : llvm::toString(object.takeError());
}

/// Kernels, compiled and loaded.
class Twins {
public:
  explicit Twins(const std::string &text) {
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module = parse(context, text);
    if (!module)
      return;
    llvm::Expected<std::string> object = compileForHost(*module);
    if (!object) {
      ADD_FAILURE() << llvm::toString(object.takeError());
      return;
    }
    jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
    llvm::cantFail(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(*object)));
    // Hidden, as in a shared object.
    llvm::orc::ExecutionSession &session = jit->getExecutionSession();
    auto symbol = session.lookup({{&jit->getMainJITDylib(), llvm::orc::JITDylibLookupFlags::MatchAllSymbols}},
                                 session.intern(NORMC_SIMT_SYMBOL));
    if (!symbol) {
      ADD_FAILURE() << llvm::toString(symbol.takeError());
      return;
    }
    table = symbol->getAddress().toPtr<const normc_simt_module *>();
  }

  const normc_simt_kernel *find(const char *name) const { return runtime::simt::findKernel(table, name); }
  const normc_simt_module *module() const { return table; }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  const normc_simt_module *table = nullptr;
};

} // namespace normc::simt

#endif // NORMC_TEST_COMPILER_BACKENDS_SIMT_TWINS_H
