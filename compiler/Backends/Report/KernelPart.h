//===- KernelPart.h - kernels and the bytes that they move -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_REPORT_KERNELPART_H
#define NORMC_COMPILER_BACKENDS_REPORT_KERNELPART_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace normc::report {

/// The part of the page about the plans of a module: for each kernel its formula and its certificate.
std::string kernelPart(mlir::ModuleOp module);

} // namespace normc::report

#endif // NORMC_COMPILER_BACKENDS_REPORT_KERNELPART_H
