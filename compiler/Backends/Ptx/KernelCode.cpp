//===- KernelCode.cpp - one GPU function of a kernel ---------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Ptx/KernelCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using normc::kernel::JoinedAxis;

namespace normc::ptx {

/// Pointers, symbols of the plan, and scalars, as runtime/module_format.h has them.
static gpu::GPUFuncOp createFunction(gpu::GPUModuleOp module, Location location, const Signature &signature,
                                     const std::string &name, int64_t threads) {
  OpBuilder builder(module.getBody()->getTerminator());
  MLIRContext *context = module.getContext();
  SmallVector<Type> types(signature.buffers.size(), LLVM::LLVMPointerType::get(context, globalSpace));
  types.append(signature.symbols + signature.scalars, builder.getI64Type());
  auto function = builder.create<gpu::GPUFuncOp>(location, name, builder.getFunctionType(types, {}));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(), builder.getDenseI32ArrayAttr({int32_t(threads)}));
  // What is constant may be read through the cache for that.
  for (auto [number, buffer] : llvm::enumerate(signature.buffers))
    if (buffer.isConstant) {
      function.setArgAttr(number, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
      function.setArgAttr(number, LLVM::LLVMDialect::getReadonlyAttrName(), builder.getUnitAttr());
    }
  // Registers are not to be spilled for the sake of more blocks on a multiprocessor.
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), builder.getI32IntegerAttr(1));
  return function;
}

KernelCode::KernelCode(gpu::GPUModuleOp module, kernel::KernelOp kernel, const Signature &signature,
                       const std::string &name, unsigned indexWidth, int64_t threads)
    : function(createFunction(module, kernel.getLoc(), signature, name, threads)), kernel(kernel), signature(signature),
      code(kernel.getLoc(), &function.getBody().front(), IntegerType::get(module.getContext(), indexWidth)),
      shared(name + "_shared"), joined(joinedAxes(kernel)), threads(threads),
      scalarBuilder(code, [this](ArrayRef<int64_t> extents) { return wideProduct(extents); }) {
  for (auto [number, axis] : llvm::enumerate(joined))
    (axis.isParallel ? parallel : reduced).push_back(number);
  at.resize(joined.size());
  unsigned argument = 0;
  for (const Operand &buffer : signature.buffers)
    operands.push_back({function.getArgument(argument++), buffer.element, buffer.name});
  for (int64_t symbol = 0; symbol < signature.symbols; ++symbol)
    symbols.push_back(function.getArgument(argument++));
  for (unsigned number = 0; number < signature.scalars; ++number)
    scalars.push_back(code.toIndex(function.getArgument(argument++)));
}

void KernelCode::finish() {
  code.create<gpu::ReturnOp>();
  if (shared.size() == 0)
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(cast<gpu::GPUModuleOp>(function->getParentOp()).getBody());
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), shared.size());
  builder.create<LLVM::GlobalOp>(function.getLoc(), type, /*isConstant=*/false, LLVM::Linkage::Internal, shared.name(),
                                 Attribute(), /*alignment=*/16, sharedSpace);
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

Value KernelCode::wideProduct(ArrayRef<int64_t> extents) {
  Value value = code.integer(1, code.getI64Type());
  for (int64_t extent : extents)
    value = code.mul(value, extent >= 0 ? code.integer(extent, code.getI64Type()) : symbols[-1 - extent]);
  return value;
}

Value KernelCode::product(ArrayRef<int64_t> extents) {
  Value value = code.integer(1);
  for (int64_t extent : extents)
    value = code.mul(value, extent >= 0 ? code.integer(extent) : code.toIndex(symbols[-1 - extent]));
  return value;
}

Value KernelCode::productOf(ArrayRef<unsigned> axes) {
  SmallVector<int64_t> extents;
  for (unsigned axis : axes)
    llvm::append_range(extents, extentsOf(kernel, joined[axis]));
  return product(extents);
}

