//===- Functions.h - elementary functions as C++ -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H
#define NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H

#include "dialects/Kernel/Functions/Functions.h"

#include "mlir/IR/BuiltinTypes.h"
#include <set>
#include <string>

namespace normc::cpp {

/// The elementary functions that a file calls, each for f32 or f64.
class Functions {
public:
  /// The name under which `op` is called in emitted code: "exp_f32"; empty where it is no elementary function.
  std::string use(mlir::Operation *op);
  void use(kernel::Function function, mlir::FloatType type) { used.insert({function, type.getWidth()}); }
  void use(const Functions &others) { used.insert(others.used.begin(), others.used.end()); }

  /// The definitions of all that were used, and of the two conversions that they call.
  std::string define(mlir::MLIRContext *context) const;

private:
  std::set<std::pair<kernel::Function, unsigned>> used; // with the width of the type
};

/// One of them: `inline float exp_f32(float x) { .. }`, and how it works and how far off it is as a comment.
std::string emitFunction(kernel::Function function, mlir::FloatType type);

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_FUNCTIONS_H
