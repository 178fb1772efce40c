//===- GpuModule.cpp - modules with GPU kernels --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/GpuModule.h"

#include <fmt/format.h>

using namespace llvm;

namespace normc {

Expected<std::string> compileGpuModule(mlir::ModuleOp, StringRef target) {
  return createStringError(fmt::format("this normc compiles no graphs for {}: it was built without the PTX backend",
                                       target.str()));
}

} // namespace normc
