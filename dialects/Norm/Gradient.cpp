//===- Gradient.cpp - what a gradient may ask for ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace normc::norm {

LogicalResult GradientOp::verify() {
  // c2, as far as the function is not needed
  if (getWrt().empty())
    return emitOpError() << "must name at least one argument after wrt";
  llvm::SmallDenseSet<int64_t> seen;
  for (int64_t argument : getWrt())
    if (!seen.insert(argument).second)
      return emitOpError() << "names argument " << argument << " twice after wrt";
  // c4
  if (getSave() != "auto" && getSave() != "all")
    return emitOpError() << "must have save = \"auto\" or save = \"all\", but it is \"" << getSave() << '"';
  return success();
}

/// The arguments of the joint function of `gradient`, or of a plain function: c1.
static FailureOr<SmallVector<Type>> jointArguments(GradientOp user, Operation *symbol, SymbolTableCollection &tables) {
  SmallVector<GradientOp> chain;
  SmallPtrSet<Operation *, 8> seen;
  while (auto gradient = dyn_cast_or_null<GradientOp>(symbol)) {
    if (!seen.insert(symbol).second)
      return user.emitOpError() << "is a gradient of itself, through @" << gradient.getSymName();
    chain.push_back(gradient);
    symbol = tables.lookupNearestSymbolFrom(gradient, gradient.getFunctionAttr());
  }
  auto function = dyn_cast_or_null<FunctionOpInterface>(symbol);
  if (!function)
    return user.emitOpError() << "is of @" << user.getFunction() << ", but @" << chain.back().getSymName() << " is of @"
                              << chain.back().getFunction() << ", which is neither a function nor a gradient";
  SmallVector<Type> arguments(function.getArgumentTypes());
  // Every joint function adds a cotangent for each floating-point result and returns the gradients.
  SmallVector<Type> results;
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (!function.getResultAttr(i, updatesAttr) && isFloatElement(getElementTypeOrSelf(function.getResultTypes()[i])))
      results.push_back(function.getResultTypes()[i]);
  for (GradientOp gradient : llvm::reverse(chain)) {
    const size_t count = arguments.size();
    llvm::append_range(arguments, results);
    for (int64_t argument : gradient.getWrt()) {
      if (argument < 0 || argument >= int64_t(count))
        return user.emitOpError() << "is of @" << user.getFunction() << ", but @" << gradient.getSymName()
                                  << " names argument " << argument << " after wrt, of " << count
                                  << " arguments, counted from 0";
      results.push_back(arguments[argument]);
    }
  }
  return arguments;
}

LogicalResult GradientOp::verifySymbolUses(SymbolTableCollection &tables) {
  // c1
  Operation *symbol = tables.lookupNearestSymbolFrom(*this, getFunctionAttr());
  if (!symbol)
    return emitOpError() << "is of @" << getFunction() << ", which is neither a function nor a gradient of this module";
  if (!isa<FunctionOpInterface, GradientOp>(symbol))
    return emitOpError() << "is of @" << getFunction() << ", which is neither a function nor a gradient but a "
                         << symbol->getName();
  if (symbol == getOperation())
    return emitOpError() << "is a gradient of itself";
  FailureOr<SmallVector<Type>> arguments = jointArguments(*this, symbol, tables);
  if (failed(arguments))
    return failure();
  for (int64_t argument : getWrt()) {
    // c2
    if (argument < 0 || argument >= int64_t(arguments->size())) {
      InFlightDiagnostic error = emitOpError() << "names argument " << argument << " after wrt, but @" << getFunction()
                                               << " has " << arguments->size() << " arguments, counted from 0";
      error.attachNote(symbol->getLoc()) << "@" << getFunction() << " is here";
      return error;
    }
    // c3
    Type type = (*arguments)[argument];
    if (!isFloatValue(type))
      return emitOpError() << "names argument " << argument << " after wrt, which has no gradient: its type is " << type;
  }
  return success();
}

LogicalResult PairOp::verify() {
  // c1
  auto type = cast<FunctionType>(getSignature());
  const size_t values = type.getNumInputs() + type.getNumResults();
  if (getNames().size() != values || getExtents().size() != values)
    return emitOpError() << "must have a name and extents for each of " << values << " values, but it has "
                         << getNames().size() << " names and " << getExtents().size() << " lists of extents";
  return success();
}

} // namespace normc::norm
