//===- emit.cpp - prints the elementary functions as C++ -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A header of all functions, and of the bounds that they promise to keep.
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/raw_ostream.h"

using namespace normc;

int main() {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::arith::ArithDialect, mlir::math::MathDialect>();
  llvm::outs() << "#include <cmath>\n#include <cstdint>\n#include <cstring>\n#include <limits>\n\nnamespace {\n"
               << cpp::emitConversions();
  for (kernel::Function function : kernel::functions)
    for (mlir::FloatType type : {mlir::FloatType::getF32(&context), mlir::FloatType::getF64(&context)})
      llvm::outs() << '\n'
                   << cpp::emitFunction(function, type) << "[[maybe_unused]] constexpr double "
                   << kernel::functionName(function, type) << "_bound = " << kernel::boundOf(function, type) << ";\n";
  llvm::outs() << "\n} // namespace\n";
}
