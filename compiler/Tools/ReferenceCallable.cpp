//===- ReferenceCallable.cpp - functions of graphs, in wider precision ---===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Manifest/Manifest.h"
#include "compiler/Reference/Agreement.h"
#include "compiler/Reference/Differences.h"
#include "compiler/Reference/Interpreter.h"
#include "compiler/Tools/Callable.h"
#include "dialects/Norm/FunctionAttributes.h"
#include "runtime/Binding.h"

#include <cmath>
#include <fmt/format.h>
#include <random>

using namespace llvm;

namespace normc {

namespace {

/// A signature as the runtime's tables have it, so that arrays are bound by the runtime's own rules.
class Table {
public:
  explicit Table(const manifest::Function &function) : function(function) {
    convert(function.arguments, arguments);
    convert(function.results, results);
    entry.name = this->function.name.c_str();
    entry.argument_count = arguments.size();
    entry.result_count = results.size();
    entry.symbol_count = function.symbols;
    entry.arguments = arguments.data();
    entry.results = results.data();
  }

  runtime::Signature signature() const { return runtime::Signature(entry); }

private:
  static void convert(const std::vector<manifest::Value> &values, std::vector<normc_value> &table) {
    for (const manifest::Value &value : values)
      table.push_back({value.name.c_str(), value.type, value.role, value.position, value.flags, value.updates,
                       int32_t(value.extents.size()), value.extents.data(), value.shard, 0, value.joined});
  }

  const manifest::Function &function;
  std::vector<normc_value> arguments, results;
  normc_entry entry = {};
};

Error toError(const runtime::Status &status) { return createStringError(status.getMessage()); }

/// Whether any value of a graph has such a type.
template <typename Predicate>
bool anyValue(mlir::func::FuncOp graph, Predicate predicate) {
  return any_of(graph.getArgumentTypes(), predicate) || any_of(graph.getResultTypes(), predicate) ||
         graph
             .walk([&](mlir::Operation *op) {
               return any_of(op->getResultTypes(), predicate) ? mlir::WalkResult::interrupt()
                                                              : mlir::WalkResult::advance();
             })
             .wasInterrupted();
}

/// `Real` is the precision in which the graph is evaluated.
template <typename Real>
class Interpreted : public ReferenceCallable {
public:
  Interpreted(mlir::func::FuncOp graph, manifest::Function function)
      : graph(graph), function(std::move(function)), table(this->function) {}

  std::vector<std::string> resultNames() const override {
    std::vector<std::string> names;
    for (const manifest::Value &result : function.results)
      names.push_back(result.name);
    return names;
  }

  Expected<std::vector<HostArray>> call(ArrayRef<HostArray> inputs) override {
    Expected<SmallVector<reference::Array<Real>>> arguments = bind(inputs);
    if (!arguments)
      return arguments.takeError();
    auto results = reference::interpret<Real>(graph, *arguments);
    if (failed(results))
      return createStringError(fmt::format("@{} could not be evaluated", function.name));
    std::vector<HostArray> outputs;
    for (auto [result, value] : zip(*results, function.results)) {
      auto bytes = reference::toBytes(elementType(value.type, *graph.getContext()), result);
      Expected<HostArray> output = allocateArray(value.type, result.extents);
      if (!output)
        return output.takeError();
      if (failed(bytes))
        return createStringError(fmt::format("result '{}' cannot be stored", value.name));
      std::copy(bytes->begin(), bytes->end(), static_cast<char *>(output->data.data()));
      outputs.push_back(std::move(*output));
    }
    return outputs;
  }

  Expected<CheckReport> checkGradients(mlir::func::FuncOp primal, ArrayRef<int64_t> wrt,
                                          ArrayRef<HostArray> inputs) override {
    const size_t count = primal.getNumArguments();
    std::vector<HostArray> completed;
    if (inputs.size() == count)
      if (Error error = addCotangents(primal, inputs, completed))
        return error;
    std::vector<DLTensor> views = viewAll(inputs);
    for (const HostArray &cotangent : completed)
      views.push_back(view(cotangent));
    std::vector<const HostArray *> all;
    for (const HostArray &input : inputs)
      all.push_back(&input);
    for (const HostArray &cotangent : completed)
      all.push_back(&cotangent);
    Expected<SmallVector<reference::Array<Real>>> arguments = bind(views, all);
    if (!arguments)
      return arguments.takeError();
    ArrayRef<reference::Array<Real>> bound(*arguments);
    auto checks = reference::checkGradients<Real>(primal, graph, bound.take_front(count), bound.drop_front(count), wrt);
    if (failed(checks))
      return createStringError(fmt::format("the gradients of @{} could not be checked", function.name));
    return report(*checks);
  }


