//===- Formula.cpp - what a kernel computes, for a person ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/KernelWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringSet.h"
#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

/// What a comment shows of a kernel at most.
static constexpr unsigned maxFormulas = 24;
static constexpr size_t maxFormulaLength = 200;

StringRef userName(Value value) {
  if (auto sweep = value.getDefiningOp<kernel::SweepOp>()) {
    auto names = sweep->getAttrOfType<ArrayAttr>(kernel::namesAttr);
    return names ? cast<StringAttr>(names[cast<OpResult>(value).getResultNumber()]).getValue() : StringRef();
  }
  auto name = dyn_cast<NameLoc>(value.getLoc());
  return name ? name.getName().getValue() : StringRef();
}

bool isStoredAlone(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (isa<kernel::StoreOp>(user))
      return true;
    if (!isa<arith::TruncFOp>(user))
      return false;
    value = user->getResult(0);
  }
  return false;
}

std::string formula(kernel::KernelOp kernel, const DenseMap<Value, std::string> &tensors) {
  ExpressionBuilder builder(ExpressionBuilder::Style::formula, kernel.getSpace(), tensors);
  std::string text;
  llvm::StringSet<> seen;
  auto add = [&](StringRef name, const Expression &expression) {
    std::string right = expression.text;
    if (right.size() > maxFormulaLength)
      right = right.substr(0, maxFormulaLength) + " ..";
    std::string line = fmt::format("// {} = {}\n", name.str(), right);
    if (name != right && seen.size() <= maxFormulas && seen.insert(line).second)
      text += seen.size() <= maxFormulas ? line : "// ..\n";
  };
  DenseMap<int64_t, Value> kept;
  kernel.walk([&](kernel::KeepOp keep) { kept[keep.getSlot()] = keep.getValue(); });
  kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto recalled = dyn_cast<kernel::KeptOp>(op)) {
      builder.bind(recalled, builder.build(kept.lookup(recalled.getSlot())).at(Precedence::primary));
    } else if (auto store = dyn_cast<kernel::StoreOp>(op)) {
      add(tensors.lookup(kernel.getResult(store.getResult())), builder.build(store.getValue()));
    } else if (auto accumulate = dyn_cast<kernel::AccumulateOp>(op)) {
      std::string axes;
      for (int64_t axis : kernel.getParallel())
        axes += fmt::format("{}{}", axes.empty() ? "" : ", ", axis);
      add(tensors.lookup(kernel.getResult(accumulate.getResult())),
          {fmt::format("sum({} over [{}])", builder.build(accumulate.getValue()).text, axes)});
    } else if (!isa<kernel::KernelOp, kernel::LoadOp>(op)) {
      for (Value result : op->getResults()) {
        StringRef name = userName(result);
        if (name.empty() || isStoredAlone(result))
          continue;
        add(identifier(name), builder.build(result));
        builder.bind(result, identifier(name));
      }
    }
  });
  return text;
}

} // namespace normc::cpp
