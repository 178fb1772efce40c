//===- Source.cpp - reading and parsing what a user wrote ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Source.h"
#include "dialects/Kernel/KernelDialect.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

void registerDialects(DialectRegistry &registry) {
  registry.insert<norm::NormDialect, kernel::KernelDialect, func::FuncDialect, arith::ArithDialect, math::MathDialect>();
}

/// A whole file; of what has no length, as a device or a pipe, no more than one byte too much.
static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> readBounded(StringRef path) {
  const bool isStandardInput = path == "-";
  if (!isStandardInput && llvm::sys::fs::is_regular_file(path))
    return llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  llvm::sys::fs::file_t handle = llvm::sys::fs::getStdinHandle();
  if (!isStandardInput) {
    llvm::Expected<llvm::sys::fs::file_t> opened = llvm::sys::fs::openNativeFileForRead(path, llvm::sys::fs::OF_Text);
    if (!opened)
      return llvm::errorToErrorCode(opened.takeError());
    handle = *opened;
  }
  std::vector<char> text(1 << 16);
  size_t length = 0;
  std::error_code code;
  while (length <= maxTextBytes) {
    text.resize(std::max(text.size(), length * 2));
    llvm::Expected<size_t> read = llvm::sys::fs::readNativeFile(handle, llvm::MutableArrayRef(text).drop_front(length));
    if (!read) {
      code = llvm::errorToErrorCode(read.takeError());
      break;
    }
    if (*read == 0)
      break;
    length += *read;
  }
  if (!isStandardInput)
    llvm::sys::fs::closeFile(handle);
  if (code)
    return code;
  return llvm::MemoryBuffer::getMemBufferCopy(StringRef(text.data(), length), isStandardInput ? "<stdin>" : path);
}

std::unique_ptr<llvm::MemoryBuffer> readSource(StringRef path, std::string &error) {
  auto buffer = readBounded(path);
  if (!buffer) {
    error = fmt::format("{}: error: cannot be read: {}", path.str(), buffer.getError().message());
    return nullptr;
  }
  StringRef text = (*buffer)->getBuffer();
  if (TextFault fault = findTextFault(text); !fault.rule.empty()) {
    StringRef before = text.take_front(fault.position);
    size_t line = before.count('\n') + 1, column = fault.position - (before.rfind('\n') + 1) + 1;
    error = fmt::format("{}:{}:{}: error: {}", (*buffer)->getBufferIdentifier().str(), line, column, fault.rule);
    return nullptr;
  }
  return std::move(*buffer);
}

OwningOpRef<ModuleOp> parseSource(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::SourceMgr &sources,
                                  MLIRContext &context) {
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  ParserConfig config(&context);
  // The parser forgets the names of arguments, except in its own record of the text.
  Block block;
  AsmParserState state;
  StringRef name = sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  if (failed(parseAsmSourceFile(sources, &block, config, &state)))
    return nullptr;
  auto start = FileLineColLoc::get(&context, name, 1, 1);
  OwningOpRef<ModuleOp> module;
  if (llvm::hasSingleElement(block) && isa<ModuleOp>(block.front())) {
    module = cast<ModuleOp>(block.front());
    module->getOperation()->remove();
  } else {
    module = ModuleOp::create(start);
    module->getBody()->getOperations().splice(module->getBody()->begin(), block.getOperations());
  }
  for (const AsmParserState::BlockDefinition &definition : state.getBlockDefs())
    for (auto [argument, record] : llvm::zip(definition.block->getArguments(), definition.arguments)) {
      StringRef text(record.loc.Start.getPointer(), record.loc.End.getPointer() - record.loc.Start.getPointer());
      if (text.consume_front("%") && !text.empty() && !llvm::isDigit(text.front()))
        argument.setLoc(norm::named(text, argument.getLoc()));
    }
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace normc
