//===- Compilation.h - a file on its way through the compiler ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_COMPILATION_H
#define NORMC_COMPILER_TOOLS_COMPILATION_H

#include "compiler/Pipelines.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/SourceMgr.h"
#include <memory>

namespace mlir {
class SourceMgrDiagnosticHandler;
}

namespace normc {

/// Owns what a file needs while it is compiled. Errors go to standard error, with their place in the file.
class Compilation {
public:
  /// What takes how long is timed under `timing`, if there is one.
  explicit Compilation(mlir::TimingScope *timing = nullptr);
  ~Compilation();

  /// Reads and parses a file, `-` for standard input.
  llvm::LogicalResult parse(llvm::StringRef path);
  /// Takes the module to a stage.
  llvm::LogicalResult run(Stage stage);
  /// A copy of the module, taken to a stage; null after an error.
  mlir::OwningOpRef<mlir::ModuleOp> runOnCopy(Stage stage);

  mlir::ModuleOp getModule() { return *module; }

private:
  mlir::TimingScope nest(llvm::StringRef stage) { return timing ? timing->nest(stage) : mlir::TimingScope(); }

  mlir::TimingScope *timing;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  std::unique_ptr<mlir::SourceMgrDiagnosticHandler> handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// A module as text.
std::string printModule(mlir::ModuleOp module);

/// A module of kernels as the C++ of a loadable module: kernels, entries and the table.
std::string emitModuleSource(mlir::ModuleOp module);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_COMPILATION_H
