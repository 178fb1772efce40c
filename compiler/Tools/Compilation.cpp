//===- Compilation.cpp - a file on its way through the compiler ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Compilation.h"
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Manifest/Manifest.h"
#include "compiler/Tools/Source.h"
#include "dialects/Norm/Assembly.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace normc {

static DialectRegistry dialects() {
  DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

Compilation::Compilation(TimingScope *timing)
    : timing(timing), context(dialects(), MLIRContext::Threading::DISABLED) {
  context.printOpOnDiagnostic(false);
  context.loadAllAvailableDialects();
  norm::printArgumentNames(&context);
  handler = std::make_unique<SourceMgrDiagnosticHandler>(sources, &context);
}

Compilation::~Compilation() = default;

LogicalResult Compilation::parse(StringRef path) {
  TimingScope scope = nest("parse");
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> buffer = readSource(path, error);
  if (!buffer) {
    llvm::errs() << error << '\n';
    return failure();
  }
  module = parseSource(std::move(buffer), sources, context);
  return success(bool(module));
}

static LogicalResult runPipeline(ModuleOp module, Stage stage, TimingScope scope) {
  PassManager passes(module.getContext());
  passes.enableTiming(scope);
  buildPipeline(passes, stage);
  return passes.run(module);
}

LogicalResult Compilation::run(Stage stage) { return runPipeline(*module, stage, nest("passes")); }

OwningOpRef<ModuleOp> Compilation::runOnCopy(Stage stage) {
  OwningOpRef<ModuleOp> copy(module->clone());
  return succeeded(runPipeline(*copy, stage, nest("passes"))) ? std::move(copy) : OwningOpRef<ModuleOp>();
}

std::string printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  stream << '\n';
  return text;
}

std::string emitModuleSource(ModuleOp module) {
  cpp::Source source = cpp::emitCpp(module);
  return source.text + manifest::emitTable(manifest::buildManifest(module), source.entries);
}

} // namespace normc
