//===- EmitCpp.cpp - plans as C++ source ---------------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Cpp/CollectiveWriter.h"
#include "compiler/Backends/Cpp/Functions.h"
#include "compiler/Backends/Cpp/KernelEmitter.h"
#include "compiler/Backends/Cpp/Prelude.h"
#include "dialects/Kernel/Collective.h"
#include "dialects/Norm/FunctionAttributes.h"

#include <fmt/format.h>

using namespace mlir;

namespace normc::cpp {

namespace {

/// Elements below which a buffer is not worth being given back early.
constexpr int64_t smallBuffer = 4096;

/// A plan: its kernels, then the function that launches them; or that is the kernel, where there is one and nothing else.
class PlanEmitter {
public:
  PlanEmitter(kernel::PlanOp plan, const std::string &entry, Names &functions)
      : plan(plan), entry(entry), functions(functions), extents(ExpressionBuilder::Style::code, {}, tensors), collectives(plan, tensors, names, extents) {}

  std::string run() {
    // A tensor must not hide the function of a kernel.
    SmallVector<std::string> kernelNames;
    for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
      kernelNames.push_back(functions.unique(fmt::format("{}_{}", plan.getSymName().str(), kernel.getName().str())));
    for (const std::string &name : kernelNames)
      names.take(name);
    nameTensors();
    checkArguments();
    auto kernel = dyn_cast<kernel::KernelOp>(plan.getBody().front().front());
    if (kernel && isOnlyOne(kernel))
      return emitSole(kernel, kernelNames.front());
    std::string kernels;
    auto next = kernelNames.begin();
    for (Operation &op : plan.getBody().front().without_terminator())
      if (auto collective = dyn_cast<kernel::CollectiveOp>(op))
        emitCollective(collective);
      else
        kernels += emitLaunch(cast<kernel::KernelOp>(op), *next++) + "\n";
    return kernels + emitEntry();
  }

private:
  Operation *terminator() { return plan.getBody().front().getTerminator(); }

  static std::string elementOf(Value tensor) {
    return storageName(cast<RankedTensorType>(tensor.getType()).getElementType());
  }

  void nameTensors() {
    for (BlockArgument argument : plan.getArguments())
      tensors[argument] =
          names.unique(plan.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kernel::nameAttr).getValue());
    for (OpOperand &result : terminator()->getOpOperands()) {
      results.insert(result.get());
      tensors[result.get()] = names.unique(
          plan.getResultAttrOfType<StringAttr>(result.getOperandNumber(), kernel::nameAttr).getValue());
    }
    for (auto kernel : plan.getBody().front().getOps<kernel::KernelOp>())
      for (Value tensor : kernel.getTensors())
        if (!tensors.contains(tensor))
          tensors[tensor] = names.unique(kernel.getName());
    for (auto collective : plan.getBody().front().getOps<kernel::CollectiveOp>())
      for (Value merged : collective.getMerged())
        tensors[merged] = names.unique(collective.getName().split(',').first);
  }

  void emitCollective(kernel::CollectiveOp collective) {
    for (Value merged : collective.getMerged())
      allocate(merged);
    body += collectives.write(collective);
    usesContext = canThrow = true;
  }

  /// Before anything is written: arguments of which no element may be 0.
  void checkArguments() {
    for (BlockArgument argument : plan.getArguments()) {
      const unsigned index = argument.getArgNumber();
      if (!plan.getArgAttr(index, norm::nonzeroAttr))
        continue;
      std::string list;
      for (int64_t extent : plan.getArgAttrOfType<DenseI64ArrayAttr>(index, kernel::extentsAttr).asArrayRef())
        list += (list.empty() ? "" : ", ") + extents.extent(extent);
      body += fmt::format("  if (!is_nonzero({}, {{{}}}, {}, context))\n    return 3;\n", tensors[argument], list,
                          stringLiteral(plan.getArgAttrOfType<StringAttr>(index, kernel::nameAttr).getValue()));
      used.insert(argument);
      usesContext = true;
    }
  }

  bool isOnlyOne(kernel::KernelOp kernel) {
    return kernel->getNextNode() == terminator() &&
           llvm::all_of(kernel.getTensors(), [&](Value tensor) { return results.contains(tensor); });
  }

  std::string emitSole(kernel::KernelOp kernel, const std::string &name) {
    KernelFunction function = emitKernel(kernel, name, tensors);
    isThreaded = function.isThreaded;
    usesThreads = function.usesThreads;
    canThrow = function.canThrow;
    for (int64_t symbol : function.symbols)
      extents.extent(-1 - symbol);
    used.insert(function.tensors.begin(), function.tensors.end());
    body += function.body;
    return function.formula + emitEntry();
  }

