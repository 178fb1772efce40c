//===- Manifest.cpp - what a module says about itself --------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Manifest/Manifest.h"
#include "compiler/Transforms/ExtentClasses.h"
#include "dialects/Kernel/KernelDialect.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"
#include "runtime/module_format.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::manifest {

int32_t storageType(Type element) {
  if (element.isF16())
    return NORMC_F16;
  if (element.isBF16())
    return NORMC_BF16;
  if (element.isF32())
    return NORMC_F32;
  if (element.isF64())
    return NORMC_F64;
  if (element.isInteger(32))
    return NORMC_I32;
  return element.isInteger(64) ? NORMC_I64 : NORMC_I1;
}

/// What the attributes of an argument or result say, or `role` and `position` where they say nothing.
static Value describe(DictionaryAttr attributes, Type type, int32_t role, int32_t position) {
  static constexpr std::pair<StringRef, int32_t> roles[] = {
      {norm::argumentAttr, NORMC_ARGUMENT}, {norm::resultAttr, NORMC_RESULT},     {norm::savedAttr, NORMC_SAVED},
      {norm::cotangentAttr, NORMC_COTANGENT}, {norm::gradientAttr, NORMC_GRADIENT}};
  Value value;
  value.type = storageType(getElementTypeOrSelf(type));
  value.role = role;
  value.position = position;
  if (!attributes)
    return value;
  for (auto [name, number] : roles)
    if (auto at = attributes.getAs<IntegerAttr>(name)) {
      value.role = number;
      value.position = at.getInt();
    }
  if (attributes.contains(norm::extentsAttr))
    value.flags |= NORMC_EXTENTS_ONLY;
  if (attributes.contains(norm::nonzeroAttr))
    value.flags |= NORMC_NONZERO;
  if (attributes.contains(norm::shareAttr))
    value.flags |= NORMC_SHARE;
  if (auto argument = attributes.getAs<IntegerAttr>(norm::updatesAttr))
    value.updates = argument.getInt();
  for (StringRef name : {norm::shardAttr, norm::splitAttr})
    if (auto axis = attributes.getAs<IntegerAttr>(name))
      value.shard = 1 + axis.getInt();
  if (auto extent = attributes.getAs<IntegerAttr>(norm::joinedAttr))
    value.joined = extent.getInt();
  if (auto argument = attributes.getAs<IntegerAttr>(norm::inplaceAttr)) {
    value.updates = argument.getInt();
    value.flags |= NORMC_INPLACE;
  }
  return value;
}

static int32_t countSymbols(const Function &function) {
  int64_t count = 0;
  for (const Value &argument : function.arguments)
    for (int64_t extent : argument.extents)
      count = std::max(count, -extent);
  return count;
}

static Function describePlan(kernel::PlanOp plan) {
  Function function;
  function.name = plan.getSymName().str();
  auto add = [](std::vector<Value> &values, DictionaryAttr attributes, Type type, int32_t role) {
    Value value = describe(attributes, type, role, values.size());
    value.name = attributes.getAs<StringAttr>(kernel::nameAttr).str();
    llvm::append_range(value.extents, attributes.getAs<DenseI64ArrayAttr>(kernel::extentsAttr).asArrayRef());
    values.push_back(std::move(value));
  };
  for (unsigned i = 0; i < plan.getNumArguments(); ++i)
    add(function.arguments, plan.getArgAttrDict(i), plan.getArgumentTypes()[i], NORMC_ARGUMENT);
  for (unsigned i = 0; i < plan.getNumResults(); ++i)
    add(function.results, plan.getResultAttrDict(i), plan.getResultTypes()[i], NORMC_RESULT);
  function.symbols = countSymbols(function);
  function.traffic = kernel::trafficOf(plan);
  return function;
}

