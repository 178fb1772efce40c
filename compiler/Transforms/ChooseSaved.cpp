//===- ChooseSaved.cpp - split joint functions into forward and backward ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Transforms/ByteFormula.h"
#include "compiler/Transforms/ExtentClasses.h"
#include "compiler/Transforms/Inversions.h"
#include "compiler/Transforms/MinimumCut.h"
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Precision.h"
#include "compiler/Transforms/ReadExtents.h"
#include "compiler/Transforms/Recovery.h"
#include "compiler/Transforms/Sharding.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc {

#define GEN_PASS_DEF_CHOOSESAVED
#include "compiler/Transforms/Passes.h.inc"

namespace {

/// What a dynamic extent counts for when bytes are weighed.
constexpr int64_t assumedExtent = 1024;

int64_t bytesOf(RankedTensorType type) {
  int64_t bytes = std::max<int64_t>(1, type.getElementTypeBitWidth() / 8);
  for (int64_t extent : type.getShape())
    bytes = std::min(FlowGraph::unlimited / (assumedExtent + 1),
                     bytes * std::max<int64_t>(1, ShapedType::isDynamic(extent) ? assumedExtent
                                                                                 : std::min<int64_t>(extent, INT32_MAX)));
  return bytes;
}

/// What follows from extents alone is computed where it is needed.
bool needsNoData(Operation *op) {
  return llvm::all_of(op->getOpOperands(), [](OpOperand &operand) { return norm::readsOnlyExtents(operand); });
}

/// One joint function and the two halves that come of it.
class Split {
public:
  /// `checked`: computed values that the backward needs in any case, and refuses where they are 0.
  explicit Split(func::FuncOp joint, ArrayRef<Value> checked = {})
      : joint(joint), precision(joint), sharded(joint), builder(joint), checked(checked.begin(), checked.end()) {
    for (BlockArgument argument : joint.getArguments())
      if (joint.getArgAttr(argument.getArgNumber(), norm::cotangentAttr))
        cotangents.insert(argument);
      else if (auto result = joint.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(), norm::resultAttr))
        readAgain[result.getInt()] = argument;
      else
        arguments.push_back(argument);
    for (const Overwriting &overwriting : overwritingsOf(joint))
      overwritten[overwriting.argument] = overwriting.result;
    Operation *terminator = joint.getBody().front().getTerminator();
    for (OpOperand &operand : terminator->getOpOperands())
      (joint.getResultAttr(operand.getOperandNumber(), norm::gradientAttr) ? gradients : results)
          .push_back(operand.get());
    // What mentions a cotangent belongs to the backward; everything else can be known in the forward.
    llvm::SmallPtrSet<Value, 16> late(cotangents.begin(), cotangents.end());
    for (Operation &op : joint.getBody().front().without_terminator()) {
      if (llvm::any_of(op.getOperands(), [&](Value operand) { return late.contains(operand); })) {
        late.insert(op.getResult(0));
        backwardOps.push_back(&op);
      } else {
        early.insert(op.getResult(0));
      }
    }
    early.insert(arguments.begin(), arguments.end());
    for (Value value : arguments)
      if (!overwritten.contains(value))
        free.insert(value);
    markCompared();
    for (auto [index, value] : llvm::enumerate(results))
      if (Value again = readAgain.lookup(index)) {
        early.insert(again);
        free.insert(again);
      } else if (!isComparedRounded(value)) {
        free.insert(value);
      }
    saved = savesAll() ? everythingUsed() : cheapest();
    for (Value value : this->checked)
      if (!free.contains(value))
        saved.insert(value);
  }

  bool savesAll() { return joint->getAttrOfType<StringAttr>(norm::saveAttr).getValue() == "all"; }

  /// What the backward uses of an argument that is written over, position by position: a value that has a name, or the argument;
  /// null if there is none.
  Value usedOf(BlockArgument argument) {
    DenseSet<Value> lost = elementwiseUsersOf(joint, argument);
    Value found;
    for (Value value : used())
      if (lost.contains(value) && !free.contains(value)) {
        if (!norm::nameOf(value).empty())
          return value;
        found = argument;
      }
    return found;
  }

