//===- Ptxas.cpp - machine code of PTX -----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Ptxas.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace llvm;

namespace normc {

Expected<std::string> assemble(StringRef ptx, StringRef target) {
  ErrorOr<std::string> program = sys::findProgramByName("ptxas");
  if (!program)
    program = sys::findProgramByName("ptxas", {"/usr/local/cuda/bin", "/opt/cuda/bin"});
  if (!program)
    return createStringError("ptxas is not found: a cubin needs the CUDA Toolkit, on the path or in /usr/local/cuda");
  SmallString<128> directory;
  if (std::error_code code = sys::fs::createUniqueDirectory("normc", directory))
    return createStringError(fmt::format("a temporary directory cannot be made: {}", code.message()));
  auto cleanup = make_scope_exit([&] { sys::fs::remove_directories(directory); });
  const std::string base(directory), input = base + "/kernels.ptx", output = base + "/kernels.cubin", log = base + "/log";
  std::error_code code;
  raw_fd_ostream file(input, code);
  if (!code) {
    file << ptx;
    file.close();
    code = file.error();
    file.clear_error();
  }
  if (code)
    return createStringError(fmt::format("{}: cannot be written: {}", input, code.message()));
  const std::string name = "--gpu-name=" + target.str();
  StringRef arguments[] = {*program, name, input, "-o", output};
  std::string message;
  int status = sys::ExecuteAndWait(*program, arguments, std::nullopt, {StringRef(""), StringRef(log), StringRef(log)},
                                   /*SecondsToWait=*/600, /*MemoryLimit=*/0, &message);
  if (status != 0) {
    auto printed = MemoryBuffer::getFile(log);
    std::string what = printed ? (*printed)->getBuffer().take_front(4000).str() : std::string();
    return createStringError(fmt::format("{} failed with status {} on the emitted PTX{}{}\n{}", *program, status,
                                         message.empty() ? "" : ": ", message, what));
  }
  auto cubin = MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!cubin)
    return createStringError(fmt::format("{}: cannot be read: {}", output, cubin.getError().message()));
  return (*cubin)->getBuffer().str();
}

} // namespace normc