/// What the half that has an argument or result of the joint function says about it.
static const Value &halfOf(const Value &value, const Function &forward, const Function &backward) {
  if (value.role == NORMC_ARGUMENT)
    return forward.arguments[value.position];
  if (value.role == NORMC_RESULT)
    return forward.results[value.position];
  const std::vector<Value> &values = value.role == NORMC_COTANGENT ? backward.arguments : backward.results;
  return *llvm::find_if(values, [&](const Value &half) { return half.role == value.role && half.position == value.position; });
}

/// The joint function of a pair: f's arguments and the cotangents, f's results and the gradients. Its halves know the roles.
static Function describePair(norm::PairOp pair, const Manifest &manifest) {
  Function function;
  function.name = pair.getSymName().str();
  for (auto [index, entry] : llvm::enumerate(manifest.entries)) {
    if (entry.name == pair.getForward())
      function.forward = index;
    if (entry.name == pair.getBackward())
      function.backward = index;
  }
  const Function &forward = manifest.entries[function.forward], &backward = manifest.entries[function.backward];
  auto type = cast<FunctionType>(pair.getSignature());
  SmallVector<Type> types(type.getInputs());
  llvm::append_range(types, type.getResults());
  const int32_t results = types.size() - type.getNumInputs() - backward.results.size();
  for (auto [index, valueType] : llvm::enumerate(types)) {
    const bool isArgument = index < type.getNumInputs();
    const int32_t place = isArgument ? index : index - type.getNumInputs();
    Value value;
    value.name = cast<StringAttr>(pair.getNames()[index]).str();
    value.type = storageType(getElementTypeOrSelf(valueType));
    const int32_t own = isArgument ? forward.arguments.size() : results;
    value.role = isArgument ? (place < own ? NORMC_ARGUMENT : NORMC_COTANGENT)
                            : (place < own ? NORMC_RESULT : NORMC_GRADIENT);
    value.position = place < own ? place : place - own;
    if (value.role == NORMC_RESULT) {
      value.updates = forward.results[place].updates;
      value.flags = forward.results[place].flags;
    }
    const Value &half = halfOf(value, forward, backward);
    value.shard = half.shard;
    value.joined = half.joined;
    value.flags |= half.flags & NORMC_SHARE;
    llvm::append_range(value.extents, cast<DenseI64ArrayAttr>(pair.getExtents()[index]).asArrayRef());
    (isArgument ? function.arguments : function.results).push_back(std::move(value));
  }
  function.symbols = countSymbols(function);
  return function;
}

Manifest buildManifest(ModuleOp module) {
  Manifest manifest;
  for (auto plan : module.getOps<kernel::PlanOp>())
    manifest.entries.push_back(describePlan(plan));
  for (auto pair : module.getOps<norm::PairOp>())
    manifest.gradients.push_back(describePair(pair, manifest));
  return manifest;
}

FailureOr<Function> signatureOf(func::FuncOp f) {
  FailureOr<ExtentClasses> classes = ExtentClasses::compute(f);
  if (failed(classes))
    return failure();
  Function function;
  function.name = f.getSymName().str();
  for (BlockArgument argument : f.getArguments()) {
    unsigned index = argument.getArgNumber();
    Value value = describe(f.getArgAttrDict(index), argument.getType(), NORMC_ARGUMENT, index);
    StringRef name = norm::nameOf(argument);
    value.name = name.empty() ? fmt::format("arg{}", index) : name.str();
    value.extents = classes->extentsOf(argument);
    function.arguments.push_back(std::move(value));
  }
  for (OpOperand &result : f.getBody().front().getTerminator()->getOpOperands()) {
    unsigned index = result.getOperandNumber();
    Value value = describe(f.getResultAttrDict(index), result.get().getType(), NORMC_RESULT, index);
    auto given = f.getResultAttrOfType<StringAttr>(index, norm::nameAttr);
    StringRef name = given ? given.getValue() : norm::nameOf(result.get());
    value.name = name.empty() ? fmt::format("result{}", index) : name.str();
    value.extents = classes->extentsOf(result.get());
    function.results.push_back(std::move(value));
  }
  function.symbols = countSymbols(function);
  return function;
}

} // namespace normc::manifest
