//===- SplitJoint.cpp - a joint function as forward and backward ----------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/SplitJoint.h"
#include "compiler/Transforms/ByteFormula.h"
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "dialects/Norm/NormDialect.h"

#include "mlir/IR/IRMapping.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

namespace {

class JointSplitter {
public:
  explicit JointSplitter(const SavedChoice &choice)
      : choice(choice), joint(choice.joint), sharded(joint), builder(joint) {}

  LogicalResult run() {
    FailureOr<ExtentClasses> classes = ExtentClasses::compute(joint, ExtentsOf::share);
    if (failed(classes))
      return failure();
    for (StringRef suffix : {forwardSuffix, backwardSuffix})
      if (failed(isNameFree(builder.getStringAttr(joint.getSymName() + suffix))))
        return failure();
    func::FuncOp forward = buildForward(*classes), backward = buildBackward();
    buildPair(*classes, forward, backward);
    joint.erase();
    return success();
  }

private:
  static constexpr llvm::StringLiteral forwardSuffix = "_forward", backwardSuffix = "_backward";

  LogicalResult isNameFree(StringAttr name) {
    Operation *taken = SymbolTable::lookupNearestSymbolFrom(joint, name);
    if (!taken)
      return success();
    InFlightDiagnostic error = joint.emitError() << "the gradient @" << joint.getSymName() << " needs the name @"
                                                 << name.getValue() << ", which is taken";
    error.attachNote(taken->getLoc()) << "it is taken here";
    return error;
  }

  func::FuncOp createHalf(StringRef suffix, StringRef role) {
    auto half = builder.create<func::FuncOp>(joint.getLoc(), (joint.getSymName() + suffix).str(),
                                             builder.getFunctionType({}, {}));
    half->setAttr(role, joint.getSymNameAttr());
    half.addEntryBlock();
    return half;
  }

  static void addArgument(func::FuncOp half, IRMapping &map, Value value, ArrayRef<NamedAttribute> attributes) {
    half.insertArgument(half.getNumArguments(), value.getType(), DictionaryAttr::get(half.getContext(), attributes),
                        value.getLoc());
    map.map(value, half.getArguments().back());
  }

  ArrayRef<NamedAttribute> attributesOf(unsigned argument) {
    DictionaryAttr attributes = joint.getArgAttrDict(argument);
    return attributes ? attributes.getValue() : ArrayRef<NamedAttribute>();
  }