  /// What is written for the backward, and what it reads.
  int64_t bytes() {
    auto [data, extents] = reached();
    int64_t total = 0;
    for (Value value : saved)
      total += 2 * bytesOf(precision.storedType(value));
    for (Value value : data)
      if (isa<BlockArgument>(value) || (free.contains(value) && !needsNoData(value.getDefiningOp())))
        total += bytesOf(cast<RankedTensorType>(value.getType()));
    return total;
  }

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

  /// Early values that the backward uses the data of: operands of its ops, and gradients that depend on no cotangent.
  llvm::SetVector<Value> used() {
    llvm::SetVector<Value> values;
    for (Operation *op : backwardOps)
      for (OpOperand &operand : op->getOpOperands())
        if (early.contains(operand.get()) && !norm::readsOnlyExtents(operand))
          values.insert(operand.get());
    for (Value gradient : gradients)
      if (early.contains(gradient))
        values.insert(gradient);
    return values;
  }

  /// Values from which a comparison follows, however far: it would be decided by rounding.
  void markCompared() {
    for (Operation &op : llvm::reverse(joint.getBody().front().without_terminator()))
      if (isa<norm::CompareOp, norm::MaxOp, norm::MinOp, norm::SignOp>(op) || compared.contains(op.getResult(0)))
        for (OpOperand &operand : op.getOpOperands())
          if (!norm::readsOnlyExtents(operand))
            compared.insert(operand.get());
  }

  /// A result is rounded when it is stored. What is compared must not be: a maximum that has been rounded is no element any
  /// more.
  bool isComparedRounded(Value value) {
    Type element = getElementTypeOrSelf(value);
    return norm::isFloatElement(element) && !element.isF64() && !isa<BlockArgument>(value) && compared.contains(value);
  }

  bool isFree(Value value) {
    return free.contains(value) || (value.getDefiningOp() && needsNoData(value.getDefiningOp()));
  }

  llvm::SetVector<Value> everythingUsed() {
    llvm::SetVector<Value> values;
    for (Value value : used())
      if (!isFree(value))
        values.insert(value);
    return values;
  }

  /// The minimum cut between what only the forward knows (source) and what the backward uses (sink). Each value is an edge
  /// of its bytes, or of 0 where it is read again; a recomputable op leads on from its operands to its result; what a
  /// reduction yields comes straight from the source.
  llvm::SetVector<Value> cheapest() {
    SmallVector<Value> values(early.begin(), early.end());
    DenseMap<Value, unsigned> number;
    for (auto [index, value] : llvm::enumerate(values))
      number[value] = index;
    const unsigned source = 2 * values.size(), sink = source + 1;
    FlowGraph graph(sink + 1);
    for (auto [index, value] : llvm::enumerate(values)) {
      const bool isPaid = isFree(value) || checked.contains(value);
      graph.addEdge(2 * index, 2 * index + 1, isPaid ? 0 : bytesOf(precision.storedType(value)));
      Operation *op = value.getDefiningOp();
      if (!op || needsNoData(op))
        continue;
      if (norm::isReduction(op))
        graph.addEdge(source, 2 * index, FlowGraph::unlimited);
      else
        for (OpOperand &operand : op->getOpOperands())
          if (!norm::readsOnlyExtents(operand))
            graph.addEdge(2 * number[operand.get()] + 1, 2 * index, FlowGraph::unlimited);
    }
    for (Value value : used())
      graph.addEdge(2 * number[value] + 1, sink, FlowGraph::unlimited);
    BitVector side = graph.sinkSide(source, sink);
    llvm::SetVector<Value> cut;
    for (auto [index, value] : llvm::enumerate(values))
      if (!side.test(2 * index) && side.test(2 * index + 1) && !isFree(value))
        cut.insert(value);
    return cut;
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
    return builder.getNamedAttr(norm::savedTypeAttr, TypeAttr::get(precision.computeType(value)));
  }

  StringAttr savedName(Value value, size_t index) {
    StringRef name = norm::nameOf(value);
    return builder.getStringAttr(name.empty() ? fmt::format("saved{}", index) : name.str());
  }

