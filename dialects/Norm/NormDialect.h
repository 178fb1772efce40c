//===- NormDialect.h - the norm dialect ----------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_DIALECTS_NORM_NORMDIALECT_H
#define NORMC_DIALECTS_NORM_NORMDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/Norm/Assembly.h"
#include "dialects/Norm/Extents.h"
#include "dialects/Norm/Inverse.h"
#include "dialects/Norm/TermBuilder.h"

namespace normc::norm {

/// Trait: attributes that the op does not declare are errors, not ignored.
template <typename ConcreteOp>
class DeclaredAttributes : public mlir::OpTrait::TraitBase<ConcreteOp, DeclaredAttributes> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyDeclaredAttributes(op); }
};

} // namespace normc::norm

#include "dialects/Norm/NormDialect.h.inc"
#include "dialects/Norm/NormEnums.h.inc"
#include "dialects/Norm/NormInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/Norm/NormOps.h.inc"

namespace normc::norm {

/// Whether a use reads only the extents of its value, not its data.
inline bool readsOnlyExtents(mlir::OpOperand &use) {
  return mlir::isa<IndexOp, CountOp, RankOp>(use.getOwner()) ||
         (mlir::isa<BroadcastOp, MergeOp>(use.getOwner()) && use.getOperandNumber() == 1);
}

/// Whether an op, which may be null, reduces its operand over axes.
inline bool isReduction(mlir::Operation *op) {
  return mlir::isa_and_nonnull<SumOp, MeanOp, MaxOverOp, MinOverOp, SquaredDeviationsOp>(op);
}

} // namespace normc::norm

#endif // NORMC_DIALECTS_NORM_NORMDIALECT_H