  /// The kernel's definition; its buffers, its call, and what can be given back after it are added to the entry's body.
  std::string emitLaunch(kernel::KernelOp kernel, const std::string &name) {
    KernelFunction function = emitKernel(kernel, name, tensors);
    isThreaded |= function.isThreaded;
    for (Value tensor : kernel.getTensors())
      if (!results.contains(tensor))
        allocate(tensor);

    std::string arguments = function.isThreaded ? ", threads" : "";
    for (int64_t symbol : function.symbols)
      arguments += ", " + extents.extent(-1 - symbol);
    for (Value tensor : function.tensors) {
      bool isBuffer = tensor.getDefiningOp() && !results.contains(tensor);
      arguments += ", " + tensors.lookup(tensor) + (isBuffer ? ".get()" : "");
      used.insert(tensor);
    }
    std::string call = fmt::format("{}({})", name, StringRef(arguments).drop_front(2).str());
    canThrow |= function.canThrow;
    body += fmt::format("  {};\n", call);
    for (Value tensor : function.tensors)
      if (large.contains(tensor) && isLastUse(kernel, tensor))
        body += fmt::format("  {}.reset();\n", tensors.lookup(tensor));
    return function.definition();
  }

  void allocate(Value tensor) {
    SmallVector<int64_t> shape = kernel::extentsOf(tensor);
    int64_t elements = 1;
    for (int64_t extent : shape)
      elements = extent < 0 ? smallBuffer + 1 : std::min<int64_t>(elements * extent, INT32_MAX);
    if (elements > smallBuffer)
      large.insert(tensor);
    body += fmt::format("  std::unique_ptr<{0}[]> {1}(new {0}[{2}]);\n", elementOf(tensor), tensors.lookup(tensor),
                        extents.product(shape));
    canThrow = true;
  }

  static bool isLastUse(kernel::KernelOp kernel, Value tensor) {
    return llvm::all_of(tensor.getUsers(), [&](Operation *user) {
      Operation *ancestor = kernel->getBlock()->findAncestorOpInBlock(*user);
      return ancestor == kernel || ancestor->isBeforeInBlock(kernel);
    });
  }

  std::string emitEntry() {
    std::string parameters;
    for (int64_t symbol = 0; symbol < plan.getSymbolCount(); ++symbol)
      parameters += extents.symbols.count(symbol) ? fmt::format("int64_t n{}, ", symbol)
                                                  : fmt::format("int64_t /*n{}*/, ", symbol);
    for (BlockArgument argument : plan.getArguments())
      parameters += fmt::format(used.contains(argument) ? "const {} *{}, " : "const {} * /*{}*/, ", elementOf(argument),
                                tensors.lookup(argument));
    for (Value result : results)
      parameters += fmt::format("{} *{}, ", elementOf(result), tensors.lookup(result));
    parameters += usesContext || isThreaded ? "const normc_context *context" : "const normc_context * /*context*/";
    std::string threads;
    if (isThreaded)
      threads = fmt::format("  {}const int threads = context && context->threads > 0 ? context->threads : omp_get_max_threads();\n",
                            usesThreads ? "" : "[[maybe_unused]] ");
    std::string end = "}";
    if (canThrow)
      end += " catch (const std::bad_alloc &) {\n  return 1; // out of memory\n}";
    return fmt::format("{} {}{{\n{}{}  return 0;\n{}\n", signature("extern \"C\" int32_t " + entry + "(", parameters),
                       canThrow ? "try " : "", threads, body, end);
  }

  kernel::PlanOp plan;
  const std::string &entry;
  Names &functions;
  Names names;
  DenseMap<Value, std::string> tensors;
  llvm::SetVector<Value> results;
  llvm::DenseSet<Value> used, large;
  ExpressionBuilder extents;
  CollectiveWriter collectives;
  std::string body;
  bool isThreaded = false, usesThreads = true, usesContext = false, canThrow = false;
};

} // namespace

Source emitCpp(ModuleOp module) {
  Source source;
  Names functions;
  SmallVector<kernel::PlanOp> plans(module.getOps<kernel::PlanOp>());
  // What follows normc_ in the declarations of modules.
  for (const char *word : {"context", "value", "entry", "entries", "entry_function", "gradient", "gradients", "module",
                           "module_v1", "table", "traffic", "traffic_function", "plus", "times", "split", "most", "least",
                           "ceil", "blocks", "row_lanes", "divide", "points_split", "runs_split", "columns_split", "ptx",
                           "gpu", "gpu_plan", "launch", "temporary", "simt_module", "group", "all_gather_function"})
    functions.unique(word);
  for (kernel::PlanOp plan : plans)
    source.entries[plan.getSymName()] = "normc_" + functions.unique(plan.getSymName());
  std::string text;
  for (kernel::PlanOp plan : plans)
    text += "\n" + PlanEmitter(plan, source.entries[plan.getSymName()], functions).run();
  source.text = withPrelude(emitFunctions(module), text);
  return source;
}

} // namespace normc::cpp
