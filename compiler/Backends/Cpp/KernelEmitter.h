//===- KernelEmitter.h - one kernel as a C++ function --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_KERNELEMITTER_H
#define NORMC_COMPILER_BACKENDS_CPP_KERNELEMITTER_H

#include "compiler/Backends/Cpp/Expression.h"
#include "compiler/Backends/Cpp/Names.h"

namespace normc::cpp {

/// A kernel as text, and what it needs to be called.
struct KernelFunction {
  std::string formula;                       ///< comment lines above it
  std::string heading;                       ///< static void NAME(..)
  std::string body;                          ///< lines between its braces
  std::set<int64_t> symbols;                 ///< its first parameters
  llvm::SetVector<mlir::Value> tensors;      ///< read, then written: its other parameters
  bool canThrow = false;                     ///< std::bad_alloc, where there is no memory for what it keeps meanwhile
  bool isThreaded = false;                   ///< takes the number of threads before all others
  bool usesThreads = false;                  ///< outside of pragmas, which a compiler without OpenMP does not see
  std::string definition() const { return formula + heading + " {\n" + body + "}\n"; }
};

/// `tensors` names every value of the plan.
KernelFunction emitKernel(kernel::KernelOp kernel, const std::string &name,
                          const llvm::DenseMap<mlir::Value, std::string> &tensors);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_KERNELEMITTER_H
