//===- EmitCpp.h - plans as C++ source -----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_EMITCPP_H
#define NORMC_COMPILER_BACKENDS_CPP_EMITCPP_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <string>

namespace normc::cpp {

/// A self-contained C++17 file.
struct Source {
  std::string text;
  llvm::StringMap<std::string> entries; ///< by plan: the name of its extern "C" function
};

/// Emits a function for each kernel and an extern "C" function for each plan of `module`, which form-kernels has made:
/// `int32_t normc_NAME(extent symbols.., arguments.., results.., context)`.
Source emitCpp(mlir::ModuleOp module);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_EMITCPP_H
