//===- KernelDialect.cpp - the kernel dialect ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Kernel/KernelDialect.h"
#include "dialects/Kernel/Certificate.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionImplementation.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/Kernel/KernelDialect.cpp.inc"
#include "dialects/Kernel/KernelEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Kernel/KernelAttributes.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/Kernel/KernelOps.cpp.inc"

namespace normc::kernel {

void KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Kernel/KernelOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Kernel/KernelAttributes.cpp.inc"
      >();
}

/// kernel.name is a string, kernel.extents a list of extents.
static LogicalResult verifyValueAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName().getValue();
  if ((name == nameAttr && isa<StringAttr>(attribute.getValue())) ||
      (name == extentsAttr && isa<DenseI64ArrayAttr>(attribute.getValue())))
    return success();
  return op->emitError() << "attribute '" << name << "' = " << attribute.getValue()
                         << " is neither kernel.name, a string, nor kernel.extents, an array of i64";
}

LogicalResult KernelDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned, NamedAttribute attribute) {
  return verifyValueAttribute(op, attribute);
}
LogicalResult KernelDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned, NamedAttribute attribute) {
  return verifyValueAttribute(op, attribute);
}

//===----------------------------------------------------------------------===//
// PlanOp
//===----------------------------------------------------------------------===//

ParseResult PlanOp::parse(OpAsmParser &parser, OperationState &state) {
  auto buildType = [](Builder &builder, ArrayRef<Type> arguments, ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(arguments, results);
  };
  return function_interface_impl::parseFunctionOp(parser, state, /*allowVariadic=*/false,
                                                  getFunctionTypeAttrName(state.name), buildType,
                                                  getArgAttrsAttrName(state.name), getResAttrsAttrName(state.name));
}

void PlanOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}

void PlanOp::getAsmBlockArgumentNames(Region &region, OpAsmSetValueNameFn setName) {
  if (region.empty())
    return;
  for (BlockArgument argument : region.getArguments())
    if (auto name = getArgAttrOfType<StringAttr>(argument.getArgNumber(), nameAttr))
      setName(argument, name.getValue());
}

int64_t PlanOp::getSymbolCount() {
  int64_t count = 0;
  for (unsigned i = 0; i < getNumArguments(); ++i)
    if (auto extents = getArgAttrOfType<DenseI64ArrayAttr>(i, extentsAttr))
      for (int64_t extent : extents.asArrayRef())
        count = std::max(count, -extent);
  return count;
}

LogicalResult PlanOp::verify() {
  if (getBody().empty())
    return emitOpError() << "has no body";
  // c3
  auto isComplete = [&](DictionaryAttr attributes) {
    return attributes && attributes.contains(nameAttr) && attributes.contains(extentsAttr);
  };
  for (unsigned i = 0; i < getNumArguments(); ++i)
    if (!isComplete(getArgAttrDict(i)))
      return emitOpError() << "must have kernel.name and kernel.extents on argument " << i;
  for (unsigned i = 0; i < getNumResults(); ++i)
    if (!isComplete(getResultAttrDict(i)))
      return emitOpError() << "must have kernel.name and kernel.extents on result " << i;
  // c1
  auto terminator = dyn_cast<ReturnOp>(getBody().front().back());
  if (!terminator)
    return emitOpError() << "must end with kernel.return";
  if (terminator.getValues().getTypes() != TypeRange(getResultTypes()))
    return terminator.emitOpError() << "must return the types of the plan's results";
  // c2
  llvm::SmallDenseSet<Value> returned;
  for (Value value : terminator.getValues())
    if (!value.getDefiningOp<KernelOp>() || !returned.insert(value).second)
      return terminator.emitOpError() << "must return results of kernels, each once";
  return success();
}

//===----------------------------------------------------------------------===//
// KernelOp
//===----------------------------------------------------------------------===//

void KernelOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  for (Value tensor : getTensors())
    setName(tensor, getName());
}

static bool areAscendingAxes(ArrayRef<int64_t> axes, int64_t rank) {
  for (size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < 0 || axes[i] >= rank || (i > 0 && axes[i] <= axes[i - 1]))
      return false;
  return true;
}

LogicalResult KernelOp::verify() {
  // c1
  if (!areAscendingAxes(getParallel(), getSpace().size()))
    return emitOpError() << "must list parallel axes of its space in ascending order";
  return success();
}

