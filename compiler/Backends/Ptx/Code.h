//===- Code.h - device code that is being built --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_CODE_H
#define NORMC_COMPILER_BACKENDS_PTX_CODE_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace normc::ptx {

using Values = llvm::SmallVector<mlir::Value>;

/// Builds the body of one GPU function. Positions are integers of `index`: i32 where every position of the operands fits, i64
/// elsewhere. They are never negative. What is known now is folded as it is built.
class Code : public mlir::ImplicitLocOpBuilder {
public:
  Code(mlir::Location location, mlir::Block *block, mlir::IntegerType index)
      : ImplicitLocOpBuilder(location, mlir::OpBuilder::atBlockEnd(block)), index(index) {}

  /// Before an op.
  Code(mlir::Operation *op, mlir::IntegerType index)
      : ImplicitLocOpBuilder(op->getLoc(), mlir::OpBuilder(op)), index(index) {}

  const mlir::IntegerType index;

  //===--- numbers --------------------------------------------------------===//

  mlir::Value integer(int64_t value, mlir::Type type = nullptr);
  mlir::Value real(double value, mlir::Type type);
  mlir::Value boolean(bool value) { return integer(value, getI1Type()); }

  mlir::Value add(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::AddIOp>(a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::SubIOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::MulIOp>(a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::DivUIOp>(a, b); }
  mlir::Value rem(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::RemUIOp>(a, b); }
  mlir::Value bitAnd(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::AndIOp>(a, b); }
  mlir::Value bitOr(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::OrIOp>(a, b); }
  mlir::Value shl(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::ShLIOp>(a, b); }
  mlir::Value shr(mlir::Value a, mlir::Value b) { return createOrFold<mlir::arith::ShRUIOp>(a, b); }
  mlir::Value add(mlir::Value a, int64_t b) { return add(a, integer(b, a.getType())); }
  mlir::Value sub(mlir::Value a, int64_t b) { return sub(a, integer(b, a.getType())); }
  mlir::Value mul(mlir::Value a, int64_t b) { return mul(a, integer(b, a.getType())); }
  mlir::Value div(mlir::Value a, int64_t b) { return div(a, integer(b, a.getType())); }
  mlir::Value rem(mlir::Value a, int64_t b) { return rem(a, integer(b, a.getType())); }
  mlir::Value bitAnd(mlir::Value a, uint64_t b) { return bitAnd(a, integer(int64_t(b), a.getType())); }
  mlir::Value bitOr(mlir::Value a, uint64_t b) { return bitOr(a, integer(int64_t(b), a.getType())); }
  mlir::Value shl(mlir::Value a, unsigned b) { return shl(a, integer(b, a.getType())); }
  mlir::Value shr(mlir::Value a, unsigned b) { return shr(a, integer(b, a.getType())); }
  /// The least multiple of `b` that is not below `a`, in units of `b`.
  mlir::Value ceilDiv(mlir::Value a, mlir::Value b) { return div(add(a, sub(b, 1)), b); }

  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a, mlir::Value b) {
    return createOrFold<mlir::arith::CmpIOp>(predicate, a, b);
  }
  /// Of unsigned numbers.
  mlir::Value less(mlir::Value a, mlir::Value b) { return compare(mlir::arith::CmpIPredicate::ult, a, b); }
  mlir::Value less(mlir::Value a, int64_t b) { return less(a, integer(b, a.getType())); }
  mlir::Value equal(mlir::Value a, int64_t b) {
    return compare(mlir::arith::CmpIPredicate::eq, a, integer(b, a.getType()));
  }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b) {
    return createOrFold<mlir::arith::SelectOp>(condition, a, b);
  }
  mlir::Value least(mlir::Value a, mlir::Value b) { return select(less(a, b), a, b); }
  mlir::Value most(mlir::Value a, mlir::Value b) { return select(less(a, b), b, a); }
  /// An integer of another width; what is widened is not negative.
  mlir::Value resize(mlir::Value value, mlir::Type type);
  mlir::Value toIndex(mlir::Value value) { return resize(value, index); }

  //===--- floats ---------------------------------------------------------===//

  mlir::Value addf(mlir::Value a, mlir::Value b) { return create<mlir::arith::AddFOp>(a, b); }
  mlir::Value subf(mlir::Value a, mlir::Value b) { return create<mlir::arith::SubFOp>(a, b); }
  mlir::Value mulf(mlir::Value a, mlir::Value b) { return create<mlir::arith::MulFOp>(a, b); }
  mlir::Value divf(mlir::Value a, mlir::Value b) { return create<mlir::arith::DivFOp>(a, b); }
  mlir::Value negf(mlir::Value a) { return create<mlir::arith::NegFOp>(a); }
  mlir::Value comparef(mlir::arith::CmpFPredicate predicate, mlir::Value a, mlir::Value b) {
    return create<mlir::arith::CmpFOp>(predicate, a, b);
  }
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  mlir::Value absf(mlir::Value a);
  mlir::Value sqrt(mlir::Value a);
  mlir::Value isFinite(mlir::Value a);
  /// To f64, or as it is.
  mlir::Value toF64(mlir::Value a);
  mlir::Value bitcast(mlir::Value a, mlir::Type type) { return create<mlir::arith::BitcastOp>(type, a); }
  /// Any scalar as 64 bits, and back.
  mlir::Value toBits(mlir::Value value);
  mlir::Value fromBits(mlir::Value bits, mlir::Type type);

  //===--- control flow ---------------------------------------------------===//

  using Then = llvm::function_ref<Values()>;
  /// What `then` or `otherwise` yields. A condition that is known now leaves one of them.
  Values ifElse(mlir::Value condition, mlir::TypeRange types, Then then, Then otherwise);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> then);
  /// for (i = first; i < end; i += step) values = body(i, values); none or one turn that is known now is no loop.
  using Body = llvm::function_ref<Values(mlir::Value, mlir::ValueRange)>;
  Values loop(mlir::Value first, mlir::Value end, mlir::Value step, mlir::ValueRange initial, Body body);
  /// while (condition(values)) values = body(values).
  Values loopWhile(mlir::ValueRange initial, llvm::function_ref<mlir::Value(mlir::ValueRange)> condition,
                   llvm::function_ref<Values(mlir::ValueRange)> body);

  //===--- threads --------------------------------------------------------===//

  mlir::Value threadIndex(); ///< i32
  mlir::Value blockIndex();  ///< as an index
  mlir::Value gridSize();    ///< as an index
  void barrier();
  /// Of the `members` of a warp.
  void warpBarrier(mlir::Value members);
  /// Of all threads of a cluster of blocks; of a block where it is alone.
  void clusterBarrier();
  /// What the thread knows of memory, all that see what it does after this know, too.
  void fence();
  /// The value of the lane whose number differs in the bits of `mask`, among the `members` of the warp.
  mlir::Value shuffleXor(mlir::Value value, unsigned mask, mlir::Value members);
  /// The value that lane `lane` (i32) has.
  mlir::Value shuffleFrom(mlir::Value value, mlir::Value lane, mlir::Value members);

private:
  mlir::Value shuffle(mlir::Value value, mlir::Value lane, mlir::Value members, bool isXor);
};

/// The integer that a value is known to be now.
std::optional<int64_t> knownInteger(mlir::Value value);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_CODE_H
