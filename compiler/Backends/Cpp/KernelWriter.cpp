//===- KernelWriter.cpp - the text of one kernel -------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelWriter.h"
#include "dialects/Norm/FunctionAttributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/Regex.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

KernelWriter::KernelWriter(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors)
    : kernel(kernel), tensors(tensors), code(ExpressionBuilder::Style::code, kernel.getSpace(), tensors) {
  kernel.walk([&](kernel::LoadOp load) { function.tensors.insert(load.getTensor()); });
  auto plan = kernel->getParentOfType<kernel::PlanOp>();
  for (OpOperand &returned : plan.getBody().front().getTerminator()->getOpOperands())
    if (auto argument = plan.getResultAttrOfType<IntegerAttr>(returned.getOperandNumber(), norm::inplaceAttr);
        argument && returned.get().getDefiningOp() == kernel)
      overwritten.insert(plan.getArgument(argument.getInt()));
  for (Value tensor : function.tensors)
    locals.take(nameOf(tensor));
  for (Value tensor : kernel.getTensors())
    locals.take(nameOf(tensor));
}

/// Whether an identifier occurs in a text.
static bool mentions(StringRef text, StringRef name) {
  return llvm::Regex(fmt::format("(^|[^A-Za-z0-9_]){}([^A-Za-z0-9_]|$)", name.str())).match(text);
}

void KernelWriter::dropUnused() {
  for (size_t place : llvm::reverse(declared)) {
    auto [text, rest] = StringRef(body).drop_front(place).split('\n');
    StringRef name = text.split(" = ").first.rsplit(' ').second;
    if (!mentions(rest, name))
      body.erase(place, text.size() + 1);
  }
}

KernelFunction KernelWriter::run(const std::string &name) {
  emitBody();
  dropUnused();
  std::string parameters;
  if (function.isThreaded)
    parameters = function.usesThreads ? ", int threads" : ", [[maybe_unused]] int threads";
  for (int64_t symbol : code.symbols)
    parameters += fmt::format(", int64_t n{}", symbol);
  for (Value tensor : function.tensors)
    parameters += fmt::format(", const {} *{}", storageName(elementOf(tensor)), nameOf(tensor));
  for (Value tensor : kernel.getTensors()) {
    parameters += fmt::format(", {} *{}", storageName(elementOf(tensor)), nameOf(tensor));
    function.tensors.insert(tensor);
  }
  function.formula = formula(kernel, tensors);
  function.heading = signature("static void " + name + "(", StringRef(parameters).drop_front(2));
  function.body = std::move(body);
  function.symbols = code.symbols;
  return std::move(function);
}

void KernelWriter::closeVisit(size_t place, bool fetches) {
  for (const char *name : {"l", "k"}) {
    if (mentions(StringRef(body).drop_front(place), name))
      continue;
    const std::string parameter = fmt::format("int64_t {}", name);
    const size_t at = StringRef(body).take_front(place).rfind(parameter);
    body.erase(at + parameter.size() - 2, 2);
    place -= 2;
  }
  if (fetches)
    closeToFetch();
  else
    close("});");
}

bool KernelWriter::needsName(Value value) {
  if (isa<arith::ConstantOp, kernel::IndexOp, kernel::CountOp>(value.getDefiningOp()))
    return false;
  if (llvm::any_of(value.getUsers(), llvm::IsaPred<kernel::KeepOp>))
    return true;
  // What is written over is read before anything is written.
  if (auto load = dyn_cast<kernel::LoadOp>(value.getDefiningOp()); load && overwritten.contains(load.getTensor()))
    return true;
  if (!userName(value).empty() && !isStoredAlone(value) && !value.use_empty())
    return true;
  // What is chosen is read before, as a compiler would otherwise make a branch of the choice.
  if (llvm::any_of(value.getUses(), [](OpOperand &use) { return isa<arith::SelectOp>(use.getOwner()) && use.getOperandNumber() > 0; }))
    return true;
  // A load whose only use converts it is read there.
  return llvm::range_size(value.getUses()) > 1 ||
         (value.hasOneUse() && value.use_begin()->getOwner()->getBlock() != value.getParentBlock());
}

std::string KernelWriter::nameFor(Value value) {
  if (StringRef name = userName(value); !name.empty())
    return locals.unique(name);
  StringRef suffix;
  Value source = value;
  while (Operation *op = source.getDefiningOp()) {
    if (auto load = dyn_cast<kernel::LoadOp>(op))
      return locals.unique(nameOf(load.getTensor()) + (suffix.empty() ? "_here" : suffix.str()));
    if (!isa<arith::ExtFOp, arith::TruncFOp, kernel::RestOp>(op))
      break;
    suffix = isa<arith::TruncFOp>(op) ? "_hi" : isa<kernel::RestOp>(op) ? "_lo" : suffix;
    source = op->getOperand(0);
  }
  if (StringRef name = userName(source); !name.empty() && !suffix.empty())
    return locals.unique((name + suffix).str());
  return locals.unique("t");
}

std::string KernelWriter::define(Value value) {
  std::string expression = code.build(value).text, name = nameFor(value);
  line(fmt::format("const {} {} = {};", scalarName(value.getType()), name, expression));
  code.bind(value, name);
  return name;
}

std::string KernelWriter::stored(kernel::StoreOp store) {
  std::string value = code.build(store.getValue()).text;
  return elementOf(kernel.getResult(store.getResult())).isInteger(1) ? "uint8_t(" + value + ")" : value;
}

} // namespace normc::cpp
