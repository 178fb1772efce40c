//===- Source.h - reading and parsing what a user wrote ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_TOOLS_SOURCE_H
#define NORMC_COMPILER_TOOLS_SOURCE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <memory>
#include <string>

namespace normc {

/// The dialects that a file may use.
void registerDialects(mlir::DialectRegistry &registry);

/// Reads a file, `-` for standard input, and checks that it is safe to parse: MLIR's parser limits neither nesting nor what
/// aliases expand to. Null, with a message that begins with the place, where it is not.
std::unique_ptr<llvm::MemoryBuffer> readSource(llvm::StringRef path, std::string &error);

/// Bytes of a text that are read at most.
inline constexpr size_t maxTextBytes = 64u << 20;

/// Where text exceeds what the parser survives: the position and the rule; empty where it does not.
struct TextFault {
  size_t position = 0;
  std::string rule;
};
TextFault findTextFault(llvm::StringRef text);

/// Parses a buffer; arguments of functions are named as they are in the text. Null after an error.
mlir::OwningOpRef<mlir::ModuleOp> parseSource(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::SourceMgr &sources,
                                              mlir::MLIRContext &context);

} // namespace normc

#endif // NORMC_COMPILER_TOOLS_SOURCE_H
