//===- Code.cpp - device code that is being built ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/Code.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace normc::ptx {

std::optional<int64_t> knownInteger(Value value) {
  APInt number;
  if (value && matchPattern(value, m_ConstantInt(&number)))
    return number.getSExtValue();
  return std::nullopt;
}

Value Code::integer(int64_t value, Type type) {
  return create<arith::ConstantOp>(getIntegerAttr(type ? type : Type(index), value));
}

Value Code::real(double value, Type type) { return create<arith::ConstantOp>(getFloatAttr(type, value)); }

Value Code::resize(Value value, Type type) {
  const unsigned from = value.getType().getIntOrFloatBitWidth(), to = type.getIntOrFloatBitWidth();
  if (from == to)
    return value;
  return from < to ? createOrFold<arith::ExtUIOp>(type, value) : createOrFold<arith::TruncIOp>(type, value);
}

Value Code::fma(Value a, Value b, Value c) { return create<LLVM::FMAOp>(a.getType(), a, b, c); }
// By name: the conversion to NVVM would have the ops of these intrinsics call a library.
static Value callIntrinsic(Code &code, StringRef name, Value a) {
  StringAttr intrinsic = code.getStringAttr("llvm." + name + (a.getType().isF32() ? ".f32" : ".f64"));
  return code.create<LLVM::CallIntrinsicOp>(a.getType(), intrinsic, a).getResults();
}
Value Code::absf(Value a) { return callIntrinsic(*this, "fabs", a); }
Value Code::sqrt(Value a) { return callIntrinsic(*this, "sqrt", a); }

Value Code::isFinite(Value a) {
  return comparef(arith::CmpFPredicate::OLT, absf(a), real(std::numeric_limits<double>::infinity(), a.getType()));
}

Value Code::toF64(Value a) { return a.getType().isF64() ? a : Value(create<arith::ExtFOp>(getF64Type(), a)); }

Values Code::ifElse(Value condition, TypeRange types, Then then, Then otherwise) {
  if (std::optional<int64_t> known = knownInteger(condition))
    return *known ? then() : otherwise();
  auto branch = create<scf::IfOp>(types, condition, /*addThenBlock=*/true, /*addElseBlock=*/true);
  auto fill = [&](Block *block, Then values) {
    InsertionGuard guard(*this);
    setInsertionPointToEnd(block);
    create<scf::YieldOp>(values());
  };
  fill(branch.thenBlock(), then);
  fill(branch.elseBlock(), otherwise);
  return Values(branch.getResults());
}

void Code::ifThen(Value condition, llvm::function_ref<void()> then) {
  if (std::optional<int64_t> known = knownInteger(condition)) {
    if (*known)
      then();
    return;
  }
  auto branch = create<scf::IfOp>(condition, /*withElseRegion=*/false);
  InsertionGuard guard(*this);
  setInsertionPoint(branch.thenBlock()->getTerminator());
  then();
}

Values Code::loop(Value first, Value end, Value step, ValueRange initial, Body body) {
  std::optional<int64_t> a = knownInteger(first), b = knownInteger(end), s = knownInteger(step);
  if (a && b && *b <= *a)
    return Values(initial);
  if (a && b && s && *b <= *a + *s)
    return body(first, initial);
  auto loop = create<scf::ForOp>(first, end, step, initial);
  InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  Values results = body(loop.getInductionVar(), loop.getRegionIterArgs());
  // Without values the loop has its terminator already.
  if (loop.getBody()->mightHaveTerminator())
    setInsertionPoint(loop.getBody()->getTerminator());
  else
    create<scf::YieldOp>(results);
  return Values(loop.getResults());
}

Values Code::loopWhile(ValueRange initial, llvm::function_ref<Value(ValueRange)> condition,
                       llvm::function_ref<Values(ValueRange)> body) {
  auto loop = create<scf::WhileOp>(initial.getTypes(), initial);
  InsertionGuard guard(*this);
  SmallVector<Location> locations(initial.size(), getLoc());
  createBlock(&loop.getBefore(), {}, initial.getTypes(), locations);
  Value isOn = condition(loop.getBeforeArguments());
  create<scf::ConditionOp>(isOn, loop.getBeforeArguments());
  createBlock(&loop.getAfter(), {}, initial.getTypes(), locations);
  Values next = body(loop.getAfterArguments());
  create<scf::YieldOp>(next);
  return Values(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

Value Code::threadIndex() { return create<NVVM::ThreadIdXOp>(getI32Type()); }
Value Code::blockIndex() { return toIndex(create<NVVM::BlockIdXOp>(getI32Type())); }
Value Code::gridSize() { return toIndex(create<NVVM::GridDimXOp>(getI32Type())); }
void Code::barrier() { create<NVVM::Barrier0Op>(); }
void Code::warpBarrier(Value members) { create<NVVM::SyncWarpOp>(members); }
void Code::clusterBarrier() {
  create<NVVM::ClusterArriveOp>(getUnitAttr());
  create<NVVM::ClusterWaitOp>(getUnitAttr());
}
void Code::fence() { create<LLVM::CallIntrinsicOp>(Type(), getStringAttr("llvm.nvvm.membar.gl"), ValueRange()); }

Value Code::toBits(Value value) {
  if (isa<FloatType>(value.getType()))
    value = bitcast(value, getIntegerType(value.getType().getIntOrFloatBitWidth()));
  return resize(value, getI64Type());
}
Value Code::fromBits(Value bits, Type type) {
  bits = resize(bits, getIntegerType(type.getIntOrFloatBitWidth()));
  return isa<FloatType>(type) ? bitcast(bits, type) : bits;
}

Value Code::shuffle(Value value, Value lane, Value members, bool isXor) {
  Type type = value.getType();
  if (type.getIntOrFloatBitWidth() == 64) {
    // The halves one by one.
    Value bits = isa<FloatType>(type) ? bitcast(value, getI64Type()) : value;
    Value low = shuffle(resize(bits, getI32Type()), lane, members, isXor);
    Value high = shuffle(resize(shr(bits, 32u), getI32Type()), lane, members, isXor);
    Value joined = bitOr(resize(low, getI64Type()), shl(resize(high, getI64Type()), 32u));
    return isa<FloatType>(type) ? bitcast(joined, type) : joined;
  }
  if (type.getIntOrFloatBitWidth() < 32)
    return resize(shuffle(resize(value, getI32Type()), lane, members, isXor), type);
  return create<NVVM::ShflOp>(type, members, value, lane, integer(31, getI32Type()),
                              isXor ? NVVM::ShflKind::bfly : NVVM::ShflKind::idx, UnitAttr());
}

Value Code::shuffleXor(Value value, unsigned mask, Value members) {
  return shuffle(value, integer(mask, getI32Type()), members, /*isXor=*/true);
}
Value Code::shuffleFrom(Value value, Value lane, Value members) { return shuffle(value, lane, members, /*isXor=*/false); }

} // namespace normc::ptx
