//===- Scalars.h - scalars of the kernel dialect, on the device ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_SCALARS_H
#define NORMC_COMPILER_BACKENDS_PTX_SCALARS_H

#include "compiler/Backends/Ptx/Code.h"
#include "dialects/Kernel/KernelDialect.h"

#include "llvm/ADT/DenseMap.h"

namespace normc::ptx {

/// The scalars of a point, or of a group, that device code has. What a point reads of its group is found in the outer scope.
class Scope {
public:
  explicit Scope(const Scope *outer = nullptr) : outer(outer) {}
  mlir::Value lookup(mlir::Value scalar) const {
    if (mlir::Value found = own.lookup(scalar))
      return found;
    return outer ? outer->lookup(scalar) : mlir::Value();
  }
  void bind(mlir::Value scalar, mlir::Value value) { own[scalar] = value; }

private:
  const Scope *outer;
  llvm::DenseMap<mlir::Value, mlir::Value> own;
};

/// Builds scalars that follow from those of a scope. Loads, kept scalars and results of sweeps are in it already.
class ScalarBuilder {
public:
  /// `extents` yields the product of some extents, -1 - k for symbol k, as i64; `index` where the current point lies along an axis.
  using Extents = std::function<mlir::Value(llvm::ArrayRef<int64_t>)>;
  using Index = std::function<mlir::Value(int64_t)>;
  ScalarBuilder(Code &code, Extents extents) : code(code), extents(std::move(extents)) {}

  mlir::Value build(mlir::Value scalar, Scope &scope, const Index &index);

private:
  mlir::Value buildOp(mlir::Operation *op, Scope &scope, const Index &index);

  Code &code;
  Extents extents;
};

/// The type that device code has for a scalar: f16 and bf16 are their bits.
mlir::Type deviceType(mlir::Type scalar);

/// A stored element as the scalar that a load yields, and back.
mlir::Value fromStorage(Code &code, mlir::Value stored, mlir::Type element);
mlir::Value toStorage(Code &code, mlir::Value scalar, mlir::Type element);

/// 16-bit floats by integer arithmetic, so that each device has the same bits: from and to f32. From f64 by way of an f32 that is
/// rounded to odd, so that nothing is rounded twice.
mlir::Value widen(Code &code, mlir::Value bits, mlir::Type from);
mlir::Value narrow(Code &code, mlir::Value value, mlir::Type to);

/// The scalars of a block that `roots` need, in order.
llvm::SmallVector<mlir::Operation *> neededFor(mlir::Block &block, llvm::ArrayRef<mlir::Value> roots);

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_SCALARS_H