  Expected<CheckReport> check(ArrayRef<HostArray> inputs, ArrayRef<HostArray> got, size_t gradients) override {
    Expected<SmallVector<reference::Array<Real>>> arguments = bind(inputs);
    if (!arguments)
      return arguments.takeError();
    auto evaluate = [&](reference::BoundsOf bounds) {
      reference::Options options;
      options.bounds = bounds;
      return reference::interpret<Real>(graph, *arguments, options);
    };
    auto want = evaluate(reference::BoundsOf::kernels);
    // Only storage that is narrower than the arithmetic shows what was saved.
    auto isNarrow = [](mlir::Type type) { return mlir::getElementTypeOrSelf(type).getIntOrFloatBitWidth() == 16; };
    if (succeeded(want) && gradients > 0 && anyValue(graph, isNarrow)) {
      auto read = evaluate(reference::BoundsOf::kernelsThatSave);
      for (size_t i = want->size() - gradients; succeeded(read) && i < want->size(); ++i)
        (*want)[i] = std::move((*read)[i]);
    }
    if (failed(want))
      return createStringError(fmt::format("@{} could not be evaluated", function.name));

    CheckReport report;
    report.ok = true;
    report.text = fmt::format("{:<12} {:<18} {:>10} {:>10} {:>10} {:>10}  {}\n", "result", "type", "compared", "error", "bound",
                              "ratio", "at");
    for (auto [wanted, result, value] : zip_equal(*want, got, function.results)) {
      mlir::Type element = elementType(value.type, *graph.getContext());
      auto array = reference::fromBytes<Real>(
          element, wanted.extents, ArrayRef(static_cast<const char *>(result.data.data()), result.data.size()));
      if (failed(array) || result.type != value.type)
        return createStringError(fmt::format("result '{}' is {}, but the reference has extents {}", value.name,
                                             describe(result), reference::toString(wanted.extents)));
      const reference::Agreement agreement = reference::holdAgainst(element, *array, wanted);
      report.elements += agreement.elements;
      report.compared += agreement.compared;
      report.ok &= agreement.exceeded == 0;
      report.text += row(value.name, describe(result), agreement, wanted.extents);
    }
    return report;
  }

private:
  /// One row: the element whose error is the largest part of its bound.
  static std::string row(const std::string &name, const std::string &type, const reference::Agreement &agreement,
                              ArrayRef<int64_t> extents) {
    SmallVector<int64_t> position(extents.size());
    int64_t rest = agreement.worst;
    for (size_t axis = extents.size(); agreement.worst >= 0 && axis-- > 0; rest /= extents[axis])
      position[axis] = rest % extents[axis];
    std::string text =
        fmt::format("{:<12} {:<18} {:>10} {:>10.2e} {:>10.2e} {:>10.3g}  {}\n", name, type, agreement.compared, agreement.error,
                    agreement.bound, agreement.ratio, agreement.worst < 0 ? "-" : reference::toString(position));
    if (agreement.exceeded > 0)
      text += fmt::format("  {} of {} EXCEED their bounds: there it is {:.17g}, the reference says {:.17g}\n",
                          agreement.exceeded, agreement.elements, agreement.got, agreement.want);
    return text;
  }

  static std::vector<DLTensor> viewAll(ArrayRef<HostArray> arrays) {
    std::vector<DLTensor> views;
    for (const HostArray &array : arrays)
      views.push_back(view(array));
    return views;
  }

  Expected<SmallVector<reference::Array<Real>>> bind(ArrayRef<HostArray> inputs) {
    std::vector<const HostArray *> all;
    for (const HostArray &input : inputs)
      all.push_back(&input);
    return bind(viewAll(inputs), all);
  }