  /// @g_forward(f's arguments) -> (f's results, what is saved)
  func::FuncOp buildForward(const ExtentClasses &classes) {
    func::FuncOp half = createHalf(forwardSuffix, norm::forwardOfAttr);
    IRMapping map;
    for (Value argument : arguments) {
      unsigned number = cast<BlockArgument>(argument).getArgNumber();
      addArgument(half, map, argument, attributesOf(number));
    }
    SmallVector<Value> wanted(results);
    SmallVector<DictionaryAttr> attributes;
    for (auto [index, result] : llvm::enumerate(results))
      attributes.push_back(resultAttributes(index, position(norm::resultAttr, index)));
    ByteFormula total;
    for (auto [index, value] : llvm::enumerate(saved)) {
      const int64_t width = std::max(1u, precision.storedType(value).getElementTypeBitWidth() / 8);
      ByteFormula bytes;
      for (ByteFormula *formula : {&bytes, &total})
        formula->add(width, classes.extentsOf(value));
      wanted.push_back(value);
      attributes.push_back(builder.getDictionaryAttr(
          {position(norm::savedAttr, index), savedType(value),
           builder.getNamedAttr(norm::nameAttr, savedName(value, index)),
           builder.getNamedAttr(norm::bytesAttr, builder.getStringAttr(bytes.text()))}));
    }
    half->setAttr(norm::savedBytesAttr, builder.getStringAttr(total.text()));
    finish(half, map, wanted, attributes);
    return half;
  }

  /// What the gradients reach from what is at hand, by data and by extents.
  std::pair<llvm::SmallPtrSet<Value, 32>, llvm::SmallPtrSet<Value, 32>> reached() {
    llvm::SmallPtrSet<Value, 32> data(checked.begin(), checked.end()), extents;
    SmallVector<std::pair<Value, bool>> open;
    for (Value gradient : gradients)
      open.emplace_back(gradient, true);
    while (!open.empty()) {
      auto [value, read] = open.pop_back_val();
      if (!(read ? data : extents).insert(value).second || free.contains(value) || saved.contains(value))
        continue;
      if (Operation *op = value.getDefiningOp())
        for (OpOperand &operand : op->getOpOperands())
          open.emplace_back(operand.get(), read && !norm::readsOnlyExtents(operand));
    }
    return {std::move(data), std::move(extents)};
  }

  /// @g_backward(arguments and results of f that are read, what was saved, cotangents) -> gradients
  func::FuncOp buildBackward() {
    func::FuncOp half = createHalf(backwardSuffix, norm::backwardOfAttr);
    auto [data, extents] = reached();
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
    for (Value argument : arguments) {
      // What has been written over is there no more; its extents are those of the result.
      auto lost = overwritten.find(argument);
      Value again = lost == overwritten.end() || saved.contains(argument) ? Value() : readAgain.lookup(lost->second);
      if (again && extents.contains(argument))
        extents.insert(again);
      else if (!saved.contains(argument) && (data.contains(argument) || extents.contains(argument)))
        add(argument, position(norm::argumentAttr, cast<BlockArgument>(argument).getArgNumber()));
    }
    for (auto [index, result] : llvm::enumerate(results)) {
      Value again = readAgain.lookup(index), read = again ? again : result;
      if (!map.contains(read) && free.contains(read) && (data.contains(read) || extents.contains(read)))
        add(read, position(norm::resultAttr, index));
    }
    for (auto [argument, result] : overwritten)
      if (Value again = readAgain.lookup(result); again && map.contains(again) && !map.contains(argument))
        map.map(argument, map.lookup(again));
    for (auto [index, value] : llvm::enumerate(saved)) {
      SmallVector<NamedAttribute> attributes{position(norm::savedAttr, index), savedType(value)};
      if (checked.contains(value))
        attributes.push_back(builder.getNamedAttr(norm::nonzeroAttr, builder.getUnitAttr()));
      add(value, attributes);
    }
    for (BlockArgument cotangent : cotangents) {
      unsigned number = cotangent.getArgNumber();
      SmallVector<NamedAttribute> attributes(attributesOf(number));
      if (!data.contains(cotangent))
        attributes.push_back(builder.getNamedAttr(norm::extentsAttr, builder.getUnitAttr()));
      addArgument(half, map, cotangent, attributes);
    }
    SmallVector<DictionaryAttr> attributes;
    for (size_t index = 0; index < gradients.size(); ++index)
      attributes.push_back(resultAttributes(results.size() + index, {}));
    finish(half, map, gradients, attributes);
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
      names.push_back(
          builder.getStringAttr(name.empty() ? fmt::format("arg{}", argument.getArgNumber()) : name.str()));
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
                                 builder.getArrayAttr(names),
                                 builder.getArrayAttr(extents));
  }

  func::FuncOp joint;
  Precision precision;
  ShardedAxes sharded;
  OpBuilder builder;
  SmallVector<Value> arguments, results, gradients;
  llvm::SetVector<BlockArgument> cotangents;
  SmallVector<Operation *> backwardOps;
  llvm::SetVector<Value> early; // known without cotangents
  llvm::SetVector<Value> free;  // read again at no cost
  llvm::SetVector<Value> saved;
  llvm::SmallPtrSet<Value, 4> checked;
  DenseSet<Value> compared;
  DenseMap<unsigned, Value> readAgain;      // by result: the argument that stands for it in what only the backward computes
  llvm::MapVector<Value, unsigned> overwritten; // arguments, and the results that are written over them
};

