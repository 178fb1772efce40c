//===- EmitDerivation.h - from the chain rule to the closed form --------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_DERIVATION_EMITDERIVATION_H
#define NORMC_COMPILER_BACKENDS_DERIVATION_EMITDERIVATION_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace normc::derivation {

enum class Format { text, latex };

/// Writes for a person how each gradient of `module`, which differentiate has made, comes to its closed form: what is
/// computed, the chain rule, each step with the rule that it follows, and the results. Without gradients, the same of
/// each function. Fails after an error where extents contradict each other.
mlir::FailureOr<std::string> emitDerivation(mlir::ModuleOp module, Format format);

} // namespace normc::derivation

#endif // NORMC_COMPILER_BACKENDS_DERIVATION_EMITDERIVATION_H
