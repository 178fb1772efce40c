//===- Scalars.cpp - scalars of the kernel dialect, on the device --------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Scalars.h"
#include "dialects/Kernel/Functions/Functions.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace normc::ptx {

static bool isHalf(Type type) { return type.isF16() || type.isBF16(); }

Type deviceType(Type scalar) { return isHalf(scalar) ? IntegerType::get(scalar.getContext(), 16) : scalar; }

Value fromStorage(Code &code, Value stored, Type element) {
  if (!element.isInteger(1))
    return stored;
  return code.compare(arith::CmpIPredicate::ne, stored, code.integer(0, stored.getType()));
}

Value toStorage(Code &code, Value scalar, Type element) {
  return element.isInteger(1) ? code.resize(scalar, code.getI8Type()) : scalar;
}

SmallVector<Operation *> neededFor(Block &block, ArrayRef<Value> roots) {
  llvm::SmallPtrSet<Operation *, 32> needed;
  SmallVector<Value> open(roots);
  while (!open.empty()) {
    Operation *op = open.pop_back_val().getDefiningOp();
    if (op && op->getBlock() == &block && needed.insert(op).second)
      llvm::append_range(open, op->getOperands());
  }
  SmallVector<Operation *> ordered;
  for (Operation &op : block)
    if (needed.contains(&op))
      ordered.push_back(&op);
  return ordered;
}

Value ScalarBuilder::build(Value scalar, Scope &scope, const Index &index) {
  // Operands come first, without recursion, however long the chain is.
  SmallVector<Value> open = {scalar};
  while (!open.empty()) {
    Value next = open.back();
    if (scope.lookup(next)) {
      open.pop_back();
      continue;
    }
    const size_t before = open.size();
    for (Value operand : next.getDefiningOp()->getOperands())
      if (!isa<RankedTensorType>(operand.getType()) && !scope.lookup(operand))
        open.push_back(operand);
    if (open.size() != before)
      continue;
    scope.bind(next, buildOp(next.getDefiningOp(), scope, index));
    open.pop_back();
  }
  return scope.lookup(scalar);
}

Value ScalarBuilder::buildOp(Operation *op, Scope &scope, const Index &index) {
  Code::InsertionGuard guard(code);
  Location location = code.getLoc();
  // The user's name goes along.
  if (isa<NameLoc>(op->getLoc()))
    code.setLoc(op->getLoc());
  auto operand = [&](unsigned i) { return scope.lookup(op->getOperand(i)); };
  auto cast = [&](Type from) { return isHalf(from); };
  Value value =
      llvm::TypeSwitch<Operation *, Value>(op)
          .Case([&](arith::ConstantOp constant) -> Value {
            if (auto number = dyn_cast<FloatAttr>(constant.getValue()); number && cast(number.getType()))
              return code.integer(number.getValue().bitcastToAPInt().getZExtValue(), code.getIntegerType(16));
            return code.clone(*op)->getResult(0);
          })
          .Case([&](arith::ExtFOp extend) {
            Value wide = operand(0);
            if (cast(extend.getIn().getType()))
              wide = widen(code, wide, extend.getIn().getType());
            return extend.getType().isF64() ? code.toF64(wide) : wide;
          })
          .Case([&](arith::TruncFOp truncate) -> Value {
            if (cast(truncate.getType()))
              return narrow(code, operand(0), truncate.getType());
            return code.create<arith::TruncFOp>(truncate.getType(), operand(0));
          })
          .Case([&](arith::SelectOp) { return code.select(operand(0), operand(1), operand(2)); })
          .Case([&](arith::MaxSIOp) {
            Value a = operand(0), b = operand(1);
            return code.select(code.compare(arith::CmpIPredicate::slt, a, b), b, a);
          })
          .Case([&](arith::MinSIOp) {
            Value a = operand(0), b = operand(1);
            return code.select(code.compare(arith::CmpIPredicate::slt, b, a), b, a);
          })
          .Case([&](math::FmaOp) { return code.fma(operand(0), operand(1), operand(2)); })
          .Case([&](math::AbsFOp) { return code.absf(operand(0)); })
          .Case([&](math::SqrtOp) { return code.sqrt(operand(0)); })
          .Case([&](kernel::RestOp) {
            // f32(g - f32(g)), 0 where that is not finite
            Value g = operand(0);
            Value left = code.subf(g, code.toF64(code.create<arith::TruncFOp>(code.getF32Type(), g)));
            return code.select(code.isFinite(left), code.create<arith::TruncFOp>(code.getF32Type(), left),
                               code.real(0.0, code.getF32Type()));
          })
          .Case([&](kernel::IndexOp position) { return code.resize(index(position.getAxis()), code.getI64Type()); })
          .Case([&](kernel::CountOp count) { return extents(count.getExtents()); })
          .Default([&](Operation *) -> Value {
            Values operands;
            for (unsigned i = 0; i < op->getNumOperands(); ++i)
              operands.push_back(operand(i));
            if (std::optional<kernel::Function> function = kernel::functionOf(op))
              return kernel::buildFunction(code, *function, operands);
            IRMapping mapping;
            mapping.map(op->getOperands(), operands);
            return code.clone(*op, mapping)->getResult(0);
          });
  code.setLoc(location);
  return value;
}

} // namespace normc::ptx
