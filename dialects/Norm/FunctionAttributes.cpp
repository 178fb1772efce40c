//===- FunctionAttributes.cpp - norm's attributes on functions -----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace normc::norm {

/// An i64 attribute in [0, limit); -1 after an error.
static int64_t numberOf(Location at, NamedAttribute attribute, int64_t limit, StringRef what) {
  auto number = dyn_cast<IntegerAttr>(attribute.getValue());
  if (!number || !number.getType().isSignlessInteger(64)) {
    emitError(at) << "attribute '" << attribute.getName().getValue() << "' must be an i64, but it is "
                  << attribute.getValue();
    return -1;
  }
  if (number.getInt() < 0 || number.getInt() >= limit) {
    emitError(at) << "attribute '" << attribute.getName().getValue() << "' is " << number.getInt()
                  << ", but it must be at least 0 and less than " << what << ", " << limit;
    return -1;
  }
  return number.getInt();
}

static LogicalResult isUnit(Location at, NamedAttribute attribute) {
  if (isa<UnitAttr>(attribute.getValue()))
    return success();
  return emitError(at) << "attribute '" << attribute.getName().getValue() << "' takes no value, but it has "
                       << attribute.getValue();
}

static LogicalResult unknown(Location at, NamedAttribute attribute, StringRef place, StringRef known) {
  InFlightDiagnostic error = emitError(at)
                             << "attribute '" << attribute.getName().getValue() << "' is not one of " << place;
  error.attachNote() << "attributes of " << place << ": " << known;
  return error;
}

/// Positions that passes write: any number of at least 0.
static LogicalResult isPosition(Location at, NamedAttribute attribute) {
  return success(numberOf(at, attribute, INT32_MAX, "the number of values") >= 0);
}

static LogicalResult isElementType(Location at, NamedAttribute attribute) {
  if (auto type = dyn_cast<TypeAttr>(attribute.getValue()); type && type.getValue().isIntOrFloat())
    return success();
  return emitError(at) << "attribute '" << attribute.getName().getValue() << "' must be an element type, but it is "
                       << attribute.getValue();
}

LogicalResult NormDialect::verifyRegionArgAttribute(Operation *op, unsigned region, unsigned index,
                                                    NamedAttribute attribute) {
  // Where the argument is, which is not where the function begins.
  Region &body = op->getRegion(region);
  const Location at = !body.empty() && index < body.getNumArguments() ? body.getArgument(index).getLoc() : op->getLoc();
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return emitError(at) << "attribute '" << attribute.getName().getValue() << "' belongs to arguments of functions";
  StringRef name = attribute.getName().getValue();
  auto type = dyn_cast<RankedTensorType>(function.getArgumentTypes()[index]);
  if (!type)
    return emitError(at) << "attribute '" << name << "' belongs to tensors, but argument " << index << " is "
                         << function.getArgumentTypes()[index];

  if (name == shardAttr) {
    int64_t axis = numberOf(at, attribute, type.getRank(), "the rank");
    if (axis < 0)
      return failure();
    if (!varies(type, axis))
      return emitError(at) << "argument " << index << " cannot be sharded along axis " << axis
                           << ", along which it does not vary: its type is " << type;
    return success();
  }
  if (name == partialAttr || name == nonzeroAttr) {
    if (!isFloatElement(type.getElementType()))
      return emitError(at) << "attribute '" << name << "' belongs to floating-point arguments, but argument " << index
                           << " is " << type;
    return isUnit(at, attribute);
  }
  if (name == extentsAttr)
    return isUnit(at, attribute);
  if (name == savedTypeAttr)
    return isElementType(at, attribute);
  if (llvm::is_contained({argumentAttr, resultAttr, savedAttr, cotangentAttr, joinedAttr}, name))
    return isPosition(at, attribute);
  return unknown(at, attribute, "arguments", "norm.shard, norm.partial");
}

LogicalResult NormDialect::verifyRegionResultAttribute(Operation *op, unsigned region, unsigned index,
                                                       NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitError() << "attribute '" << attribute.getName().getValue() << "' belongs to results of functions";
  StringRef name = attribute.getName().getValue();
  if (name == updatesAttr || name == inplaceAttr) {
    int64_t argument = numberOf(op->getLoc(), attribute, function.getNumArguments(), "the number of arguments");
    if (argument < 0)
      return failure();
    Type from = function.getArgumentTypes()[argument], to = function.getResultTypes()[index];
    if (from != to)
      return op->emitError() << "result " << index << " cannot be written over argument " << argument
                             << ": its type is " << to << ", the argument's " << from;
    for (unsigned other = 0; other < function.getNumResults(); ++other)
      for (StringRef way : {updatesAttr, inplaceAttr}) {
        auto same = function.getResultAttrOfType<IntegerAttr>(other, way);
        if (!same || same.getInt() != argument || (other == index && way == name))
          continue;
        if (other == index)
          return op->emitError() << "result " << index << " must not have both norm.updates and norm.inplace";
        return op->emitError() << "argument " << argument << " cannot be written over twice, by result "
                               << std::min(index, other) << " and result " << std::max(index, other);
      }
    return success();
  }
  if (name == savedTypeAttr)
    return isElementType(op->getLoc(), attribute);
  if (llvm::is_contained({savedAttr, gradientAttr, resultAttr, joinedAttr, splitAttr}, name))
    return isPosition(op->getLoc(), attribute);
  if (name == shareAttr)
    return isUnit(op->getLoc(), attribute);
  if (name == nameAttr || name == bytesAttr) {
    if (isa<StringAttr>(attribute.getValue()))
      return success();
    return op->emitError() << "attribute '" << name << "' must be a string";
  }
  return unknown(op->getLoc(), attribute, "results", "norm.updates, norm.inplace");
}

LogicalResult NormDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName().getValue();
  if (isa<FunctionOpInterface>(op) &&
      llvm::is_contained({saveAttr, forwardOfAttr, backwardOfAttr, savedBytesAttr}, name)) {
    if (isa<StringAttr>(attribute.getValue()))
      return success();
    return op->emitError() << "attribute '" << name << "' must be a string";
  }
  if (isa<FunctionOpInterface>(op) && name == distributedAttr)
    return isUnit(op->getLoc(), attribute);
  if (isa<FunctionOpInterface>(op) && name == droppedAttr) {
    auto list = dyn_cast<ArrayAttr>(attribute.getValue());
    if (list && llvm::all_of(list, [](Attribute entry) { return isa<StringAttr>(entry); }))
      return success();
    return op->emitError() << "attribute '" << name << "' must be a list of strings";
  }
  InFlightDiagnostic error = op->emitError()
                             << "attribute '" << name << "' is not one of " << op->getName().getStringRef();
  error.attachNote() << "attributes of arguments: norm.shard, norm.partial; of results: norm.updates, norm.inplace";
  return error;
}

} // namespace normc::norm