  Expected<SmallVector<reference::Array<Real>>> bind(const std::vector<DLTensor> &views,
                                                     ArrayRef<const HostArray *> inputs) {
    runtime::Frame frame(table.signature());
    if (runtime::Status failed = runtime::bindExtents(frame, views.data(), views.size()))
      return toError(failed);
    SmallVector<reference::Array<Real>> arguments;
    for (auto [index, input] : enumerate(inputs)) {
      const manifest::Value &value = function.arguments[index];
      if (value.type != input->type)
        return createStringError(fmt::format("argument '{}' is {}, but the array holds {}", value.name,
                                             typeName(value.type).str(), typeName(input->type).str()));
      const runtime::Extents &extents = frame.arguments[index].extents;
      auto array = reference::fromBytes<Real>(elementType(value.type, *graph.getContext()),
                                              ArrayRef(extents.values, extents.rank),
                                              ArrayRef(static_cast<const char *>(input->data.data()), input->data.size()));
      if (failed(array))
        return createStringError(fmt::format("argument '{}' does not have the bytes that its extents need", value.name));
      arguments.push_back(std::move(*array));
    }
    return arguments;
  }

  /// Random cotangents, with the extents that the results have for these inputs.
  Error addCotangents(mlir::func::FuncOp primal, ArrayRef<HostArray> inputs, std::vector<HostArray> &cotangents) {
    FailureOr<manifest::Function> signature = manifest::signatureOf(primal);
    if (failed(signature))
      return createStringError(fmt::format("@{} has extents that contradict each other", primal.getSymName().str()));
    Table primalTable(*signature);
    runtime::Frame frame(primalTable.signature());
    std::vector<DLTensor> views = viewAll(inputs);
    if (runtime::Status failed = runtime::bindExtents(frame, views.data(), views.size()))
      return toError(failed);
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    for (auto [index, value] : enumerate(signature->results)) {
      mlir::Type element = elementType(value.type, *graph.getContext());
      if (!isa<mlir::FloatType>(element) || primal.getResultAttr(index, norm::updatesAttr))
        continue;
      const runtime::Extents &extents = frame.results[index].extents;
      reference::Array<double> values;
      values.extents.assign(extents.values, extents.values + extents.rank);
      values.reals.resize(values.size());
      for (double &number : values.reals)
        number = normal(random);
      auto bytes = reference::toBytes(element, values);
      Expected<HostArray> cotangent = allocateArray(value.type, values.extents);
      if (!cotangent)
        return cotangent.takeError();
      std::copy(bytes->begin(), bytes->end(), static_cast<char *>(cotangent->data.data()));
      cotangents.push_back(std::move(*cotangent));
    }
    return Error::success();
  }

  Expected<CheckReport> report(ArrayRef<reference::GradientCheck> checks) {
    CheckReport report;
    report.ok = true;
    report.text = fmt::format("{:<12} {:>10} {:>10} {:>6} {:>14} {:>12} {:>10}  {}\n", "argument", "elements", "compared",
                              "kinks", "largest", "error", "relative", "");
    for (const reference::GradientCheck &check : checks) {
      report.ok &= check.ok;
      report.text += fmt::format("{:<12} {:>10} {:>10} {:>6} {:>14.6g} {:>12.2e} {:>10.2e}  {}\n",
                                 function.arguments[check.argument].name, check.elements, check.compared, check.kinks,
                                 check.largestGradient, check.largestError, check.relativeError,
                                 check.ok ? "agrees" : "DIFFERS");
      if (!check.ok && check.worst >= 0)
        report.text += fmt::format("  at element {}: the derived gradient is {:.17g}, differences say {:.17g}\n",
                                   check.worst, check.worstGradient, check.worstDifference);
    }
    return report;
  }

  mlir::func::FuncOp graph;
  manifest::Function function;
  Table table;
};

} // namespace

Expected<std::unique_ptr<ReferenceCallable>> openReference(mlir::ModuleOp module, StringRef name) {
  auto graph = module.lookupSymbol<mlir::func::FuncOp>(name);
  if (!graph) {
    std::string names;
    for (auto function : module.getOps<mlir::func::FuncOp>())
      names += (names.empty() ? "" : ", ") + function.getSymName().str();
    return createStringError(fmt::format("there is no function '{}'; the file has {}", name.str(), names));
  }
  FailureOr<manifest::Function> signature = manifest::signatureOf(graph);
  if (failed(signature))
    return createStringError(fmt::format("@{} has extents that contradict each other", name.str()));
  // f64 only a still wider type can judge.
  if (anyValue(graph, [](mlir::Type type) { return mlir::getElementTypeOrSelf(type).isF64(); }))
    return std::make_unique<Interpreted<reference::Quad>>(graph, std::move(*signature));
  return std::make_unique<Interpreted<double>>(graph, std::move(*signature));
}

} // namespace normc