void KernelCode::place(Value number, ArrayRef<unsigned> axes) {
  for (size_t i = 0; i < axes.size(); ++i) {
    ArrayRef<unsigned> inner = axes.drop_front(i + 1);
    if (inner.empty()) {
      at[axes[i]] = number;
      return;
    }
    Value size = productOf(inner);
    at[axes[i]] = code.div(number, size);
    number = code.sub(number, code.mul(at[axes[i]], size));
  }
}

Value KernelCode::positionOf(Value tensor) {
  Value position;
  for (unsigned axis = 0; axis < joined.size(); ++axis) {
    if (!variesAlong(tensor, axis))
      continue;
    if (position)
      position = code.mul(position, extentOf(axis));
    if (at[axis])
      position = position ? code.add(position, at[axis]) : at[axis];
  }
  return position ? position : code.integer(0);
}

Value KernelCode::positionAlong(int64_t axis) {
  for (unsigned number = 0; number < joined.size(); ++number)
    if (llvm::is_contained(joined[number].axes, axis))
      return at[number];
  return code.integer(0);
}

int KernelCode::sweepNumber(kernel::SweepOp sweep) {
  int number = 0;
  for (kernel::SweepOp other : kernel.getBody().getOps<kernel::SweepOp>()) {
    if (other == sweep)
      break;
    ++number;
  }
  return number;
}

//===----------------------------------------------------------------------===//
// What a sweep, or a segment between two, needs
//===----------------------------------------------------------------------===//

SmallVector<Value> rootsOf(kernel::SweepOp sweep) {
  SmallVector<Value> roots;
  auto addTerm = [&](kernel::Monoid monoid, Value value) {
    Term term = termOf(monoid, value);
    roots.push_back(term.value);
    if (term.other)
      roots.push_back(term.other);
  };
  for (auto [index, term] : llvm::enumerate(sweep.getYield().getValues()))
    addTerm(sweep.getMonoid(index), term);
  for (Operation &op : sweep.getBody().front())
    if (isa<kernel::StoreOp, kernel::KeepOp>(op))
      roots.push_back(op.getOperand(0));
    else if (isa<kernel::AccumulateOp>(op))
      addTerm(kernel::Monoid::sum, op.getOperand(0));
  return roots;
}

SmallVector<kernel::LoadOp> loadsFor(kernel::SweepOp sweep, ArrayRef<Value> roots) {
  SmallVector<kernel::LoadOp> loads;
  for (Operation *op : neededFor(sweep.getBody().front(), roots))
    if (auto load = dyn_cast<kernel::LoadOp>(op))
      loads.push_back(load);
  return loads;
}

Segments::Segments(kernel::KernelOp kernel) : ops(1) {
  for (Operation &op : kernel.getBody().front())
    if (auto sweep = dyn_cast<kernel::SweepOp>(op)) {
      swept.push_back(sweep);
      ops.emplace_back();
    } else {
      ops.back().push_back(&op);
    }
  // Where an op of the kernel stands: in a segment, or in a sweep, which is read before the segment that follows it.
  llvm::DenseMap<Operation *, unsigned> segmentOf;
  for (auto [number, segment] : llvm::enumerate(ops))
    for (Operation *op : segment)
      segmentOf[op] = number;
  for (auto [number, segment] : llvm::enumerate(ops)) {
    auto &values = handed.emplace_back();
    auto add = [&](Value value) {
      const bool isLater = llvm::any_of(value.getUsers(), [&, number = unsigned(number)](Operation *user) {
        auto found = segmentOf.find(user);
        return found == segmentOf.end() || found->second > number;
      });
      if (isLater)
        values.push_back(value);
    };
    if (number > 0)
      llvm::for_each(swept[number - 1].getResults(), add);
    for (Operation *op : segment)
      if (!isa<arith::ConstantOp, kernel::CountOp>(op))
        llvm::for_each(op->getResults(), add);
  }
}

bool Segments::hasStores(unsigned number) const {
  return llvm::any_of(ops[number], [](Operation *op) { return isa<kernel::StoreOp>(op); });
}

} // namespace normc::ptx