/// After the ops of the body: it reads their operands.
LogicalResult KernelOp::verifyRegions() {
  const int64_t rank = getSpace().size();
  // c2
  auto fits = [&](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    if (tensor.getRank() != rank)
      return false;
    for (int64_t axis = 0; axis < rank; ++axis)
      if (int64_t extent = tensor.getDimSize(axis);
          extent != 1 && !ShapedType::isDynamic(extent) && extent != getSpace()[axis])
        return false;
    return true;
  };
  SmallVector<unsigned> stores(getNumResults(), 0);
  WalkResult walk = this->walk([&](Operation *op) {
    if (auto load = dyn_cast<LoadOp>(op); load && !fits(load.getTensor().getType())) {
      load.emitOpError() << "reads " << load.getTensor().getType() << ", which does not fit the space of its kernel";
      return WalkResult::interrupt();
    }
    if (auto store = dyn_cast<StoreOp>(op); store && store.getResult() < stores.size())
      ++stores[store.getResult()];
    if (auto accumulate = dyn_cast<AccumulateOp>(op); accumulate && accumulate.getResult() < stores.size())
      ++stores[accumulate.getResult()];
    return WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();
  for (auto [index, type] : llvm::enumerate(getResultTypes())) {
    if (!fits(type))
      return emitOpError() << "has a result of type " << type << ", which does not fit its space";
    // c3
    if (stores[index] != 1)
      return emitOpError() << "must store result " << index << " once, but it is stored " << stores[index] << " times";
  }
  // c4
  return verifyCertificate(*this);
}

//===----------------------------------------------------------------------===//
// SweepOp and what happens at a point
//===----------------------------------------------------------------------===//

LogicalResult SweepOp::verify() {
  auto kernel = (*this)->getParentOfType<KernelOp>();
  // c1
  if (!areAscendingAxes(getAxes(), kernel.getSpace().size()) ||
      llvm::any_of(getAxes(), [&](int64_t axis) { return llvm::is_contained(kernel.getParallel(), axis); }))
    return emitOpError() << "must sweep axes of the kernel's space that are not parallel, in ascending order";
  // c2
  auto yield = dyn_cast<YieldOp>(getBody().front().back());
  if (!yield)
    return emitOpError() << "must end with kernel.yield";
  size_t results = 0;
  for (unsigned index = 0; index < getMonoids().size(); ++index)
    results += resultCount(getMonoid(index));
  auto isComputed = [](Type type) { return type.isF32() || type.isF64(); };
  if (yield.getValues().size() != getMonoids().size() || !llvm::all_of(yield.getValues().getTypes(), isComputed))
    return emitOpError() << "must yield a scalar of f32 or f64 for each monoid";
  if (results != getNumResults() || !llvm::all_of(getResultTypes(), [](Type type) { return type.isF64(); }))
    return emitOpError() << "must have an f64 result for each monoid, and two for moments";
  return success();
}

YieldOp SweepOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }

Value SweepOp::getResultOf(unsigned index) {
  unsigned result = 0;
  for (unsigned monoid = 0; monoid < index; ++monoid)
    result += resultCount(getMonoid(monoid));
  return getResult(result);
}

unsigned SweepOp::getMonoidOf(OpResult result) {
  unsigned monoid = 0;
  for (unsigned seen = resultCount(getMonoid(0)); seen <= result.getResultNumber(); seen += resultCount(getMonoid(monoid)))
    ++monoid;
  return monoid;
}

LogicalResult AccumulateOp::verify() {
  auto sweep = (*this)->getParentOfType<SweepOp>();
  auto kernel = (*this)->getParentOfType<KernelOp>();
  // c1
  if (!sweep || llvm::any_of(kernel.getParallel(), [&](int64_t axis) {
        return kernel.getSpace()[axis] != 1 && llvm::any_of(sweep.getAxes(), [&](int64_t swept) { return swept < axis; });
      }))
    return emitOpError() << "must stand in a sweep whose axes come after the parallel ones";
  // c2
  if (getResult() >= kernel.getNumResults())
    return emitOpError() << "must accumulate to a result of its kernel";
  auto type = cast<RankedTensorType>(kernel.getResult(getResult()).getType());
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (type.getDimSize(axis) != 1 && !llvm::is_contained(sweep.getAxes(), axis))
      return emitOpError() << "accumulates to " << type << ", which varies along axis " << axis << ", not one of the sweep";
  // c3
  if (!(getValue().getType().isF32() || getValue().getType().isF64()) || !isa<FloatType>(type.getElementType()))
    return emitOpError() << "must accumulate f32 or f64 to floating-point elements";
  return success();
}

LogicalResult StoreOp::verify() {
  auto kernel = (*this)->getParentOfType<KernelOp>();
  // c1
  if (!kernel || getResult() >= kernel.getNumResults())
    return emitOpError() << "must store a result of its kernel";
  Type element = cast<RankedTensorType>(kernel.getResult(getResult()).getType()).getElementType();
  if (getValue().getType() != element)
    return emitOpError() << "stores " << getValue().getType() << " to a result of " << element;
  return success();
}

LogicalResult KeepOp::verify() {
  // c1
  auto kernel = (*this)->getParentOfType<KernelOp>();
  unsigned keepers = 0;
  if (kernel)
    kernel.walk([&](KeepOp other) { keepers += other.getSlot() == getSlot(); });
  if (!isa<SweepOp>((*this)->getParentOp()) || keepers != 1)
    return emitOpError() << "must stand in a sweep and be the only one of its kernel that keeps slot " << getSlot();
  return success();
}

LogicalResult KeptOp::verify() {
  // c1
  auto sweep = dyn_cast<SweepOp>((*this)->getParentOp());
  bool isKept = false;
  if (sweep)
    sweep->getParentOfType<KernelOp>().walk([&](KeepOp keep) {
      auto other = dyn_cast<SweepOp>(keep->getParentOp());
      isKept |= keep.getSlot() == getSlot() && keep.getValue().getType() == getType() && other && other->getBlock() == sweep->getBlock() &&
                other->isBeforeInBlock(sweep) && other.getAxes() == sweep.getAxes();
    });
  if (!isKept)
    return emitOpError() << "must read a slot in which an earlier sweep over the same axes keeps " << getType();
  return success();
}

LogicalResult IndexOp::verify() {
  auto kernel = (*this)->getParentOfType<KernelOp>();
  // c1
  if (!kernel || getAxis() >= kernel.getSpace().size())
    return emitOpError() << "must name an axis of its kernel's space";
  return success();
}

} // namespace normc::kernel