/// Inversions that add roundings must pay: one byte in this many.
constexpr int64_t leastGain = 16;

/// The cheapest way to write a joint function; the others are gone.
func::FuncOp chooseAlternative(func::FuncOp joint) {
  func::FuncOp best = joint;
  int64_t bytes = Split(joint).bytes();
  SmallVector<Alternative> all = alternativesTo(joint);
  for (const Alternative &other : all)
    if (int64_t own = Split(other.joint).bytes();
        own < bytes - (best == joint && other.addsRoundings ? bytes / leastGain : 0)) {
      best = other.joint;
      bytes = own;
    }
  all.push_back({joint, false});
  for (Alternative &other : all)
    if (other.joint != best)
      other.joint.erase();
  return best;
}

/// "value 'xhat'", "argument 'x'"
std::string describeKind(Value value) {
  const bool isNamed = !norm::nameOf(value).empty();
  return (!isNamed ? "" : isa<BlockArgument>(value) ? "argument " : "value ") + describeValue(value);
}

/// What has been written over must not be used.
LogicalResult checkOverwritten(Inverted &inverted) {
  Split split(inverted.joint, inverted.divisors);
  for (const auto &[overwriting, lost] : inverted.lost)
    if (Value value = split.usedOf(overwriting.argument)) {
      auto name = inverted.joint.getResultAttrOfType<StringAttr>(overwriting.result, norm::nameAttr);
      InFlightDiagnostic error =
          inverted.joint.emitError()
          << describeKind(value) << ", which the gradient @" << inverted.joint.getSymName()
          << " needs, cannot be recovered from result '" << name.getValue() << "', which is written over "
          << describeKind(overwriting.argument);
      error.attachNote(lost.place) << lost.reason;
      error.attachNote() << "take norm.inplace away, or let the result follow from " << describeValue(overwriting.argument)
                         << " by steps that can be undone, as a product with a factor that is not 0 or a leaky_relu "
                            "with a slope greater than 0";
      return error;
    }
  return success();
}

LogicalResult split(func::FuncOp joint) {
  const bool savesAll = joint->getAttrOfType<StringAttr>(norm::saveAttr).getValue() == "all";
  SmallVector<Overwriting> overwritings = overwritingsOf(joint);
  if (!overwritings.empty() && !savesAll) {
    Split untouched(joint);
    llvm::erase_if(overwritings, [&](const Overwriting &o) { return !untouched.usedOf(o.argument); });
    if (overwritings.empty())
      return untouched.run();
    FailureOr<Inverted> inverted = recoverOverwritten(joint, overwritings);
    if (failed(inverted) || failed(checkOverwritten(*inverted)))
      return failure();
    return Split(joint, inverted->divisors).run();
  }
  return Split(savesAll ? joint : chooseAlternative(joint)).run();
}

struct ChooseSavedPass : impl::ChooseSavedBase<ChooseSavedPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> joints;
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(norm::saveAttr))
        joints.push_back(function);
    for (func::FuncOp joint : joints) {
      if (failed(isGraph(joint)))
        return signalPassFailure();
      readExtentsOfArguments(joint);
      if (failed(split(joint)))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace normc
