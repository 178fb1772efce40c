//===- KernelCode.h - one GPU function of a kernel -----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_PTX_KERNELCODE_H
#define NORMC_COMPILER_BACKENDS_PTX_KERNELCODE_H

#include "compiler/Backends/Ptx/Accesses.h"
#include "compiler/Backends/Ptx/Monoids.h"
#include "compiler/Backends/Ptx/Scalars.h"
#include "dialects/Kernel/Order.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/SetVector.h"

namespace normc::ptx {

/// What the functions of a kernel have in common: their parameters.
struct Signature {
  llvm::SmallVector<Operand> buffers;              ///< without pointers: names and element types
  llvm::DenseMap<mlir::Value, unsigned> tensors;   ///< by tensor, its place among the buffers
  int64_t symbols = 0;                             ///< of the plan
  unsigned scalars = 0;                            ///< that the launch plan computes
};

/// One function: its parameters, and where the current point lies.
class KernelCode {
public:
  /// Adds a function of `threads` threads a block to `module`.
  KernelCode(mlir::gpu::GPUModuleOp module, kernel::KernelOp kernel, const Signature &signature, const std::string &name,
             unsigned indexWidth, int64_t threads);
  virtual ~KernelCode() = default;

  /// Ends the function, and makes its shared memory.
  void finish();

  Code &getCode() { return code; }
  /// Of a block, without what a launch adds.
  int64_t sharedBytes() const { return shared.size(); }

protected:
  const Operand &operandOf(mlir::Value tensor) const { return operands[signature.tensors.lookup(tensor)]; }
  const Operand &buffer(unsigned place) const { return operands[place]; }
  /// A number that the launch plan computes, as an index.
  mlir::Value scalar(unsigned number) const { return scalars[number]; }

  static mlir::RankedTensorType typeOf(mlir::Value tensor) {
    return mlir::cast<mlir::RankedTensorType>(tensor.getType());
  }
  bool variesAlong(mlir::Value tensor, unsigned axis) const { return varies(typeOf(tensor), joined[axis]); }
  mlir::Value resultOf(kernel::StoreOp store) { return kernel.getResult(store.getResult()); }

  /// A product of extents, -1 - k for symbol k, as an index, and as i64.
  mlir::Value product(llvm::ArrayRef<int64_t> extents);
  mlir::Value wideProduct(llvm::ArrayRef<int64_t> extents);
  mlir::Value extentOf(unsigned axis) { return product(extentsOf(kernel, joined[axis])); }
  mlir::Value productOf(llvm::ArrayRef<unsigned> axes);

  /// Where `number`, which counts the points of some joined axes, lies along each of them.
  void place(mlir::Value number, llvm::ArrayRef<unsigned> axes);
  /// ((i0 n1 + i1) n2 + i2) .., over the joined axes along which the tensor varies, those with no place at 0.
  mlir::Value positionOf(mlir::Value tensor);
  /// The position along an axis of the space.
  mlir::Value positionAlong(int64_t axis);

  mlir::Value buildScalar(mlir::Value value, Scope &scope) {
    return scalarBuilder.build(value, scope, [this](int64_t axis) { return positionAlong(axis); });
  }
  /// Binds what some loads yield, of which all are at the same place.
  void bindLoad(kernel::LoadOp load, mlir::Value stored, Scope &scope) {
    scope.bind(load.getResult(), fromStorage(code, stored, load.getType()));
  }
  /// The number of a sweep in its kernel.
  int sweepNumber(kernel::SweepOp sweep);
  /// The number of what is outside of sweeps: that of a sweep after the last one.
  int outsideSweeps() { return sweepNumber(kernel::SweepOp()); }

  mlir::gpu::GPUFuncOp function;
  kernel::KernelOp kernel;
  const Signature &signature;
  Code code;
  SharedMemory shared;
  llvm::SmallVector<kernel::JoinedAxis> joined;
  llvm::SmallVector<unsigned> parallel, reduced; ///< numbers of joined axes
  Values at;                                     ///< by joined axis: where the current point lies; null for 0
  const int64_t threads;

private:
  ScalarBuilder scalarBuilder;
  llvm::SmallVector<Operand> operands;
  Values symbols, scalars;
};

/// Points that a sweep needs: what its monoids add, what it stores, keeps and lets ride along.
llvm::SmallVector<mlir::Value> rootsOf(kernel::SweepOp sweep);
/// The loads among the ops that `roots` follow from.
llvm::SmallVector<kernel::LoadOp> loadsFor(kernel::SweepOp sweep, llvm::ArrayRef<mlir::Value> roots);

/// The ops of a kernel between its sweeps: those before sweep k are segment k, the last one follows all.
class Segments {
public:
  explicit Segments(kernel::KernelOp kernel);

  llvm::ArrayRef<mlir::Operation *> operator[](unsigned number) const { return ops[number]; }
  unsigned size() const { return ops.size(); }
  /// Values that segment `number` makes, or the sweep before it, and that what comes later reads. Constants and counts are none.
  llvm::ArrayRef<mlir::Value> handedOn(unsigned number) const { return handed[number]; }
  llvm::ArrayRef<kernel::SweepOp> sweeps() const { return swept; }
  bool hasStores(unsigned number) const;

private:
  llvm::SmallVector<llvm::SmallVector<mlir::Operation *>> ops;
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> handed;
  llvm::SmallVector<kernel::SweepOp> swept;
};

} // namespace normc::ptx

#endif // NORMC_COMPILER_BACKENDS_PTX_KERNELCODE_H
