//===- NormDialect.cpp - the norm dialect --------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/NormDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

#include "dialects/Norm/NormDialect.cpp.inc"
#include "dialects/Norm/NormEnums.cpp.inc"
#include "dialects/Norm/NormInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Norm/NormOps.cpp.inc"

namespace normc::norm {

void NormDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Norm/NormOps.cpp.inc"
      >();
}

Operation *NormDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location location) {
  auto number = dyn_cast<TypedAttr>(value);
  return number ? builder.create<ConstantOp>(location, type, number) : nullptr;
}

} // namespace normc::norm
