//===- emit.cpp - prints the elementary functions as C++ -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
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
  cpp::Functions functions;
  for (unsigned function = 0; function <= unsigned(kernel::Function::pow); ++function)
    for (mlir::FloatType type : {mlir::FloatType::getF32(&context), mlir::FloatType::getF64(&context)})
      functions.use(kernel::Function(function), type);
  llvm::outs() << "#pragma once\n#include <cmath>\n#include <cstdint>\n#include <cstring>\n#include <limits>\n"
               << functions.define(&context);
}
