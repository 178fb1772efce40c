//===- normc-opt.cpp - runs passes over textual IR -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Source.h"
#include "compiler/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  normc::registerDialects(registry);
  normc::registerNormcPasses();
  registerCanonicalizerPass();
  registerCSEPass();
  registerSymbolDCEPass();

  auto [input, output] = registerAndParseCLIOptions(argc, argv, "normc-opt: passes over normalization graphs\n", registry);
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> buffer = normc::readSource(input, error);
  if (!buffer) {
    llvm::errs() << error << '\n';
    return 1;
  }
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &error);
  if (!file) {
    llvm::errs() << error << '\n';
    return 1;
  }
  if (failed(MlirOptMain(file->os(), std::move(buffer), registry, MlirOptMainConfig::createFromCLOptions())))
    return 1;
  file->keep();
  return 0;
}