  NamedAttribute position(StringRef name, int64_t index) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(index));
  }

  /// Copies to `half` what `wanted` needs beyond what is mapped, in order, and returns it.
  void finish(func::FuncOp half, IRMapping &map, ArrayRef<Value> wanted, ArrayRef<DictionaryAttr> attributes) {
    llvm::SmallPtrSet<Operation *, 32> needed;
    SmallVector<Value> open(wanted);
    while (!open.empty()) {
      Value value = open.pop_back_val();
      Operation *op = value.getDefiningOp();
      if (map.contains(value) || !op || !needed.insert(op).second)
        continue;
      llvm::append_range(open, op->getOperands());
    }
    OpBuilder inside = OpBuilder::atBlockEnd(&half.getBody().front());
    for (Operation &op : joint.getBody().front().without_terminator())
      if (needed.contains(&op))
        inside.clone(op, map);
    SmallVector<Value> returned;
    SmallVector<Type> types;
    for (Value value : wanted) {
      returned.push_back(map.lookup(value));
      types.push_back(value.getType());
    }
    inside.create<func::ReturnOp>(joint.getLoc(), returned);
    half.setFunctionType(builder.getFunctionType(half.getArgumentTypes(), types));
    half.setAllResultAttrs(attributes);
  }

  DictionaryAttr resultAttributes(unsigned index, ArrayRef<NamedAttribute> more) {
    NamedAttrList attributes(joint.getResultAttrDict(index));
    attributes.append(more);
    return attributes.getDictionary(builder.getContext());
  }

  /// A value is saved in the type in which it is computed: what the backward compares with it is what the forward did.
  NamedAttribute savedType(Value value) {
    return builder.getNamedAttr(norm::savedTypeAttr, TypeAttr::get(choice.precision.computeType(value)));
  }

  StringAttr savedName(Value value, size_t index) {
    StringRef name = norm::nameOf(value);
    return builder.getStringAttr(name.empty() ? fmt::format("saved{}", index) : name.str());
  }

  /// @g_forward(f's arguments) -> (f's results, what is saved)
  func::FuncOp buildForward(const ExtentClasses &classes) {
    func::FuncOp half = createHalf(forwardSuffix, norm::forwardOfAttr);
    IRMapping map;
    for (Value argument : choice.arguments) {
      unsigned number = cast<BlockArgument>(argument).getArgNumber();
      addArgument(half, map, argument, attributesOf(number));
    }
    SmallVector<Value> wanted(choice.results);
    SmallVector<DictionaryAttr> attributes;
    for (auto [index, result] : llvm::enumerate(choice.results))
      attributes.push_back(resultAttributes(index, position(norm::resultAttr, index)));
    ByteFormula total;
    for (auto [index, value] : llvm::enumerate(choice.saved)) {
      const int64_t width = std::max(1u, choice.precision.storedType(value).getElementTypeBitWidth() / 8);
      ByteFormula bytes;
      for (ByteFormula *formula : {&bytes, &total})
        formula->add(width, classes.extentsOf(value));
      wanted.push_back(value);
      attributes.push_back(
          builder.getDictionaryAttr({position(norm::savedAttr, index), savedType(value),
                                     builder.getNamedAttr(norm::nameAttr, savedName(value, index)),
                                     builder.getNamedAttr(norm::bytesAttr, builder.getStringAttr(bytes.text()))}));
    }
    half->setAttr(norm::savedBytesAttr, builder.getStringAttr(total.text()));
    finish(half, map, wanted, attributes);
    return half;
  }

  /// @g_backward(arguments and results of f that are read, what was saved, cotangents) -> gradients
  func::FuncOp buildBackward() {
    func::FuncOp half = createHalf(backwardSuffix, norm::backwardOfAttr);
    auto [data, extents] = choice.reached();
    IRMapping map;
    auto add = [&](Value value, ArrayRef<NamedAttribute> role) {
      SmallVector<NamedAttribute> attributes(role);
      if (std::optional<int64_t> axis = sharded.axisOf(value))
        attributes.push_back(position(norm::shardAttr, *axis));
      if (auto argument = dyn_cast<BlockArgument>(value);
          argument && joint.getArgAttr(argument.getArgNumber(), norm::partialAttr))
        attributes.push_back(builder.getNamedAttr(norm::partialAttr, builder.getUnitAttr()));
      if (auto argument = dyn_cast<BlockArgument>(value))
        if (Attribute own = joint.getArgAttr(argument.getArgNumber(), norm::nonzeroAttr))
          attributes.push_back(builder.getNamedAttr(norm::nonzeroAttr, own));
      if (!data.contains(value))
        attributes.push_back(builder.getNamedAttr(norm::extentsAttr, builder.getUnitAttr()));
      addArgument(half, map, value, attributes);
    };
    for (Value argument : choice.arguments) {
      // What has been written over is there no more; its extents are those of the result.
      auto lost = choice.overwritten.find(argument);
      Value again = lost == choice.overwritten.end() || choice.saved.contains(argument)
                        ? Value()
                        : choice.readAgain.lookup(lost->second);
      if (again && extents.contains(argument))
        extents.insert(again);
      else if (!choice.saved.contains(argument) && (data.contains(argument) || extents.contains(argument)))
        add(argument, position(norm::argumentAttr, cast<BlockArgument>(argument).getArgNumber()));
    }
    for (auto [index, result] : llvm::enumerate(choice.results)) {
      Value again = choice.readAgain.lookup(index), read = again ? again : result;
      if (!map.contains(read) && choice.free.contains(read) && (data.contains(read) || extents.contains(read)))
        add(read, position(norm::resultAttr, index));
    }
    for (auto [argument, result] : choice.overwritten)
      if (Value again = choice.readAgain.lookup(result); again && map.contains(again) && !map.contains(argument))
        map.map(argument, map.lookup(again));
    for (auto [index, value] : llvm::enumerate(choice.saved)) {
      SmallVector<NamedAttribute> attributes{position(norm::savedAttr, index), savedType(value)};
      if (choice.checked.contains(value))
        attributes.push_back(builder.getNamedAttr(norm::nonzeroAttr, builder.getUnitAttr()));
      add(value, attributes);
    }
    for (BlockArgument cotangent : choice.cotangents) {
      unsigned number = cotangent.getArgNumber();
      SmallVector<NamedAttribute> attributes(attributesOf(number));
      if (!data.contains(cotangent))
        attributes.push_back(builder.getNamedAttr(norm::extentsAttr, builder.getUnitAttr()));
      addArgument(half, map, cotangent, attributes);
    }
    SmallVector<DictionaryAttr> attributes;
    for (size_t index = 0; index < choice.gradients.size(); ++index)
      attributes.push_back(resultAttributes(choice.results.size() + index, {}));
    finish(half, map, choice.gradients, attributes);
    return half;
  }

  void buildPair(const ExtentClasses &classes, func::FuncOp forward, func::FuncOp backward) {
    SmallVector<Attribute> names, extents;
    SmallVector<Type> types;
    for (BlockArgument argument : joint.getArguments()) {
      if (joint.getArgAttr(argument.getArgNumber(), norm::resultAttr))
        continue;
      types.push_back(argument.getType());
      StringRef name = norm::nameOf(argument);
      names.push_back(builder.getStringAttr(name.empty() ? fmt::format("arg{}", argument.getArgNumber()) : name.str()));
      extents.push_back(builder.getDenseI64ArrayAttr(classes.extentsOf(argument)));
    }
    for (OpOperand &result : joint.getBody().front().getTerminator()->getOpOperands()) {
      names.push_back(joint.getResultAttr(result.getOperandNumber(), norm::nameAttr));
      extents.push_back(builder.getDenseI64ArrayAttr(classes.extentsOf(result.get())));
    }
    builder.create<norm::PairOp>(joint.getLoc(), joint.getSymNameAttr(),
                                 FlatSymbolRefAttr::get(forward.getSymNameAttr()),
                                 FlatSymbolRefAttr::get(backward.getSymNameAttr()),
                                 TypeAttr::get(builder.getFunctionType(types, joint.getResultTypes())),
                                 builder.getArrayAttr(names), builder.getArrayAttr(extents));
  }

  const SavedChoice &choice;
  func::FuncOp joint;
  ShardedAxes sharded;
  OpBuilder builder;
};

} // namespace

LogicalResult splitJoint(const SavedChoice &choice) {
  return JointSplitter(choice).run();
}

} // namespace normc
